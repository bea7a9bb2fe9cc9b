/* The sketch of an article: sampled keys that find candidates, also abridged copies.
 *
 * Of each kind the keys with the smallest ranks are sampled (Broder's bottom-k), so that a short and a long version
 * sample the same keys.
 */

#include "kernel.h"

/* The most keys of one kind; a key's rank is its product with SCATTER, whose inverse is GATHER. */
enum { MOST_OF_KIND = 40 };
static const uint32_t SCATTER = 0x9E3779B1, GATHER = 244002641;
static const float RARE_ZIPF = 3.0f;

/* Number of keys of a kind: a share of the words, within limits; the reasons are in worker/reference/fingerprint.py. */
typedef struct {
    double share;
    int64_t fewest, most;
} Bounds;
static const Bounds PAIRS = {1.0 / 20, 16, MOST_OF_KIND}, NAME_PAIRS = {1.0 / 10, 14, 32}, RARE_WORDS = {1, 4, 4};

/* The smallest ranks seen so far, ascending. */
typedef struct {
    uint32_t ranks[MOST_OF_KIND];
    int64_t count, capacity;
} Sample;

static int64_t sample_size(Bounds bounds, int64_t words) {
    int64_t capacity = (int64_t)((double)words * bounds.share);
    capacity = capacity > bounds.most ? bounds.most : capacity;
    return capacity < bounds.fewest ? bounds.fewest : capacity;
}

static void offer(Sample *sample, uint32_t rank) {
    int64_t at = sample->count;
    if (at == sample->capacity && (!at || rank >= sample->ranks[at - 1]))
        return;
    while (at && sample->ranks[at - 1] > rank)
        at--;
    if (at && sample->ranks[at - 1] == rank)
        return;
    int64_t last = sample->count < sample->capacity ? sample->count++ : sample->count - 1;
    for (; last > at; last--)
        sample->ranks[last] = sample->ranks[last - 1];
    sample->ranks[at] = rank;
}

/* Offer the key of two words unless they are equal. */
static void offer_pair(Sample *sample, uint32_t a, uint32_t b) {
    if (a != b)
        offer(sample, pair_key(a, b) * SCATTER);
}

/* Pair neighbouring content words. */
static Sample word_pairs(const Article *a) {
    int64_t count = a->counts[CONTENT_TOKENS];
    Sample sample = {.capacity = sample_size(PAIRS, count)};
    for (int64_t i = 1; i < count; i++)
        offer_pair(&sample, a->content_tokens[i - 1], a->content_tokens[i]);
    return sample;
}

/* Pair every salient word with the next one and the one after it. */
static Sample salient_pairs(const Article *a) {
    int64_t salient = 0;
    uint32_t second_last = 0, last = 0;
    for (int64_t i = 0; i < a->counts[CONTENT_TOKENS]; i++)
        salient += a->salient[i];
    Sample sample = {.capacity = sample_size(NAME_PAIRS, salient)};
    salient = 0;
    for (int64_t i = 0; i < a->counts[CONTENT_TOKENS]; i++) {
        if (!a->salient[i])
            continue;
        if (salient > 0)
            offer_pair(&sample, last, a->content_tokens[i]);
        if (salient > 1)
            offer_pair(&sample, second_last, a->content_tokens[i]);
        second_last = last;
        last = a->content_tokens[i];
        salient++;
    }
    return sample;
}

static Sample rarest_words(const Article *a) {
    Sample sample = {.capacity = RARE_WORDS.most};
    for (int64_t i = 0; i < a->counts[WORDS]; i++)
        if (a->zipfs[i] < RARE_ZIPF && a->classes[i] != FIGURE)
            offer(&sample, a->words[i] * SCATTER);
    return sample;
}

/* Insert a key into those of a text, which ascend as signed numbers; return the new count. */
static int64_t insert(int32_t *keys, int64_t count, int32_t key) {
    int64_t at = count;
    while (at && keys[at - 1] > key)
        at--;
    if (at && keys[at - 1] == key)
        return count;
    for (int64_t i = count; i > at; i--)
        keys[i] = keys[i - 1];
    keys[at] = key;
    return count + 1;
}

/* Write at most 3 * MOST_OF_KIND keys; return their number. The only key of a text of one word is that word. */
EXPORT int64_t copydesk_sketch(const Article *a, int32_t *keys) {
    const Sample samples[] = {word_pairs(a), salient_pairs(a), rarest_words(a)};
    int64_t count = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int64_t i = 0; i < samples[kind].count; i++)
            count = insert(keys, count, (int32_t)(samples[kind].ranks[i] * GATHER));
    return count || !a->counts[WORDS] ? count : insert(keys, 0, (int32_t)a->words[0]);
}
