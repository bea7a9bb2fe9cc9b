/* The distinct words of an article with their weights, and the sums over them. */

#include "article.h"
#include "sort.h"

#include <math.h>
#include <string.h>

static void add(Article *a, int64_t word) {
    float weight = a->weights[word], square = weight * weight; /* rounded before the sum, so that sums are exact */
    float rare = 5.0f - a->zipfs[word];
    a->sums[WEIGHT] += weight;
    a->sums[SQUARES] += square;
    if (a->classes[word] == LOWER)
        a->sums[PLAIN] += weight;
    if (a->classes[word] == NAME)
        a->sums[RARITY] += rare > 0.0f ? rare : 0.0f;
    a->sums[NAMES] += a->classes[word] == NAME;
    a->sums[FIGURES] += a->classes[word] == FIGURE;
    a->sums[LEAD] += a->places[word] < LEAD_WORDS;
}

/* Return the factor of the weight of a word that occurs this often. */
static float frequency_factor(int64_t occurrences) {
    return occurrences == 1 ? 1.0f : 1.0f + (float)log((double)occurrences);
}

void distinct_words(Work *w) {
    Article *a = w->article;
    int64_t count = a->counts[CONTENT_TOKENS], distinct = 0;
    for (int64_t i = 0; i < count; i++)
        w->items[i] = (uint64_t)a->content_tokens[i] << HASH | (uint64_t)i;
    sort_items(w->items, w->spare, count);
    memset(a->sums, 0, sizeof a->sums);
    for (int64_t start = 0, end = 0; start < count; start = end, distinct++) {
        uint64_t hash = w->items[start] >> HASH, first = w->items[start] & PLACE;
        uint8_t named = 0;
        for (; end < count && w->items[end] >> HASH == hash; end++) {
            named |= w->named[w->items[end] & PLACE];
            a->word_index[w->items[end] & PLACE] = (int32_t)distinct;
        }
        const Word *word = w->words + w->row[first];
        a->words[distinct] = (uint32_t)hash;
        a->weights[distinct] = word->weight * frequency_factor(end - start);
        a->zipfs[distinct] = word->zipf;
        a->places[distinct] = (int32_t)first;
        a->classes[distinct] = word->kind & NUMBER ? FIGURE : named ? NAME : LOWER;
        add(a, distinct);
    }
    a->counts[WORDS] = distinct;
}

void title_words(Work *w, int64_t count) {
    for (int64_t i = 0; i < count; i++) /* the words of a title precede those of its text */
        w->items[i] = (uint64_t)w->article->content_tokens[i] << HASH;
    w->article->counts[TITLE] = distinct_hashes(w->items, w->spare, count, w->article->title);
}
