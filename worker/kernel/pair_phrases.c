/* Evidence from the three-word phrases of two articles (see `worker.match.evidence.NUMBERS`). */

#include "pairs.h"

enum { NEW_TEXT = 20 };

int64_t phrase_shares(const Pair *p) {
    int64_t of_a = p->a->counts[GRAMS], of_b = p->b->counts[GRAMS];
    int64_t count = intersect(p->a->grams, of_a, p->b->grams, of_b, p->buffers.at_a, p->buffers.at_b);
    p->evidence[GRAMS_IN_A] = share((double)count, (double)of_b, 0.0);
    p->evidence[GRAMS_IN_B] = share((double)count, (double)of_a, 0.0);
    p->evidence[GRAMS_JACCARD] = share((double)count, (double)(of_a + of_b - count), 0.0);
    return count;
}

static int64_t long_gap(int64_t gap) {
    return gap > NEW_TEXT ? gap : 0;
}

/* Return the share of a text in long stretches between shared phrases; 1 if no phrase is shared. */
static double new_text(const PairBuffers *buffers, const int32_t *places, const int32_t *at, int64_t count,
                       int64_t end) {
    int64_t new = 0;
    if (!count || !end)
        return 1.0;
    order_by_place(buffers, places, at, count, end);
    for (int64_t i = 1; i < count; i++)
        new += long_gap(places[at[buffers->order[i]]] - places[at[buffers->order[i - 1]]]);
    new += long_gap(places[at[buffers->order[0]]] + 3) + long_gap(end - places[at[buffers->order[count - 1]]]);
    return share((double)new, (double)end, 0.0);
}

/* Return the number of breaks: places where the next shared phrase does not follow the previous one directly. */
static int64_t breaks(const PairBuffers *buffers, const int32_t *places, const int32_t *at, int64_t count) {
    int64_t gaps = 0;
    for (int64_t i = 1; i < count; i++)
        gaps += places[at[buffers->order[i]]] - places[at[buffers->order[i - 1]]] != 1;
    return gaps;
}

void compare_phrases(const Pair *p, int64_t count) {
    const PairBuffers *buffers = &p->buffers;
    p->evidence[NEW_IN_A] = new_text(buffers, p->a->gram_places, buffers->at_a, count, p->a->counts[TOKENS]);
    p->evidence[PASSAGE] = (double)count / (double)(breaks(buffers, p->b->gram_places, buffers->at_b, count) + 1);
    p->evidence[NEW_IN_B] = new_text(buffers, p->b->gram_places, buffers->at_b, count, p->b->counts[TOKENS]);
}
