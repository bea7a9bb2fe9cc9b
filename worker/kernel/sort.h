/* Sort items by hash: an item is a 32-bit hash followed by 24 bits of its place in the text. */

#ifndef COPYDESK_SORT_H
#define COPYDESK_SORT_H

#include "kernel.h"

enum { HASH = 24, PLACE = (1 << HASH) - 1 };

/* Sort items, which come in ascending order of place; ``spare`` is scratch memory for as many. */
void sort_items(uint64_t *items, uint64_t *spare, int64_t count);

/* Sort items and write their distinct hashes, ascending; return the number of hashes. */
int64_t distinct_hashes(uint64_t *items, uint64_t *spare, int64_t count, uint32_t *hashes);

/* Return the key of two words, the same in either order, as in worker/features/passages.py. */
static inline uint32_t pair_key(uint32_t a, uint32_t b) {
    const uint64_t both = 0xC2B2AE3D27D4EB4F;
    uint64_t mixed = ((uint64_t)a + b) * 0x9E3779B185EBCA87 + (uint64_t)(a ^ b) * both;
    mixed = (mixed ^ (mixed >> 29)) * both;
    return (uint32_t)(mixed >> 32);
}

#endif
