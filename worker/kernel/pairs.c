/* Compute the evidence of pairs of articles (worker/match/evidence.py). */

#include "pairs.h"

#include <math.h>

static const double HOPELESS_PHRASES = 0.1, HOPELESS_WORDS = 0.15;

typedef struct {
    const Article *articles;
    int64_t pairs;
    const int64_t *indices; /* two articles for each pair */
    int64_t whole;          /* 0: of a hopeless pair only the fields that show that it is hopeless */
    PairBuffers buffers;
    double *evidence;       /* out: `EVIDENCE_FIELDS` numbers for each pair */
} Comparison;

int64_t intersect(const uint32_t *a, int64_t size_a, const uint32_t *b, int64_t size_b, int32_t *at_a, int32_t *at_b) {
    int64_t i = 0, j = 0, shared = 0;
    while (i < size_a && j < size_b) {
        uint32_t hash_a = a[i], hash_b = b[j];
        /* always written, and counted only if they are equal: no branch that the processor would mispredict */
        at_a[shared] = (int32_t)i;
        at_b[shared] = (int32_t)j;
        shared += hash_a == hash_b;
        i += hash_a <= hash_b;
        j += hash_b <= hash_a;
    }
    return shared;
}

void order_by_place(const PairBuffers *buffers, const int32_t *places, const int32_t *at, int64_t count, int64_t end) {
    int64_t written = 0;
    for (int64_t i = 0; i < end; i++)
        buffers->slots[i] = -1;
    for (int64_t i = 0; i < count; i++)
        buffers->slots[places[at[i]]] = (int32_t)i;
    for (int64_t i = 0; i < end; i++) {
        buffers->order[written] = buffers->slots[i];
        written += buffers->slots[i] >= 0;
    }
}

static void lengths(const Pair *p) {
    double a = (double)p->a.counts[CONTENT_TOKENS], b = (double)p->b.counts[CONTENT_TOKENS];
    p->evidence[SHORTER] = minimum(a, b);
    p->evidence[LENGTH_RATIO] = share(minimum(a, b), a < b ? b : a, 0.0);
}

static void titles_and_facts(const Pair *p) {
    const Article *a = &p->a, *b = &p->b;
    const PairBuffers *buffers = &p->buffers;
    int64_t title_a = a->counts[TITLE], title_b = b->counts[TITLE];
    int64_t facts_a = a->counts[FACTS], facts_b = b->counts[FACTS];
    if (title_a && title_b) {
        double both = (double)intersect(a->title, title_a, b->title, title_b, buffers->at_a, buffers->at_b);
        p->evidence[TITLE_SHARED] = share(both, (double)(title_a < title_b ? title_a : title_b), 0.0);
    }
    if (facts_a && facts_b) {
        double both = (double)intersect(a->facts, facts_a, b->facts, facts_b, buffers->at_a, buffers->at_b);
        p->evidence[FACTS_SHARED] = share(both, (double)(facts_a < facts_b ? facts_a : facts_b), NAN);
        p->evidence[FACTS_BOTH] = share(both, (double)(facts_a < facts_b ? facts_b : facts_a), NAN);
    }
}

static void compare(const Pair *p, int64_t whole) {
    const double *evidence = p->evidence;
    int64_t count;
    lengths(p);
    count = word_shares(p);
    if (!whole && evidence[WORDS_IN_A] < HOPELESS_WORDS && evidence[WORDS_IN_B] < HOPELESS_WORDS) {
        phrase_shares(p);
        if (evidence[GRAMS_IN_A] < HOPELESS_PHRASES && evidence[GRAMS_IN_B] < HOPELESS_PHRASES)
            return;
        count = word_shares(p); /* the phrases overwrote the positions */
    }
    compare_words(p, count);
    compare_phrases(p, phrase_shares(p));
    titles_and_facts(p);
}

EXPORT int64_t copydesk_evidence(const Comparison *c) {
    Pair p = {.buffers = c->buffers, .evidence = c->evidence};
    for (int64_t pair = 0; pair < c->pairs; pair++, p.evidence += EVIDENCE_FIELDS) {
        for (int i = 0; i < EVIDENCE_FIELDS; i++)
            p.evidence[i] = NAN;
        p.a = c->articles[c->indices[2 * pair]];
        p.b = c->articles[c->indices[2 * pair + 1]];
        compare(&p, c->whole);
    }
    return c->pairs;
}
