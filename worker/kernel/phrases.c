/* Two articles' three-word phrases go in, what they tell comes out (worker/match/phrases.py). */

#include "pairs.h"
#include "sort.h"

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

/* Return the share of a text that lies in long stretches between sorted shared phrases; 1 without any. */
static double new_text(const uint64_t *items, int64_t count, int64_t tokens) {
    int64_t new = 0;
    if (!count || !tokens)
        return 1.0;
    for (int64_t i = 1; i < count; i++)
        new += if_new((int64_t)(items[i] >> HASH) - (int64_t)(items[i - 1] >> HASH));
    new += if_new((int64_t)(items[0] >> HASH) + 3) + if_new(tokens - (int64_t)(items[count - 1] >> HASH));
    return share((double)new, (double)tokens, 0.0);
}

/* Return how often, in the order of one text, the next shared phrase is not the next one of the other. */
static int64_t breaks(const uint64_t *items, int64_t count, const int32_t *places, const int32_t *at) {
    int64_t found = 0;
    for (int64_t i = 1; i < count; i++)
        found += places[at[items[i] & PLACE]] - places[at[items[i - 1] & PLACE]] != 1;
    return found;
}

void phrases(const Pair *p, int64_t count) {
    const Room *room = &p->room;
    by_place(room, p->a.gram_places, room->at_a, count);
    p->told[NEW_IN_A] = new_text(room->items, count, p->a.counts[TOKENS]);
    p->told[PASSAGE] = (double)count / (double)(breaks(room->items, count, p->b.gram_places, room->at_b) + 1);
    by_place(room, p->b.gram_places, room->at_b, count);
    p->told[NEW_IN_B] = new_text(room->items, count, p->b.counts[TOKENS]);
}
