/* Shared by the files that compare two articles: their arrays, scratch memory, and the evidence to write. */

#ifndef COPYDESK_PAIRS_H
#define COPYDESK_PAIRS_H

#include "kernel.h"

/* The fields of `worker.match.evidence.Evidence` between `exact` and `distance`, in its order. */
enum {
    GRAMS_IN_A, GRAMS_IN_B, GRAMS_JACCARD, NEW_IN_A, NEW_IN_B, PASSAGE, WORDS_IN_A, WORDS_IN_B, COSINE, ADJACENT,
    PLAIN_ADJACENT, PLAIN_WEIGHT, PLAIN_JACCARD, NAMES_SHARED, NAMES_JACCARD, RARE_NAMES, RARITY_SHARED, NUMBERS_SHARED,
    NUMBERS_JACCARD, TITLE_SHARED, LEAD_SHARED, ORDER, ORDERED, RETOLD_IN_A, RETOLD_IN_B, UNTOLD_IN_A, UNTOLD_IN_B,
    OPENING_SHARED, RETOLD_ORDER, FACTS_SHARED, FACTS_BOTH, SHORTER, LENGTH_RATIO, EVIDENCE_FIELDS
};

/* A list node: a passage that contains a word, and the index of the next node. */
typedef struct {
    float weight;
    int32_t next;
    int16_t passage;
} Node;

/* Scratch memory, large enough for the largest article. */
typedef struct {
    int32_t *at_a;     /* positions of the shared items in both arrays */
    int32_t *at_b;
    int32_t *in_a;     /* positions of shared words, in the order of the first text */
    int32_t *in_b;
    int32_t *order;    /* indices of the shared items in the order of one text */
    int32_t *slots;    /* one for each word of the text */
    int32_t *column;
    int32_t *heads_a;
    int32_t *heads_b;
    Node *nodes_a;
    Node *nodes_b;
    double *table;     /* passages by passages */
} PairBuffers;

/* Two articles, scratch memory, and their evidence: NaN until it is written. */
typedef struct {
    const Article *a, *b;
    PairBuffers buffers;
    double *evidence;
} Pair;

/* Return ``part / whole``, at most 1, and ``of_nothing`` if the whole is 0. */
static inline double share(double part, double whole, double of_nothing) {
    return whole > 0.0 ? part / whole < 1.0 ? part / whole : 1.0 : of_nothing;
}

static inline double minimum(double a, double b) {
    return a < b ? a : b;
}

/* Intersect two arrays of distinct ascending hashes: write the positions in both; return their number. */
int64_t intersect(const uint32_t *a, int64_t size_a, const uint32_t *b, int64_t size_b, int32_t *at_a, int32_t *at_b);

/* Write ``buffers->order`` of shared items; their places in the text are distinct and below ``end``. */
void order_by_place(const PairBuffers *buffers, const int32_t *places, const int32_t *at, int64_t count, int64_t end);

int64_t phrase_shares(const Pair *p);
void compare_phrases(const Pair *p, int64_t count);
int64_t word_shares(const Pair *p);
void compare_words(const Pair *p, int64_t count);
void compare_passages(const Pair *p, int64_t count);

#endif
