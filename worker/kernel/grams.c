/* All words of a text go in, its distinct phrases of three words come out, each with its first place. */

#include "features.h"
#include "sort.h"

static const uint64_t MIX_1 = 0x9E3779B185EBCA87, MIX_2 = 0xC2B2AE3D27D4EB4F, MIX_3 = 0x165667B19E3779F9;

static uint32_t phrase(uint64_t one, uint64_t two, uint64_t three) {
    uint64_t mixed = one * MIX_1;
    mixed = (mixed ^ (mixed >> 29)) * MIX_3 + two * MIX_2;
    mixed = (mixed ^ (mixed >> 29)) * MIX_3 + three * MIX_3;
    mixed = (mixed ^ (mixed >> 32)) * MIX_2;
    return (uint32_t)(mixed >> 32);
}

void grams(const Batch *b) {
    const uint64_t *said = b->said;
    int64_t words = b->counts[SAID], count = words - 2, found = 0;
    if (words && words < 3) { /* texts of one word or two are filled up with empty ones: they too have a phrase */
        b->items[0] = (uint64_t)phrase(said[0], words > 1 ? said[1] : 0, 0) << HASH;
        count = 1;
    } else {
        for (int64_t i = 0; i < count; i++)
            b->items[i] = (uint64_t)phrase(said[i], said[i + 1], said[i + 2]) << HASH | (uint64_t)i;
    }
    if (count > 0)
        sort(b->items, b->spare, count);
    for (int64_t i = 0; i < count; i++)
        if (!i || b->items[i] >> HASH != b->items[i - 1] >> HASH) {
            b->grams[found] = (uint32_t)(b->items[i] >> HASH);
            b->gram_places[found++] = (int32_t)(b->items[i] & PLACE);
        }
    b->counts[GRAMS] = found;
}
