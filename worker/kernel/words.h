/* Shared by the files that split a text and describe its words. */

#ifndef COPYDESK_WORDS_H
#define COPYDESK_WORDS_H

#include "language.h"

/* A word and the kinds of its characters; ``end`` is NULL if a page is missing. */
typedef struct {
    const uint8_t *begin, *end;
    uint8_t kinds, first;
} Span;

/* A word that is not looked up yet: its slot, NULL if it is too long for one, and the index of its row. */
typedef struct {
    Span span;
    uint64_t written[PARTS];
    Slot *slot;
    int64_t row;
} PendingWord;

/* Find the slot of a word in the cache and fetch it. */
void prepare(const Language *l, PendingWord *pending);

/* Write the row of a word, whose kind is kept too; return a status. */
int look_up(Language *l, const PendingWord *pending, Word *row);

/* Return the code of the character at ``at`` and advance; the text is valid UTF-8 but for lone surrogates. */
static inline uint32_t decode(const uint8_t **at) {
    const uint8_t *byte = *at;
    if (byte[0] < 0x80) {
        *at += 1;
        return byte[0];
    }
    if (byte[0] < 0xE0) {
        *at += 2;
        return (uint32_t)(byte[0] & 0x1F) << 6 | (byte[1] & 0x3F);
    }
    if (byte[0] < 0xF0) {
        *at += 3;
        return (uint32_t)(byte[0] & 0x0F) << 12 | (uint32_t)(byte[1] & 0x3F) << 6 | (byte[2] & 0x3F);
    }
    *at += 4;
    return (uint32_t)(byte[0] & 0x07) << 18 | (uint32_t)(byte[1] & 0x3F) << 12 | (uint32_t)(byte[2] & 0x3F) << 6 |
           (byte[3] & 0x3F);
}

/* Return the character at ``at`` and advance; NULL, with the missing page noted, if Python has not filled its page. */
static inline const Character *next_character(Language *l, const uint8_t **at) {
    uint32_t code = decode(at);
    const Character *page = l->pages[code / PAGE];
    if (page)
        return page + code % PAGE;
    l->missing_page = code / PAGE;
    return NULL;
}

#endif
