/* Words with whole weights go in, a SimHash of 256 bits a text comes out: the bits of `worker.fingerprint.simhashes`.
 *
 * The sums of all bits are made side by side: plane n holds the bit of each sum that is worth 2^n, and three bits of one
 * worth become one of it and one of the next. Many times fewer steps than adding a weight to each of 256 sums.
 */

#include "kernel.h"

/* Weights have 16 bits, texts fewer than 2^24 words. */
enum { LANES = 4, TOGETHER = 256, PLANES = 40 };

typedef struct {
    uint64_t lane[LANES];
} Bits;

typedef struct {
    int64_t texts;
    const int64_t *sizes; /* words of each text */
    const uint32_t *words;
    const int32_t *weights;
    uint8_t *out;         /* 32 bytes a text */
} Simhash;

/* Spread a word to 256 bits: splitmix64, four steps. */
static Bits digest(uint32_t word) {
    Bits bits;
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t z = word + (uint64_t)(lane + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        bits.lane[lane] = z ^ (z >> 31);
    }
    return bits;
}

/* Add two bits to each of a plane, write what is carried to the next one. */
static inline void add(Bits *restrict plane, const Bits *one, const Bits *other, Bits *restrict carried) {
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t odd = plane->lane[lane] ^ one->lane[lane];
        carried->lane[lane] = (plane->lane[lane] & one->lane[lane]) | (odd & other->lane[lane]);
        plane->lane[lane] = odd ^ other->lane[lane];
    }
}

/* Add the weights of some words to the sum of every bit that they set. */
static void add_all(Bits *planes, const uint32_t *words, const int32_t *weights, int64_t count) {
    static const Bits NONE;
    Bits digests[TOGETHER], carried[2][TOGETHER];
    const Bits *given[2 * TOGETHER + 1];
    uint32_t left = 0;
    int64_t carries = 0;
    for (int64_t i = 0; i < count; i++) {
        digests[i] = digest(words[i]);
        left |= (uint32_t)weights[i];
    }
    for (int plane = 0; plane < PLANES && (left || carries); plane++, left >>= 1) {
        int64_t found = 0;
        for (int64_t i = 0; left && i < count; i++) {
            given[found] = digests + i;
            found += (uint32_t)weights[i] >> plane & 1;
        }
        for (int64_t i = 0; i < carries; i++)
            given[found++] = carried[plane & 1] + i;
        given[found] = &NONE;
        carries = (found + 1) / 2;
        for (int64_t i = 0; i < carries; i++)
            add(planes + plane, given[2 * i], given[2 * i + 1], carried[~plane & 1] + i);
    }
}

/* Write the bits whose sums are more than a number. */
static void compare(const Bits *planes, uint64_t number, uint8_t *out) {
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t more = 0, same = ~(uint64_t)0;
        for (int plane = PLANES - 1; plane >= 0; plane--) {
            uint64_t bits = planes[plane].lane[lane], wanted = number >> plane & 1 ? ~(uint64_t)0 : 0;
            more |= same & bits & ~wanted;
            same &= ~(bits ^ wanted);
        }
        for (int byte = 0; byte < 8; byte++)
            *out++ = (uint8_t)(more >> 8 * byte);
    }
}

static void simhash(const uint32_t *words, const int32_t *weights, int64_t count, uint8_t *out) {
    Bits planes[PLANES] = {{{0}}};
    uint64_t total = 0;
    for (int64_t i = 0; i < count; i++)
        total += (uint32_t)weights[i];
    for (int64_t at = 0; at < count; at += TOGETHER)
        add_all(planes, words + at, weights + at, count - at < TOGETHER ? count - at : TOGETHER);
    compare(planes, total / 2, out);
}

EXPORT int64_t copydesk_simhashes(const Simhash *s) {
    const uint32_t *words = s->words;
    const int32_t *weights = s->weights;
    for (int64_t text = 0; text < s->texts; text++) {
        simhash(words, weights, s->sizes[text], s->out + 8 * LANES * text);
        words += s->sizes[text];
        weights += s->sizes[text];
    }
    return s->texts;
}
