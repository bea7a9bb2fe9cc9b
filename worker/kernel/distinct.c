/* Distinct words of a text with their weights, and the sums over them (worker/features/totals.py). */

#include "features.h"
#include "sort.h"

enum { LOWER, NAME, FIGURE, LEAD_WORDS = 40 };

static void add(const Batch *b, int64_t word_index) {
    float weight = b->weights[word_index], square = weight * weight; /* rounded before the sum, as in NumPy */
    float rare = 5.0f - b->zipfs[word_index];
    b->sums[WEIGHT] += weight;
    b->sums[SQUARES] += square;
    if (b->classes[word_index] == LOWER)
        b->sums[PLAIN] += weight;
    if (b->classes[word_index] == NAME)
        b->sums[RARITY] += rare > 0.0f ? rare : 0.0f;
    b->numbers[NAMES] += b->classes[word_index] == NAME;
    b->numbers[FIGURES] += b->classes[word_index] == FIGURE;
    b->numbers[LEAD] += b->places[word_index] < LEAD_WORDS;
}

void distinct_words(const Batch *b) {
    int64_t count = b->counts[CONTENT_TOKENS], distinct = 0;
    for (int64_t i = 0; i < count; i++)
        b->items[i] = (uint64_t)b->content_tokens[i] << HASH | (uint64_t)i;
    sort_items(b->items, b->spare, count);
    for (int i = 0; i < SUMS; i++)
        b->sums[i] = 0.0;
    for (int i = 0; i < NUMBERS; i++)
        b->numbers[i] = 0;
    for (int64_t start = 0, end = 0; start < count; start = end, distinct++) {
        uint64_t hash = b->items[start] >> HASH, first = b->items[start] & PLACE;
        uint8_t named = 0;
        for (; end < count && b->items[end] >> HASH == hash; end++) {
            named |= b->named[b->items[end] & PLACE];
            b->word_index[b->items[end] & PLACE] = (int32_t)distinct;
        }
        const Word *word = b->tokens + b->token_index[first];
        b->words[distinct] = (uint32_t)hash;
        b->weights[distinct] = word->weight * b->factors[end - start];
        b->zipfs[distinct] = word->zipf;
        b->places[distinct] = (int32_t)first;
        b->classes[distinct] = word->kind & NUMBER ? FIGURE : named ? NAME : LOWER;
        add(b, distinct);
    }
    b->counts[DISTINCT] = distinct;
}

void title_words(const Batch *b, int64_t count) {
    for (int64_t i = 0; i < count; i++) /* the words of a title precede those of its text */
        b->items[i] = (uint64_t)b->content_tokens[i] << HASH;
    b->counts[TITLE] = distinct_hashes(b->items, b->spare, count, b->title);
}
