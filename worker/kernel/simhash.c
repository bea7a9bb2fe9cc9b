/* Charikar's SimHash of an article, 256 bits: those of the `simhash` package for the same words and weights.
 *
 * All 256 sums are computed in parallel, bit-sliced: plane n holds bit n of each sum, and carry-save adders turn three
 * bits of plane n into one of plane n and one of plane n + 1: many times fewer steps than 256 additions for each word.
 */

#include "kernel.h"

#include <math.h>

/* Weights have 16 bits, texts fewer than 2^24 words. */
enum { LANES = 4, BLOCK = 256, PLANES = 40 };

typedef struct {
    uint64_t lane[LANES];
} Bits;

/* Expand a word hash to 256 bits: splitmix64, four steps. */
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

/* Add two bits to each bit of a plane and write the carries. */
static inline void add(Bits *restrict plane, const Bits *a, const Bits *b, Bits *restrict carried) {
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t odd = plane->lane[lane] ^ a->lane[lane];
        carried->lane[lane] = (plane->lane[lane] & a->lane[lane]) | (odd & b->lane[lane]);
        plane->lane[lane] = odd ^ b->lane[lane];
    }
}

/* Add the weight of each word to the sums of the bits that are set in its digest. */
static void add_weights(Bits *planes, const uint32_t *words, const int32_t *weights, int64_t count) {
    static const Bits ZERO;
    Bits digests[BLOCK], carried[2][BLOCK];
    const Bits *addends[2 * BLOCK + 1];
    uint32_t weight_bits = 0;
    int64_t carries = 0;
    for (int64_t i = 0; i < count; i++) {
        digests[i] = digest(words[i]);
        weight_bits |= (uint32_t)weights[i];
    }
    for (int plane = 0; plane < PLANES && (weight_bits || carries); plane++, weight_bits >>= 1) {
        int64_t set = 0;
        for (int64_t i = 0; weight_bits && i < count; i++) {
            addends[set] = digests + i;
            set += (uint32_t)weights[i] >> plane & 1;
        }
        for (int64_t i = 0; i < carries; i++)
            addends[set++] = carried[plane & 1] + i;
        addends[set] = &ZERO;
        carries = (set + 1) / 2;
        for (int64_t i = 0; i < carries; i++)
            add(planes + plane, addends[2 * i], addends[2 * i + 1], carried[~plane & 1] + i);
    }
}

/* Write 256 bits: which sums are greater than the threshold. */
static void write_greater(const Bits *planes, uint64_t threshold, uint8_t *out) {
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t greater = 0, equal = ~(uint64_t)0;
        for (int plane = PLANES - 1; plane >= 0; plane--) {
            uint64_t bits = planes[plane].lane[lane], wanted = threshold >> plane & 1 ? ~(uint64_t)0 : 0;
            greater |= equal & bits & ~wanted;
            equal &= ~(bits ^ wanted);
        }
        for (int byte = 0; byte < 8; byte++)
            *out++ = (uint8_t)(greater >> 8 * byte);
    }
}

/* Write the SimHash of an article; weights are rounded to 16ths, so that their sums are exact in any order. */
EXPORT int64_t copydesk_simhash(const Article *a, uint8_t *out) {
    Bits planes[PLANES] = {{{0}}};
    int32_t weights[BLOCK];
    uint64_t total = 0;
    for (int64_t at = 0; at < a->counts[WORDS]; at += BLOCK) {
        int64_t count = a->counts[WORDS] - at < BLOCK ? a->counts[WORDS] - at : BLOCK;
        for (int64_t i = 0; i < count; i++) {
            weights[i] = (int32_t)lrintf(a->weights[at + i] * 16);
            total += (uint32_t)weights[i];
        }
        add_weights(planes, a->words + at, weights, count);
    }
    write_greater(planes, total / 2, out);
    return DONE;
}
