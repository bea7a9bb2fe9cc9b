/* Shared by all files: words, articles, and the mark of the functions that Python calls. */

#ifndef COPYDESK_KERNEL_H
#define COPYDESK_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* What a call returns: all is well, `malloc` failed, a page of characters is missing, or Python described no word. */
enum { DONE, NO_MEMORY, NO_PAGE, NO_DESCRIPTION };

/* What is known of a word: `worker.reference.words.Word`. */
typedef struct {
    uint64_t hash;
    uint32_t stem;
    float weight;
    float zipf;
    uint8_t kind;
} Word;

enum { CONTENT = 1, CAPITAL = 2, NUMBER = 4, ENDS = 8 };

/* Classes of distinct words; words of the lead; the least weight of a salient name or number. */
enum { LOWER, NAME, FIGURE };
enum { LEAD_WORDS = 40 };
static const float SALIENT_WEIGHT = 2.0f;

/* Columns of ``counts`` (the lengths of arrays, and of all words) and of ``sums`` over the distinct words. */
enum { WORDS, GRAMS, CONTENT_TOKENS, PASSAGES, FACTS, TITLE, TOKENS, COUNTED };
enum { WEIGHT, SQUARES, PLAIN, NAMES, RARITY, FIGURES, LEAD, SUMS };
enum { DIGEST = 16 };

/* All that is compared of an article, in one block of memory: see `worker.reference.article.ArticleFeatures`. */
typedef struct {
    int64_t counts[COUNTED];
    double sums[SUMS];
    uint8_t digest[DIGEST];       /* of all words in order */
    double *passage_weights;
    uint32_t *words;              /* distinct content words by stem, ascending; in their order: … */
    float *weights;
    float *zipfs;
    int32_t *places;              /* … the first place in ``content_tokens`` … */
    uint8_t *classes;
    uint32_t *grams;              /* distinct phrases of three words, ascending, and the first place of each */
    int32_t *gram_places;
    uint32_t *content_tokens;     /* the content words in order; of each: … */
    float *content_token_weights;
    int32_t *word_index;          /* … its index in ``words`` … */
    int16_t *passages;            /* … and the number of its passage */
    uint8_t *salient;
    uint32_t *facts;              /* distinct, ascending */
    uint32_t *title;
} Article;

/* Return the key of two words, the same in either order. */
static inline uint32_t pair_key(uint32_t a, uint32_t b) {
    const uint64_t both = 0xC2B2AE3D27D4EB4F;
    uint64_t mixed = ((uint64_t)a + b) * 0x9E3779B185EBCA87 + (uint64_t)(a ^ b) * both;
    mixed = (mixed ^ (mixed >> 29)) * both;
    return (uint32_t)(mixed >> 32);
}

#endif
