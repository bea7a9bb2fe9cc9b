/* Content words go in, the distinct ones with their weights, and their sums come out (worker/features/totals.py). */

#include "features.h"
#include "sort.h"

enum { LOWER, NAME, FIGURE, LEAD_WORDS = 40 };

static void add(const Batch *b, int64_t which) {
    float weight = b->weights[which], square = weight * weight; /* rounded, as NumPy does before it adds */
    float rare = 5.0f - b->zipfs[which];
    b->sums[WEIGHT] += weight;
    b->sums[SQUARES] += square;
    if (b->classes[which] == LOWER)
        b->sums[PLAIN] += weight;
    if (b->classes[which] == NAME)
        b->sums[RARITY] += rare > 0.0f ? rare : 0.0f;
    b->numbers[NAMES] += b->classes[which] == NAME;
    b->numbers[FIGURES] += b->classes[which] == FIGURE;
    b->numbers[LEAD] += b->places[which] < LEAD_WORDS;
}

void distinct_words(const Batch *b) {
    int64_t count = b->counts[RUNNING], found = 0;
    for (int64_t i = 0; i < count; i++)
        b->items[i] = (uint64_t)b->running[i] << HASH | (uint64_t)i;
    sort(b->items, b->spare, count);
    for (int i = 0; i < SUMS; i++)
        b->sums[i] = 0.0;
    for (int i = 0; i < NUMBERS; i++)
        b->numbers[i] = 0;
    for (int64_t start = 0, end = 0; start < count; start = end, found++) {
        uint64_t hash = b->items[start] >> HASH, first = b->items[start] & PLACE;
        uint8_t named = 0;
        for (; end < count && b->items[end] >> HASH == hash; end++) {
            named |= b->named[b->items[end] & PLACE];
            b->which[b->items[end] & PLACE] = (int32_t)found;
        }
        const Word *word = b->known + b->at[first];
        b->words[found] = (uint32_t)hash;
        b->weights[found] = word->weight * b->factors[end - start];
        b->zipfs[found] = word->zipf;
        b->places[found] = (int32_t)first;
        b->classes[found] = word->kind & NUMBER ? FIGURE : named ? NAME : LOWER;
        add(b, found);
    }
    b->counts[DISTINCT] = found;
}

void title_words(const Batch *b, int64_t count) {
    for (int64_t i = 0; i < count; i++) /* a title stands before its text */
        b->items[i] = (uint64_t)b->running[i] << HASH;
    b->counts[TITLE] = distinct_hashes(b->items, b->spare, count, b->title);
}
