/* Compute the evidence of pairs of articles (worker/match/evidence.py). */

#include "pairs.h"

#include <math.h>
#include <stdlib.h>

static const double HOPELESS_PHRASES = 0.1, HOPELESS_WORDS = 0.15;

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
    double a = (double)p->a->counts[CONTENT_TOKENS], b = (double)p->b->counts[CONTENT_TOKENS];
    p->evidence[SHORTER] = minimum(a, b);
    p->evidence[LENGTH_RATIO] = share(minimum(a, b), a < b ? b : a, 0.0);
}

static void titles_and_facts(const Pair *p) {
    const Article *a = p->a, *b = p->b;
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

/* Return the largest count of a column. */
static int64_t largest(const Article *const *articles, int64_t count, int column) {
    int64_t most = 0;
    for (int64_t i = 0; i < count; i++)
        most = articles[i]->counts[column] > most ? articles[i]->counts[column] : most;
    return most;
}

/* Allocate scratch memory for the largest of these articles in one block, which `table` begins; 0 if there is none. */
static int allocate(PairBuffers *buffers, const Article *const *articles, int64_t count) {
    size_t words = (size_t)largest(articles, count, WORDS), passages = (size_t)largest(articles, count, PASSAGES);
    size_t tokens = (size_t)largest(articles, count, TOKENS), content = (size_t)largest(articles, count, CONTENT_TOKENS);
    size_t grams = (size_t)largest(articles, count, GRAMS), facts = (size_t)largest(articles, count, FACTS);
    size_t items = words > grams ? words : grams;
    items = (items > facts ? items : facts) + 1; /* one more than can be shared; a title has no more than its words */
    tokens = tokens > content ? tokens : content;
    buffers->table = malloc(passages * passages * sizeof *buffers->table + 2 * content * sizeof *buffers->nodes_a +
                            (5 * items + tokens + 3 * words) * sizeof *buffers->order);
    if (!buffers->table)
        return 0;
    buffers->nodes_a = (Node *)(void *)(buffers->table + passages * passages);
    buffers->nodes_b = buffers->nodes_a + content;
    buffers->at_a = (int32_t *)(void *)(buffers->nodes_b + content);
    buffers->at_b = buffers->at_a + items;
    buffers->in_a = buffers->at_b + items;
    buffers->in_b = buffers->in_a + items;
    buffers->order = buffers->in_b + items;
    buffers->slots = buffers->order + items;
    buffers->column = buffers->slots + tokens;
    buffers->heads_a = buffers->column + words;
    buffers->heads_b = buffers->heads_a + words;
    return 1;
}

/* Write `EVIDENCE_FIELDS` numbers for each two of the articles. Unless ``whole``, a hopeless pair gets only those that
 * show that it is one. */
EXPORT int64_t copydesk_evidence(const Article *const *articles, int64_t pairs, int64_t whole, double *evidence) {
    Pair p = {.evidence = evidence};
    if (!allocate(&p.buffers, articles, 2 * pairs))
        return NO_MEMORY;
    for (int64_t pair = 0; pair < pairs; pair++, p.evidence += EVIDENCE_FIELDS) {
        for (int i = 0; i < EVIDENCE_FIELDS; i++)
            p.evidence[i] = NAN;
        p.a = articles[2 * pair];
        p.b = articles[2 * pair + 1];
        compare(&p, whole);
    }
    free(p.buffers.table);
    return DONE;
}
