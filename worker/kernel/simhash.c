/* Words with whole weights go in, a SimHash of 256 bits a text comes out: the bits of `worker.fingerprint.simhashes`. */

#include "kernel.h"

#include <string.h>

enum { BYTES = 32, HALVES = 2, LANES = 4, LANE = 16, MOST = 0xFFFF };

/* Eight numbers of 16 bits, the highest bit's first: added four at a time, as long as none becomes too large. */
typedef struct {
    uint64_t half[HALVES];
} Eight;

typedef struct {
    int64_t texts;
    const int64_t *sizes; /* words of each text */
    const uint32_t *words;
    const int32_t *weights;
    const Eight *masks;   /* of every byte: all ones where a bit is set */
    uint8_t *out;         /* 32 bytes a text */
} Simhash;

/* Spread a word to 32 bytes: splitmix64, four steps. */
static void digest(uint32_t word, uint8_t *to) {
    for (int step = 0; step < BYTES / 8; step++) {
        uint64_t z = word + (uint64_t)(step + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        for (int byte = 0; byte < 8; byte++)
            to[8 * step + byte] = (uint8_t)(z >> 8 * byte);
    }
}

/* Add a word's weight to the sum of every bit that it sets. */
static void add(const Eight *restrict masks, uint32_t word, uint64_t weight, Eight *restrict sums) {
    uint8_t bytes[BYTES];
    digest(word, bytes);
    weight *= 0x0001000100010001;
    for (int byte = 0; byte < BYTES; byte++)
        for (int half = 0; half < HALVES; half++)
            sums[byte].half[half] += masks[bytes[byte]].half[half] & weight;
}

static void carry(Eight *sums, int64_t *whole) {
    for (int byte = 0; byte < BYTES; byte++)
        for (int half = 0; half < HALVES; half++)
            for (int lane = 0; lane < LANES; lane++)
                *whole++ += (int64_t)(sums[byte].half[half] >> LANE * lane & MOST);
    memset(sums, 0, BYTES * sizeof *sums);
}

static void simhash(const Simhash *s, const uint32_t *words, const int32_t *weights, int64_t count, uint8_t *out) {
    Eight sums[BYTES] = {{{0}}};
    int64_t whole[8 * BYTES] = {0}, total = 0, held = 0;
    for (int64_t i = 0; i < count; i++) {
        if (held + weights[i] > MOST) {
            carry(sums, whole);
            held = 0;
        }
        add(s->masks, words[i], (uint64_t)weights[i], sums);
        held += weights[i];
        total += weights[i];
    }
    carry(sums, whole);
    memset(out, 0, BYTES);
    for (int bit = 0; bit < 8 * BYTES; bit++)
        out[bit / 8] |= (uint8_t)((2 * whole[bit] > total) << (7 - bit % 8));
}

EXPORT int64_t copydesk_simhashes(const Simhash *s) {
    const uint32_t *words = s->words;
    const int32_t *weights = s->weights;
    for (int64_t text = 0; text < s->texts; text++) {
        simhash(s, words, weights, s->sizes[text], s->out + BYTES * text);
        words += s->sizes[text];
        weights += s->sizes[text];
    }
    return s->texts;
}
