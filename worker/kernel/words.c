/* Split a text into words: the rules are those of worker/reference/words.py. */

#include "words.h"

#include <stdlib.h>

/* Words are looked up this many at a time: their slots are far apart in memory, and fetched together. */
enum { BATCH = 32, FIRST_CAPACITY = 1024 };

/* The words of a text so far; those that are not looked up yet. */
typedef struct {
    Language *language;
    Words *words;
    PendingWord pending[BATCH];
    int count;
} Splitter;

/* Move the end over the characters of one kind. */
static void extend(Language *l, Span *word, const uint8_t *stop, uint8_t kind) {
    while (word->end < stop) {
        const uint8_t *at = word->end;
        const Character *c = next_character(l, &at);
        if (!c)
            word->end = NULL;
        if (!c || !(c->kind & kind))
            return;
        word->kinds |= c->kind;
        word->end = at;
    }
}

/* Find the end of the word that begins at ``begin``: a number keeps its inner points and commas. */
static Span find_word(Language *l, const uint8_t *begin, uint8_t first, const uint8_t *stop) {
    Span word = {begin, begin, 0, first};
    int is_number = 0;
    if (first & DIGIT) {
        extend(l, &word, stop, DIGIT);
        while (word.end && stop - word.end > 1 && (*word.end == '.' || *word.end == ',')) {
            Span rest = {word.end + 1, word.end + 1, word.kinds, 0};
            extend(l, &rest, stop, DIGIT);
            if (rest.end == rest.begin)
                break;
            word.end = rest.end;
            word.kinds = rest.kinds;
            is_number = 1;
        }
    }
    if (word.end && !is_number)
        extend(l, &word, stop, IN_WORD);
    return word;
}

/* Return a new, empty row at the end, NULL if there is no memory. */
static Word *append(Words *words) {
    if (words->count == words->capacity) {
        int64_t capacity = words->capacity ? 2 * words->capacity : FIRST_CAPACITY;
        Word *rows = realloc(words->rows, (size_t)capacity * sizeof *rows);
        if (!rows)
            return NULL;
        words->rows = rows;
        words->capacity = capacity;
    }
    words->rows[words->count] = (Word){0};
    return words->rows + words->count++;
}

static int look_up_all(Splitter *s) {
    int status = DONE;
    for (int i = 0; i < s->count && status == DONE; i++)
        status = look_up(s->language, s->pending + i, s->words->rows + s->pending[i].row);
    s->count = 0;
    return status;
}

/* Append a word, to be looked up; return a status. */
static int append_word(Splitter *s, const Span *span) {
    if (!append(s->words))
        return NO_MEMORY;
    PendingWord *pending = s->pending + s->count++;
    pending->span = *span;
    pending->row = s->words->count - 1;
    prepare(s->language, pending);
    return s->count == BATCH ? look_up_all(s) : DONE;
}

/* Append the words of a chunk (without any, an empty word) and advance to its end; return a status. */
static int split_chunk(Splitter *s, const uint8_t **at, const uint8_t *end) {
    int64_t before = s->words->count;
    uint8_t ends = 0;
    while (*at < end) {
        const uint8_t *next = *at;
        const Character *c = next_character(s->language, &next);
        if (!c)
            return NO_PAGE;
        if (c->kind & SPACE)
            break;
        if (c->kind & IN_WORD) {
            Span word = find_word(s->language, *at, c->kind, end);
            int status = word.end ? append_word(s, &word) : NO_PAGE;
            if (status != DONE)
                return status;
            next = word.end;
            ends = 0;
        } else if (c->kind & END)
            ends = ENDS;
        *at = next;
    }
    if (s->words->count == before && !append(s->words))
        return NO_MEMORY;
    s->words->rows[s->words->count - 1].kind |= ends;
    return DONE;
}

int split_words(Language *l, const uint8_t *at, const uint8_t *end, Words *words) {
    Splitter s = {.language = l, .words = words};
    while (at < end) {
        const uint8_t *next = at;
        const Character *c = next_character(l, &next);
        if (!c)
            return NO_PAGE;
        if (c->kind & SPACE) {
            at = next;
            continue;
        }
        int status = split_chunk(&s, &at, end);
        if (status != DONE)
            return status;
    }
    return look_up_all(&s);
}
