/* Content words go in, the sampled keys of each text come out: those of `worker.fingerprint.sketches`. */

#include "kernel.h"
#include "sort.h"

/* At most so many keys of one kind are asked for, and of all three. */
enum { MOST_OF_KIND = 64, MOST_KEYS = 3 * MOST_OF_KIND };

/* How many keys of a kind are kept: a share of the words, but at least and at most so many. */
typedef struct {
    double share;
    int64_t fewest, most;
} Bounds;

typedef struct {
    int64_t texts;
    const int64_t *running_sizes; /* content words of each text */
    const int64_t *word_sizes;    /* distinct ones */
    const uint32_t *running;
    const uint8_t *telling;       /* of each content word: is it a name or number that is not frequent? */
    const uint32_t *words;
    const uint8_t *rare;          /* of each distinct word: is it rare, and no number? */
    Bounds pairs, name_pairs, rare_words;
    uint32_t scatter, gather;     /* a key's rank is its product with the first; the second undoes it */
    int32_t *keys;                /* out: MOST_KEYS places a text … */
    int64_t *counts;              /* … of which so many are filled */
} Sketch;

/* The smallest ranks seen so far, ascending. */
typedef struct {
    uint32_t ranks[MOST_OF_KIND];
    int64_t count, room;
} Sample;

static int64_t room_of(const Bounds *bounds, int64_t words) {
    int64_t room = (int64_t)((double)words * bounds->share);
    room = room > bounds->most ? bounds->most : room;
    room = room < bounds->fewest ? bounds->fewest : room;
    return room < MOST_OF_KIND ? room : MOST_OF_KIND;
}

static void offer(Sample *sample, uint32_t rank) {
    int64_t at = sample->count;
    if (at == sample->room && (!at || rank >= sample->ranks[at - 1]))
        return;
    while (at && sample->ranks[at - 1] > rank)
        at--;
    if (at && sample->ranks[at - 1] == rank)
        return;
    int64_t last = sample->count < sample->room ? sample->count++ : sample->count - 1;
    for (; last > at; last--)
        sample->ranks[last] = sample->ranks[last - 1];
    sample->ranks[at] = rank;
}

/* Offer the key of two words, if they are two. */
static void offer_pair(const Sketch *s, Sample *sample, uint32_t one, uint32_t other) {
    if (one != other)
        offer(sample, pair_key(one, other) * s->scatter);
}

static Sample neighbours(const Sketch *s, const uint32_t *running, int64_t count) {
    Sample sample = {.room = room_of(&s->pairs, count)};
    for (int64_t i = 1; i < count; i++)
        offer_pair(s, &sample, running[i - 1], running[i]);
    return sample;
}

/* Pair every telling word with the next one and the next but one. */
static Sample names(const Sketch *s, const uint32_t *running, const uint8_t *telling, int64_t count) {
    Sample sample = {0};
    int64_t found = 0;
    uint32_t before = 0, last = 0;
    for (int64_t i = 0; i < count; i++)
        found += telling[i];
    sample.room = room_of(&s->name_pairs, found);
    found = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!telling[i])
            continue;
        if (found > 0)
            offer_pair(s, &sample, last, running[i]);
        if (found > 1)
            offer_pair(s, &sample, before, running[i]);
        before = last;
        last = running[i];
        found++;
    }
    return sample;
}

static Sample rarest(const Sketch *s, const uint32_t *words, const uint8_t *rare, int64_t count) {
    Sample sample = {0};
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++)
        found += rare[i];
    sample.room = room_of(&s->rare_words, found);
    for (int64_t i = 0; i < count; i++)
        if (rare[i])
            offer(&sample, words[i] * s->scatter);
    return sample;
}

/* Put a key among those of a text, which ascend as signed numbers; return how many there are then. */
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

EXPORT int64_t copydesk_sketches(const Sketch *given) {
    Sketch s = *given;
    for (int64_t text = 0; text < given->texts; text++) {
        int64_t running = *s.running_sizes++, words = *s.word_sizes++, count = 0;
        const Sample samples[] = {
            neighbours(&s, s.running, running),
            names(&s, s.running, s.telling, running),
            rarest(&s, s.words, s.rare, words),
        };
        for (int kind = 0; kind < 3; kind++)
            for (int64_t i = 0; i < samples[kind].count; i++)
                count = insert(s.keys, count, (int32_t)(samples[kind].ranks[i] * s.gather));
        *s.counts++ = count;
        s.keys += MOST_KEYS;
        s.running += running;
        s.telling += running;
        s.words += words;
        s.rare += words;
    }
    return given->texts;
}
