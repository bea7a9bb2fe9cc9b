/* Shared by the files that compute features: the batch, with the words of its texts and the output arrays. */

#ifndef COPYDESK_FEATURES_H
#define COPYDESK_FEATURES_H

#include "kernel.h"

/* The columns of ``counts``, in this order. */
enum { ALL_TOKENS, CONTENT_TOKENS, DISTINCT, GRAMS, PASSAGES, FACTS, TITLE, COUNTED };

/* Columns of ``sums`` and ``numbers`` over a text's distinct words, as in worker/features/totals.py. */
enum { WEIGHT, SQUARES, PLAIN, RARITY, SUMS };
enum { NAMES, FIGURES, LEAD, NUMBERS };

/* Every pointer is at the current text and advances from text to text. */
typedef struct {
    int64_t texts;
    const int64_t *sizes;   /* number of words of the title and of the body, a pair for each text */
    const Word *tokens;     /* all words */
    const float *factors;   /* factor of a word's weight by its term frequency */
    /* scratch memory for the longest text: four items per word, one of each of the others */
    uint64_t *items;
    uint64_t *spare;
    int32_t *token_index;   /* of each content word: its index among all words … */
    int32_t *sentences;     /* … the number of its sentence … */
    uint8_t *named;         /* … and whether it is capitalised inside a sentence */
    int32_t *salient;       /* indices of the content words that are infrequent names or numbers */
    /* out: the arrays of all texts one after the other, with the lengths in ``counts`` */
    int64_t *counts;
    uint64_t *all_tokens;
    uint32_t *content_tokens;
    float *content_token_weights;
    uint8_t *is_name_or_number;
    int32_t *word_index;
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
