/* The sampled keys of each text: those of `worker.fingerprint.sketch.sketches`. */

#include "kernel.h"
#include "sort.h"

/* The most keys of one kind, and of all three kinds. */
enum { MOST_OF_KIND = 64, MOST_KEYS = 3 * MOST_OF_KIND };

/* Number of keys of a kind: a share of the words, within limits. */
typedef struct {
    double share;
    int64_t fewest, most;
} Bounds;

typedef struct {
    int64_t texts;
    const int64_t *content_sizes; /* number of content words of each text */
    const int64_t *word_sizes;    /* number of distinct words of each text */
    const uint32_t *content_tokens;
    const uint8_t *salient;       /* of each content word: is it an infrequent name or number? */
    const uint32_t *words;
    const uint8_t *rare;          /* of each distinct word: is it rare and not a number? */
    Bounds pairs, name_pairs, rare_words;
    uint32_t scatter, gather;     /* a key's rank is its product with ``scatter``; ``gather`` is the inverse */
    int32_t *keys;                /* out: MOST_KEYS places for each text … */
    int64_t *counts;              /* … and how many of them are filled */
} Sketch;

/* The smallest ranks seen so far, ascending. */
typedef struct {
    uint32_t ranks[MOST_OF_KIND];
    int64_t count, capacity;
} Sample;

static int64_t sample_size(const Bounds *bounds, int64_t words) {
    int64_t capacity = (int64_t)((double)words * bounds->share);
    capacity = capacity > bounds->most ? bounds->most : capacity;
    capacity = capacity < bounds->fewest ? bounds->fewest : capacity;
    return capacity < MOST_OF_KIND ? capacity : MOST_OF_KIND;
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
static void offer_pair(const Sketch *s, Sample *sample, uint32_t a, uint32_t b) {
    if (a != b)
        offer(sample, pair_key(a, b) * s->scatter);
}

static Sample word_pairs(const Sketch *s, const uint32_t *content_tokens, int64_t count) {
    Sample sample = {.capacity = sample_size(&s->pairs, count)};
    for (int64_t i = 1; i < count; i++)
        offer_pair(s, &sample, content_tokens[i - 1], content_tokens[i]);
    return sample;
}

/* Pair every salient word with the next one and the one after it. */
static Sample salient_pairs(const Sketch *s, const uint32_t *content_tokens, const uint8_t *salient, int64_t count) {
    Sample sample = {0};
    int64_t salient_count = 0;
    uint32_t second_last = 0, last = 0;
    for (int64_t i = 0; i < count; i++)
        salient_count += salient[i];
    sample.capacity = sample_size(&s->name_pairs, salient_count);
    salient_count = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!salient[i])
            continue;
        if (salient_count > 0)
            offer_pair(s, &sample, last, content_tokens[i]);
        if (salient_count > 1)
            offer_pair(s, &sample, second_last, content_tokens[i]);
        second_last = last;
        last = content_tokens[i];
        salient_count++;
    }
    return sample;
}

static Sample rarest_words(const Sketch *s, const uint32_t *words, const uint8_t *rare, int64_t count) {
    Sample sample = {0};
    int64_t rare_count = 0;
    for (int64_t i = 0; i < count; i++)
        rare_count += rare[i];
    sample.capacity = sample_size(&s->rare_words, rare_count);
    for (int64_t i = 0; i < count; i++)
        if (rare[i])
            offer(&sample, words[i] * s->scatter);
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

EXPORT int64_t copydesk_sketches(const Sketch *batch) {
    Sketch s = *batch;
    for (int64_t text = 0; text < batch->texts; text++) {
        int64_t content_count = *s.content_sizes++, word_count = *s.word_sizes++, count = 0;
        const Sample samples[] = {
            word_pairs(&s, s.content_tokens, content_count),
            salient_pairs(&s, s.content_tokens, s.salient, content_count),
            rarest_words(&s, s.words, s.rare, word_count),
        };
        for (int kind = 0; kind < 3; kind++)
            for (int64_t i = 0; i < samples[kind].count; i++)
                count = insert(s.keys, count, (int32_t)(samples[kind].ranks[i] * s.gather));
        *s.counts++ = count;
        s.keys += MOST_KEYS;
        s.content_tokens += content_count;
        s.salient += content_count;
        s.words += word_count;
        s.rare += word_count;
    }
    return batch->texts;
}
