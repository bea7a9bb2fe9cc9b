/* What the files that make features share: the batch, its texts' words and what is written of each. */

#ifndef COPYDESK_FEATURES_H
#define COPYDESK_FEATURES_H

#include "kernel.h"

/* What is counted of each text, in this order. */
enum { SAID, RUNNING, DISTINCT, GRAMS, PASSAGES, FACTS, TITLE, COUNTED };

/* Sums and numbers over a text's distinct words, as in worker/features/totals.py. */
enum { WEIGHT, SQUARES, PLAIN, RARITY, SUMS };
enum { NAMES, FIGURES, LEAD, NUMBERS };

/* Where a text begins, in all that is read and written; moved on from text to text. */
typedef struct {
    int64_t texts;
    const int64_t *sizes;   /* words of the title and of the text, a pair each */
    const Word *known;      /* all words */
    const float *factors;   /* by how often a word comes: what its weight is multiplied with */
    /* room for the longest text: four items a word, and one of each of the others */
    uint64_t *items;
    uint64_t *spare;
    int32_t *at;            /* of each content word: which of all words it is … */
    int32_t *sentences;     /* … the number of its sentence … */
    uint8_t *named;         /* … and whether it is capitalised inside one */
    int32_t *telling;       /* which content words are names or numbers that are not frequent */
    /* out: one after the other, as many as were counted */
    int64_t *counts;
    uint64_t *said;
    uint32_t *running;
    float *running_weights;
    uint8_t *running_marked;
    int32_t *which;
    int16_t *passages;
    double *passage_weights;
    uint32_t *words;
    float *weights;
    uint8_t *classes;
    float *zipfs;
    int32_t *places;
    double *sums;
    int64_t *numbers;
    uint32_t *grams;
    int32_t *gram_places;
    uint32_t *facts;
    uint32_t *title;
} Batch;

void distinct_words(const Batch *b);
void title_words(const Batch *b, int64_t count);
void passages(const Batch *b);
void facts(const Batch *b);
void grams(const Batch *b);

#endif
