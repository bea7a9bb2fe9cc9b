/* Two articles' three-word phrases go in, what they tell comes out (worker/match/phrases.py). */

#include "pairs.h"

enum { NEW_TEXT = 20 };

int64_t shares_of_phrases(const Pair *p) {
    int64_t of_a = p->a.counts[GRAMS], of_b = p->b.counts[GRAMS];
    int64_t count = shared(p->a.grams, of_a, p->b.grams, of_b, p->room.at_a, p->room.at_b);
    p->told[GRAMS_IN_A] = share((double)count, (double)of_b, 0.0);
    p->told[GRAMS_IN_B] = share((double)count, (double)of_a, 0.0);
    p->told[GRAMS_JACCARD] = share((double)count, (double)(of_a + of_b - count), 0.0);
    return count;
}

static int64_t if_new(int64_t gap) {
    return gap > NEW_TEXT ? gap : 0;
}

/* Return the share of a text that lies in long stretches between shared phrases; 1 without any. */
static double new_text(const Room *room, const int32_t *places, const int32_t *at, int64_t count, int64_t tokens) {
    int64_t new = 0;
    if (!count || !tokens)
        return 1.0;
    by_place(room, places, at, count, tokens);
    for (int64_t i = 1; i < count; i++)
        new += if_new(places[at[room->order[i]]] - places[at[room->order[i - 1]]]);
    new += if_new(places[at[room->order[0]]] + 3) + if_new(tokens - places[at[room->order[count - 1]]]);
    return share((double)new, (double)tokens, 0.0);
}

/* Return how often, in the order of one text, the next shared phrase is not the next one of the other. */
static int64_t breaks(const Room *room, const int32_t *places, const int32_t *at, int64_t count) {
    int64_t found = 0;
    for (int64_t i = 1; i < count; i++)
        found += places[at[room->order[i]]] - places[at[room->order[i - 1]]] != 1;
    return found;
}

void phrases(const Pair *p, int64_t count) {
    const Room *room = &p->room;
    p->told[NEW_IN_A] = new_text(room, p->a.gram_places, room->at_a, count, p->a.counts[TOKENS]);
    p->told[PASSAGE] = (double)count / (double)(breaks(room, p->b.gram_places, room->at_b, count) + 1);
    p->told[NEW_IN_B] = new_text(room, p->b.gram_places, room->at_b, count, p->b.counts[TOKENS]);
}
