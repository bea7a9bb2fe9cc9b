/* Evidence from the distinct words, names and numbers of two articles: see `worker.match.evidence.NUMBERS`. */

#include "pairs.h"

#include <math.h>
#include <stdlib.h>

enum { NEAR = 8, FEWEST_IN_ORDER = 8 };

static void write_shares(const Pair *p, const int32_t *at_a, const int32_t *at_b, int64_t count) {
    double in_a = 0.0, in_b = 0.0, product = 0.0;
    for (int64_t i = 0; i < count; i++) {
        float weight_a = p->a->weights[at_a[i]], weight_b = p->b->weights[at_b[i]], both = weight_a * weight_b;
        in_a += weight_b;
        in_b += weight_a;
        product += both;
    }
    p->evidence[WORDS_IN_A] = share(in_a, p->b->sums[WEIGHT], 0.0);
    p->evidence[WORDS_IN_B] = share(in_b, p->a->sums[WEIGHT], 0.0);
    p->evidence[COSINE] = share(product, sqrt(p->a->sums[SQUARES] * p->b->sums[SQUARES]), 0.0);
}

int64_t word_shares(const Pair *p) {
    const Article *a = p->a, *b = p->b;
    int64_t count = intersect(a->words, a->counts[WORDS], b->words, b->counts[WORDS], p->buffers.at_a, p->buffers.at_b);
    write_shares(p, p->buffers.at_a, p->buffers.at_b, count);
    return count;
}

/* Return whether two shared words, the second after the first, are close in both texts. */
static int close_in_both(const Pair *p, int64_t first, int64_t second) {
    const PairBuffers *buffers = &p->buffers;
    return p->a->places[buffers->in_a[second]] - p->a->places[buffers->in_a[first]] <= NEAR &&
           abs(p->b->places[buffers->in_b[second]] - p->b->places[buffers->in_b[first]]) <= NEAR;
}

static void adjacency(const Pair *p, int64_t count) {
    double adjacent_weight = 0.0, plain_adjacent = 0.0, plain = 0.0;
    const double *a = p->a->sums, *b = p->b->sums;
    for (int64_t i = 0; i < count; i++) {
        int32_t at_a = p->buffers.in_a[i], at_b = p->buffers.in_b[i];
        double weight = minimum(p->a->weights[at_a], p->b->weights[at_b]);
        int adjacent = (i && close_in_both(p, i - 1, i)) || (i + 1 < count && close_in_both(p, i, i + 1));
        int lower = p->a->classes[at_a] == LOWER && p->b->classes[at_b] == LOWER;
        adjacent_weight += adjacent ? weight : 0.0;
        plain_adjacent += adjacent && lower ? weight : 0.0;
        plain += lower ? weight : 0.0;
    }
    p->evidence[ADJACENT] = share(adjacent_weight, minimum(a[WEIGHT], b[WEIGHT]), 0.0);
    p->evidence[PLAIN_ADJACENT] = share(plain_adjacent, minimum(a[PLAIN], b[PLAIN]), NAN);
    p->evidence[PLAIN_WEIGHT] = plain_adjacent;
    p->evidence[PLAIN_JACCARD] = share(plain, a[PLAIN] + b[PLAIN] - plain, NAN);
}

static void names_and_numbers(const Pair *p, int64_t count) {
    double names = 0.0, numbers = 0.0, rarity = 0.0;
    const double *a = p->a->sums, *b = p->b->sums;
    for (int64_t i = 0; i < count; i++) {
        uint8_t class_a = p->a->classes[p->buffers.in_a[i]], class_b = p->b->classes[p->buffers.in_b[i]];
        uint8_t class = class_a > class_b ? class_a : class_b;
        float rare = 5.0f - p->a->zipfs[p->buffers.in_a[i]];
        names += class == NAME;
        numbers += class == FIGURE;
        rarity += class == NAME && rare > 0.0f ? rare : 0.0f;
    }
    p->evidence[NAMES_SHARED] = share(names, minimum(a[NAMES], b[NAMES]), NAN);
    p->evidence[NAMES_JACCARD] = share(names, a[NAMES] + b[NAMES] - names, NAN);
    p->evidence[RARE_NAMES] = share(rarity, minimum(a[RARITY], b[RARITY]), NAN);
    p->evidence[RARITY_SHARED] = rarity;
    p->evidence[NUMBERS_SHARED] = share(numbers, minimum(a[FIGURES], b[FIGURES]), NAN);
    p->evidence[NUMBERS_JACCARD] = share(numbers, a[FIGURES] + b[FIGURES] - numbers, NAN);
}

static void lead(const Pair *p, int64_t count) {
    int64_t in_a = 0, in_b = 0;
    double share_a, share_b;
    for (int64_t i = 0; i < count; i++) {
        in_a += p->a->places[p->buffers.in_a[i]] < LEAD_WORDS;
        in_b += p->b->places[p->buffers.in_b[i]] < LEAD_WORDS;
    }
    share_a = share((double)in_a, p->a->sums[LEAD], 0.0);
    share_b = share((double)in_b, p->b->sums[LEAD], 0.0);
    p->evidence[LEAD_SHARED] = share_a > share_b ? share_a : share_b;
}

/* Write Spearman's correlation of the places in both texts, at least 0, and the same in standard errors. */
static void order(const Pair *p, int64_t count) {
    const PairBuffers *buffers = &p->buffers;
    int32_t *rank = buffers->column;
    double middle = (double)(count - 1) / 2.0, covariance = 0.0, all = (double)count, correlation;
    if (count < FEWEST_IN_ORDER)
        return;
    order_by_place(buffers, p->b->places, buffers->in_b, count, p->b->counts[CONTENT_TOKENS]);
    for (int64_t i = 0; i < count; i++)
        rank[buffers->order[i]] = (int32_t)i;
    for (int64_t i = 0; i < count; i++)
        covariance += ((double)i - middle) * ((double)rank[i] - middle);
    correlation = covariance / (all * (all * all - 1.0) / 12.0);
    p->evidence[ORDER] = correlation > 0.0 ? correlation : 0.0;
    p->evidence[ORDERED] = correlation * sqrt(all - 1.0);
}

void compare_words(const Pair *p, int64_t count) {
    const PairBuffers *buffers = &p->buffers;
    order_by_place(buffers, p->a->places, buffers->at_a, count, p->a->counts[CONTENT_TOKENS]);
    for (int64_t i = 0; i < count; i++) {
        buffers->in_a[i] = buffers->at_a[buffers->order[i]];
        buffers->in_b[i] = buffers->at_b[buffers->order[i]];
    }
    write_shares(p, buffers->in_a, buffers->in_b, count);
    adjacency(p, count);
    names_and_numbers(p, count);
    lead(p, count);
    order(p, count);
    compare_passages(p, count);
}
