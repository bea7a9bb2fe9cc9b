/* Make an article from a text: one block of memory that Python owns, and gives back with `copydesk_free`. */

#include "article.h"
#include "blake2b.h"
#include "language.h"

#include <stdlib.h>
#include <string.h>

/* Each array: where its pointer is, and the size and the number of its items; the largest items come first. */
#define ARRAY(name, count) {offsetof(Article, name), sizeof *((Article *)0)->name, count}
static const struct {
    size_t pointer, item;
    int count;
} ARRAYS[] = {
    ARRAY(passage_weights, PASSAGES), ARRAY(words, WORDS), ARRAY(weights, WORDS), ARRAY(zipfs, WORDS),
    ARRAY(places, WORDS), ARRAY(grams, GRAMS), ARRAY(gram_places, GRAMS), ARRAY(content_tokens, CONTENT_TOKENS),
    ARRAY(content_token_weights, CONTENT_TOKENS), ARRAY(word_index, CONTENT_TOKENS), ARRAY(facts, FACTS),
    ARRAY(title, TITLE), ARRAY(passages, CONTENT_TOKENS), ARRAY(classes, WORDS),
    ARRAY(salient, CONTENT_TOKENS),
};
enum { ARRAYS_OF_ARTICLE = sizeof ARRAYS / sizeof *ARRAYS, FACTS_PER_WORD = 4 };
_Static_assert(sizeof(Article) % sizeof(double) == 0, "the first array is aligned behind the article");
_Static_assert(sizeof(Article) == 14 * 8 + DIGEST + ARRAYS_OF_ARTICLE * sizeof(void *), "every array is listed");

static char **pointer_of(Article *article, int array) {
    return (char **)(void *)((char *)article + ARRAYS[array].pointer);
}

/* Return an article with arrays of these lengths, not filled; NULL if there is no memory. */
static Article *allocate(const int64_t *counts) {
    size_t size = sizeof(Article);
    for (int i = 0; i < ARRAYS_OF_ARTICLE; i++)
        size += ARRAYS[i].item * (size_t)counts[ARRAYS[i].count];
    Article *article = malloc(size);
    if (!article)
        return NULL;
    char *at = (char *)(article + 1);
    for (int i = 0; i < ARRAYS_OF_ARTICLE; i++) {
        *pointer_of(article, i) = at;
        at += ARRAYS[i].item * (size_t)counts[ARRAYS[i].count];
    }
    return article;
}

/* Return a copy of an article that takes no more memory than its arrays fill. */
static Article *copy_tightly(Article *work) {
    Article *article = allocate(work->counts);
    if (!article)
        return NULL;
    memcpy(article, work, offsetof(Article, passage_weights));
    for (int i = 0; i < ARRAYS_OF_ARTICLE; i++)
        memcpy(*pointer_of(article, i), *pointer_of(work, i), ARRAYS[i].item * (size_t)work->counts[ARRAYS[i].count]);
    return article;
}

/* Allocate what ``count`` words may need; return whether there is memory. */
static int begin(Work *w, const Word *words, int64_t count) {
    const int64_t most[COUNTED] = {count, count + 1, count, count, FACTS_PER_WORD * count, count, count};
    size_t each = (size_t)count + 1, items = FACTS_PER_WORD * each;
    *w = (Work){.article = allocate(most), .words = words};
    w->items = malloc((2 * items + each) * sizeof *w->items + each * (3 * sizeof *w->row + sizeof *w->named));
    if (!w->article || !w->items)
        return 0;
    w->spare = w->items + items;
    w->hashes = w->spare + items;
    w->row = (int32_t *)(void *)(w->hashes + each);
    w->sentence = w->row + each;
    w->salient = w->sentence + each;
    w->named = (uint8_t *)(w->salient + each);
    return 1;
}

static void end(Work *w) {
    free(w->article);
    free(w->items);
}

/* Write all words and the content words. A title's words are names only where there is no text: it capitalises all. */
static void select_words(Work *w, int64_t of_title, int64_t count) {
    Article *a = w->article;
    int64_t unnamed = of_title < count ? of_title : 0, all = 0, content = 0, content_of_title = 0;
    int32_t sentence = 0;
    uint8_t ended = ENDS;
    for (int64_t i = 0; i < count; i++) {
        const Word *word = w->words + i;
        /* always written, and counted only if it applies: no branch that the processor would mispredict */
        w->hashes[all] = word->hash;
        all += word->hash != 0;
        a->content_tokens[content] = word->stem;
        a->content_token_weights[content] = word->weight;
        a->salient[content] = word->kind & (CAPITAL | NUMBER) && word->weight >= SALIENT_WEIGHT;
        w->named[content] = (word->kind & CAPITAL) && !ended && i > unnamed;
        w->row[content] = (int32_t)i;
        w->sentence[content] = sentence;
        content += word->kind & CONTENT;
        content_of_title += (word->kind & CONTENT) && i < of_title;
        ended = word->kind & ENDS;
        sentence += ended != 0;
    }
    a->counts[TOKENS] = all;
    a->counts[CONTENT_TOKENS] = content;
    a->counts[TITLE] = content_of_title;
}

static int finish(const Words *words, int64_t of_title, Article **out) {
    Work w;
    int has_memory = begin(&w, words->rows, words->count);
    if (has_memory) {
        uint64_t digest[2];
        select_words(&w, of_title, words->count);
        distinct_words(&w);
        title_words(&w, w.article->counts[TITLE]);
        passages(&w);
        facts(&w);
        grams(&w);
        blake2b((const uint8_t *)w.hashes, 8 * w.article->counts[TOKENS], DIGEST, digest);
        memcpy(w.article->digest, digest, DIGEST);
        *out = copy_tightly(w.article);
    }
    end(&w);
    return has_memory && *out ? DONE : NO_MEMORY;
}

/* Make the article of a text in UTF-8, whose first ``title`` bytes are the title; return a status. */
EXPORT int64_t copydesk_article(Language *l, const uint8_t *text, int64_t title, int64_t size, Article **out) {
    Words words = {0};
    *out = NULL;
    int status = split_words(l, text, text + title, &words);
    int64_t of_title = words.count;
    if (status == DONE)
        status = split_words(l, text + title, text + size, &words);
    if (status == DONE)
        status = finish(&words, of_title, out);
    free(words.rows);
    return status;
}

EXPORT int64_t copydesk_free(Article *article) {
    free(article);
    return DONE;
}
