/* What is compared of two articles: their arrays, what these share, and the numbers that are told of it. */

#ifndef COPYDESK_PAIRS_H
#define COPYDESK_PAIRS_H

#include "kernel.h"

/* How much there is of each array of an article, and its words of any kind; sums over its distinct words, in the order
 * of worker/features/totals.py, and their classes. */
enum { WORDS, GRAMS, RUNNING, PASSAGES, FACTS, TITLE, TOKENS, COUNTED };
enum { WEIGHT, SQUARES, PLAIN, NAMES, RARITY, FIGURES, LEAD, SUMS };
enum { LOWER, NAME, FIGURE };

/* The numbers of `worker.match.evidence.Evidence`, between `exact` and `distance`, in its order. */
enum {
    GRAMS_IN_A, GRAMS_IN_B, GRAMS_JACCARD, NEW_IN_A, NEW_IN_B, PASSAGE, WORDS_IN_A, WORDS_IN_B, COSINE, BESIDE,
    PLAIN_BESIDE, PLAIN_WEIGHT, PLAIN_JACCARD, NAMES_SHARED, NAMES_JACCARD, RARE_NAMES, RARITY_SHARED, NUMBERS_SHARED,
    NUMBERS_JACCARD, TITLE_SHARED, LEAD_SHARED, ORDER, ORDERED, RETOLD_IN_A, RETOLD_IN_B, UNTOLD_IN_A, UNTOLD_IN_B,
    OPENING_SHARED, RETOLD_ORDER, FACTS_SHARED, FACTS_BOTH, SHORTER, LENGTH_RATIO, TOLD
};

/* An article: where fields of its `worker.features.Features` stand, how much there is of each, and sums over them. */
typedef struct {
    const uint32_t *words;
    const float *weights;
    const uint8_t *classes;
    const float *zipfs;
    const int32_t *places;
    const uint32_t *grams;
    const int32_t *gram_places;
    const float *running_weights;
    const int32_t *which;
    const int16_t *passages;
    const double *passage_weights;
    const uint32_t *facts;
    const uint32_t *title;
    int64_t counts[COUNTED];
    double sums[SUMS];
} Text;

/* A passage that a word stands in, and the next one. */
typedef struct {
    float weight;
    int32_t next;
    int16_t passage;
} Node;

/* For the largest article. */
typedef struct {
    int32_t *at_a;     /* where what is shared stands in either array */
    int32_t *at_b;
    int32_t *in_a;     /* the same of words, in the order of the first text */
    int32_t *in_b;
    int32_t *order;    /* which of what is shared comes first, second … in a text */
    int32_t *slots;    /* one a word of it */
    int32_t *column;
    int32_t *heads_a;
    int32_t *heads_b;
    Node *nodes_a;
    Node *nodes_b;
    double *table;     /* passages by passages */
} Room;

/* Two articles, the room, and what is told of them: unknown numbers until they are written. */
typedef struct {
    Text a, b;
    Room room;
    double *told;
} Pair;

/* Return ``part / whole``, at most 1, and ``of_nothing`` where the whole is nothing. */
static inline double share(double part, double whole, double of_nothing) {
    return whole > 0.0 ? part / whole < 1.0 ? part / whole : 1.0 : of_nothing;
}

static inline double least(double one, double other) {
    return one < other ? one : other;
}

/* Write where distinct ascending hashes that both have stand in either; return how many there are. */
int64_t shared(const uint32_t *a, int64_t count_a, const uint32_t *b, int64_t count_b, int32_t *at_a, int32_t *at_b);

/* Write ``room->order`` of what is shared: the places where it stands in a text are all different, and below ``end``. */
void by_place(const Room *room, const int32_t *places, const int32_t *at, int64_t count, int64_t end);

int64_t shares_of_phrases(const Pair *p);
void phrases(const Pair *p, int64_t count);
int64_t shares_of_words(const Pair *p);
void words(const Pair *p, int64_t count);
void retold(const Pair *p, int64_t count);

#endif
