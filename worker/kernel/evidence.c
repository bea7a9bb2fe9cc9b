/* Articles and which of them are compared go in, the numbers of each pair come out (worker/match/evidence.py). */

#include "pairs.h"

#include <math.h>

static const double HOPELESS_PHRASES = 0.1, HOPELESS_WORDS = 0.15;

typedef struct {
    const Text *texts;    /* of all articles */
    int64_t pairs;
    const int64_t *which; /* two articles each */
    int64_t whole;        /* else of hopeless pairs only what shows that they are */
    Room room;
    double *told;         /* out, `TOLD` each */
} Given;

int64_t shared(const uint32_t *a, int64_t count_a, const uint32_t *b, int64_t count_b, int32_t *at_a, int32_t *at_b) {
    int64_t i = 0, j = 0, found = 0;
    while (i < count_a && j < count_b) {
        uint32_t one = a[i], other = b[j];
        /* written in any case and counted where they are equal: no branch that would be guessed wrongly */
        at_a[found] = (int32_t)i;
        at_b[found] = (int32_t)j;
        found += one == other;
        i += one <= other;
        j += other <= one;
    }
    return found;
}

void by_place(const Room *room, const int32_t *places, const int32_t *at, int64_t count, int64_t end) {
    int64_t found = 0;
    for (int64_t i = 0; i < end; i++)
        room->slots[i] = -1;
    for (int64_t i = 0; i < count; i++)
        room->slots[places[at[i]]] = (int32_t)i;
    for (int64_t i = 0; i < end; i++) {
        room->order[found] = room->slots[i];
        found += room->slots[i] >= 0;
    }
}

static void lengths(const Pair *p) {
    double one = (double)p->a.counts[RUNNING], other = (double)p->b.counts[RUNNING];
    p->told[SHORTER] = least(one, other);
    p->told[LENGTH_RATIO] = share(least(one, other), one < other ? other : one, 0.0);
}

static void titles_and_facts(const Pair *p) {
    const Text *a = &p->a, *b = &p->b;
    const Room *room = &p->room;
    int64_t title_a = a->counts[TITLE], title_b = b->counts[TITLE];
    int64_t facts_a = a->counts[FACTS], facts_b = b->counts[FACTS];
    if (title_a && title_b) {
        double both = (double)shared(a->title, title_a, b->title, title_b, room->at_a, room->at_b);
        p->told[TITLE_SHARED] = share(both, (double)(title_a < title_b ? title_a : title_b), 0.0);
    }
    if (facts_a && facts_b) {
        double both = (double)shared(a->facts, facts_a, b->facts, facts_b, room->at_a, room->at_b);
        p->told[FACTS_SHARED] = share(both, (double)(facts_a < facts_b ? facts_a : facts_b), NAN);
        p->told[FACTS_BOTH] = share(both, (double)(facts_a < facts_b ? facts_b : facts_a), NAN);
    }
}

static void compare(const Pair *p, int64_t whole) {
    const double *told = p->told;
    int64_t count;
    lengths(p);
    count = shares_of_words(p);
    if (!whole && told[WORDS_IN_A] < HOPELESS_WORDS && told[WORDS_IN_B] < HOPELESS_WORDS) {
        shares_of_phrases(p);
        if (told[GRAMS_IN_A] < HOPELESS_PHRASES && told[GRAMS_IN_B] < HOPELESS_PHRASES)
            return;
        count = shares_of_words(p); /* where they stand was overwritten */
    }
    words(p, count);
    phrases(p, shares_of_phrases(p));
    titles_and_facts(p);
}

EXPORT int64_t copydesk_evidence(const Given *g) {
    Pair p = {.room = g->room, .told = g->told};
    for (int64_t pair = 0; pair < g->pairs; pair++, p.told += TOLD) {
        for (int i = 0; i < TOLD; i++)
            p.told[i] = NAN;
        p.a = g->texts[g->which[2 * pair]];
        p.b = g->texts[g->which[2 * pair + 1]];
        compare(&p, g->whole);
    }
    return g->pairs;
}
