/* Two articles' distinct words go in, what they, their names and numbers tell comes out (worker/match/words.py).
 *
 * Sums are made in the order in which they are made there.
 */

#include "pairs.h"

#include <math.h>
#include <stdlib.h>

enum { NEAR = 8, FEWEST_IN_ORDER = 8, LEAD_WORDS = 40 };

static void shares(const Pair *p, const int32_t *at_a, const int32_t *at_b, int64_t count) {
    double in_a = 0.0, in_b = 0.0, product = 0.0;
    for (int64_t i = 0; i < count; i++) {
        float one = p->a.weights[at_a[i]], other = p->b.weights[at_b[i]], both = one * other;
        in_a += other;
        in_b += one;
        product += both;
    }
    p->told[WORDS_IN_A] = share(in_a, p->b.sums[WEIGHT], 0.0);
    p->told[WORDS_IN_B] = share(in_b, p->a.sums[WEIGHT], 0.0);
    p->told[COSINE] = share(product, sqrt(p->a.sums[SQUARES] * p->b.sums[SQUARES]), 0.0);
}

int64_t shares_of_words(const Pair *p) {
    const Room *room = &p->room;
    int64_t count = shared(p->a.words, p->a.counts[WORDS], p->b.words, p->b.counts[WORDS], room->at_a, room->at_b);
    shares(p, room->at_a, room->at_b, count);
    return count;
}

/* Tell whether two shared words, the second of which follows the first, are near in both texts. */
static int near(const Pair *p, int64_t one, int64_t other) {
    const Room *room = &p->room;
    return p->a.places[room->in_a[other]] - p->a.places[room->in_a[one]] <= NEAR &&
           abs(p->b.places[room->in_b[other]] - p->b.places[room->in_b[one]]) <= NEAR;
}

static void side_by_side(const Pair *p, int64_t count) {
    double beside = 0.0, plain_beside = 0.0, plain = 0.0;
    const double *a = p->a.sums, *b = p->b.sums;
    for (int64_t i = 0; i < count; i++) {
        int32_t one = p->room.in_a[i], other = p->room.in_b[i];
        double weight = least(p->a.weights[one], p->b.weights[other]);
        int side = (i && near(p, i - 1, i)) || (i + 1 < count && near(p, i, i + 1));
        int lower = p->a.classes[one] == LOWER && p->b.classes[other] == LOWER;
        beside += side ? weight : 0.0;
        plain_beside += side && lower ? weight : 0.0;
        plain += lower ? weight : 0.0;
    }
    p->told[BESIDE] = share(beside, least(a[WEIGHT], b[WEIGHT]), 0.0);
    p->told[PLAIN_BESIDE] = share(plain_beside, least(a[PLAIN], b[PLAIN]), NAN);
    p->told[PLAIN_WEIGHT] = plain_beside;
    p->told[PLAIN_JACCARD] = share(plain, a[PLAIN] + b[PLAIN] - plain, NAN);
}

static void names(const Pair *p, int64_t count) {
    double names = 0.0, numbers = 0.0, rarity = 0.0;
    const double *a = p->a.sums, *b = p->b.sums;
    for (int64_t i = 0; i < count; i++) {
        uint8_t one = p->a.classes[p->room.in_a[i]], other = p->b.classes[p->room.in_b[i]];
        uint8_t class = one > other ? one : other;
        float rare = 5.0f - p->a.zipfs[p->room.in_a[i]];
        names += class == NAME;
        numbers += class == FIGURE;
        rarity += class == NAME && rare > 0.0f ? rare : 0.0f;
    }
    p->told[NAMES_SHARED] = share(names, least(a[NAMES], b[NAMES]), NAN);
    p->told[NAMES_JACCARD] = share(names, a[NAMES] + b[NAMES] - names, NAN);
    p->told[RARE_NAMES] = share(rarity, least(a[RARITY], b[RARITY]), NAN);
    p->told[RARITY_SHARED] = rarity;
    p->told[NUMBERS_SHARED] = share(numbers, least(a[FIGURES], b[FIGURES]), NAN);
    p->told[NUMBERS_JACCARD] = share(numbers, a[FIGURES] + b[FIGURES] - numbers, NAN);
}

static void lead(const Pair *p, int64_t count) {
    int64_t in_a = 0, in_b = 0;
    double one, other;
    for (int64_t i = 0; i < count; i++) {
        in_a += p->a.places[p->room.in_a[i]] < LEAD_WORDS;
        in_b += p->b.places[p->room.in_b[i]] < LEAD_WORDS;
    }
    one = share((double)in_a, p->a.sums[LEAD], 0.0);
    other = share((double)in_b, p->b.sums[LEAD], 0.0);
    p->told[LEAD_SHARED] = one > other ? one : other;
}

/* Spearman's correlation of places in both texts, not under 0, and in standard errors. */
static void order(const Pair *p, int64_t count) {
    const Room *room = &p->room;
    int32_t *rank = room->column;
    double middle = (double)(count - 1) / 2.0, covariance = 0.0, all = (double)count, correlation;
    if (count < FEWEST_IN_ORDER)
        return;
    by_place(room, p->b.places, room->in_b, count, p->b.counts[RUNNING]);
    for (int64_t i = 0; i < count; i++)
        rank[room->order[i]] = (int32_t)i;
    for (int64_t i = 0; i < count; i++)
        covariance += ((double)i - middle) * ((double)rank[i] - middle);
    correlation = covariance / (all * (all * all - 1.0) / 12.0);
    p->told[ORDER] = correlation > 0.0 ? correlation : 0.0;
    p->told[ORDERED] = correlation * sqrt(all - 1.0);
}

void words(const Pair *p, int64_t count) {
    const Room *room = &p->room;
    by_place(room, p->a.places, room->at_a, count, p->a.counts[RUNNING]);
    for (int64_t i = 0; i < count; i++) {
        room->in_a[i] = room->at_a[room->order[i]];
        room->in_b[i] = room->at_b[room->order[i]];
    }
    shares(p, room->in_a, room->in_b, count);
    side_by_side(p, count);
    names(p, count);
    lead(p, count);
    order(p, count);
    retold(p, count);
}
