/* Distinct 3-grams of all words of a text, each with its first place. */

#include "article.h"
#include "sort.h"

static const uint64_t MIX_1 = 0x9E3779B185EBCA87, MIX_2 = 0xC2B2AE3D27D4EB4F, MIX_3 = 0x165667B19E3779F9;

static uint32_t gram_hash(uint64_t first, uint64_t second, uint64_t third) {
    uint64_t mixed = first * MIX_1;
    mixed = (mixed ^ (mixed >> 29)) * MIX_3 + second * MIX_2;
    mixed = (mixed ^ (mixed >> 29)) * MIX_3 + third * MIX_3;
    mixed = (mixed ^ (mixed >> 32)) * MIX_2;
    return (uint32_t)(mixed >> 32);
}

void grams(Work *w) {
    Article *a = w->article;
    const uint64_t *hashes = w->hashes;
    int64_t words = a->counts[TOKENS], count = words - 2, distinct = 0;
    if (words && words < 3) { /* padded with empty words, so that these texts too have a 3-gram */
        w->items[0] = (uint64_t)gram_hash(hashes[0], words > 1 ? hashes[1] : 0, 0) << HASH;
        count = 1;
    } else {
        for (int64_t i = 0; i < count; i++)
            w->items[i] = (uint64_t)gram_hash(hashes[i], hashes[i + 1], hashes[i + 2]) << HASH | (uint64_t)i;
    }
    if (count > 0)
        sort_items(w->items, w->spare, count);
    for (int64_t i = 0; i < count; i++)
        if (!i || w->items[i] >> HASH != w->items[i - 1] >> HASH) {
            a->grams[distinct] = (uint32_t)(w->items[i] >> HASH);
            a->gram_places[distinct++] = (int32_t)(w->items[i] & PLACE);
        }
    a->counts[GRAMS] = distinct;
}
