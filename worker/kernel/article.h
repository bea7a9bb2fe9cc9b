/* Shared by the files that make an article from its words: the work in progress. */

#ifndef COPYDESK_ARTICLE_H
#define COPYDESK_ARTICLE_H

#include "kernel.h"

/* An article whose arrays are as long as its words may need, and scratch memory. */
typedef struct {
    Article *article;
    const Word *words;
    uint64_t *hashes;       /* of all words but the empty ones */
    uint64_t *items;        /* to sort: four for each word … */
    uint64_t *spare;        /* … and as many again */
    int32_t *row;           /* of each content word: its index in ``words`` … */
    int32_t *sentence;      /* … the number of its sentence … */
    int32_t *salient;
    uint8_t *named;         /* … and whether it is capitalised inside a sentence */
} Work;

void distinct_words(Work *w);
void title_words(Work *w, int64_t count);
void passages(Work *w);
void facts(Work *w);
void grams(Work *w);

#endif
