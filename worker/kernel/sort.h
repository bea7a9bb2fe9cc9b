/* Items are sorted by their hash: 32 bits of it, and behind these 24 bits that say where the item stood. */

#ifndef COPYDESK_SORT_H
#define COPYDESK_SORT_H

#include "kernel.h"

enum { HASH = 24, PLACE = (1 << HASH) - 1 };

/* Sort items that stand by ascending place; ``spare`` is room for as many. */
void sort(uint64_t *items, uint64_t *spare, int64_t count);

/* Sort items and write their distinct hashes, ascending; return how many there are. */
int64_t distinct_hashes(uint64_t *items, uint64_t *spare, int64_t count, uint32_t *hashes);

/* A key of two words, the same in either order: that of worker/features/told.py. */
static inline uint32_t pair_key(uint32_t one, uint32_t other) {
    const uint64_t both = 0xC2B2AE3D27D4EB4F;
    uint64_t mixed = ((uint64_t)one + other) * 0x9E3779B185EBCA87 + (uint64_t)(one ^ other) * both;
    mixed = (mixed ^ (mixed >> 29)) * both;
    return (uint32_t)(mixed >> 32);
}

#endif
