/* The tables by which the words of a language are described, and the cache of those that were seen. */

#ifndef COPYDESK_LANGUAGE_H
#define COPYDESK_LANGUAGE_H

#include "kernel.h"

/* Kinds of character, as bits: digits are in words too. A word with an UNUSUAL one is described by Python. */
enum { IN_WORD = 1, UPPER = 2, DIGIT = 4, END = 8, UNUSUAL = 16, SPACE = 32 };
enum { PAGE = 256, PAGES = 0x110000 / PAGE };

/* The kind of a character, and its case-folded form. */
typedef struct {
    uint8_t kind, size, plain[6];
} Character;

/* Listed words: ascending hashes, and the rarity of each. */
typedef struct {
    const uint64_t *hashes;
    const uint16_t *rarities;
    int64_t size;
} WordList;

/* The weight of the words of one rarity. */
typedef struct {
    float weight, zipf;
    uint8_t is_content;         /* is it rare enough for a content word? */
} WordWeight;

/* A number written as a word: the hash of the word and the stem of its digits. */
typedef struct {
    uint64_t hash;
    uint32_t stem;
} NumberWord;

/* A slot of the cache, one line of the processor's: the word as it is written, at most CACHED bytes, filled with zeros;
 * in the last byte the number of its language; and what is known of it. */
enum { PARTS = 5, CACHED = 8 * PARTS - 1 };
typedef struct {
    uint64_t written[PARTS];
    Word word;
} Slot;

typedef struct {
    const Character *const *pages;      /* NULL until Python has filled it */
    WordList list;
    const WordWeight *weights;          /* by rarity; then at `unlisted`: unlisted word, unlisted name, number */
    int64_t unlisted;
    const NumberWord *number_words;
    int64_t number_word_count, stem_length;
    void (*describe)(const uint8_t *word, int64_t size, Word *out);     /* Python; sets the kind */
    Slot *cache;                        /* 2^bits slots, of all languages */
    int64_t bits, number;               /* the number of the language, 1 to 255: without one nothing is cached */
    int64_t missing_page;               /* out */
} Language;

/* Words of a text, as many as there are. */
typedef struct {
    Word *rows;
    int64_t count, capacity;
} Words;

/* Append the words of a text in UTF-8 between spaces, 0 bytes after it; return a status. */
int split_words(Language *l, const uint8_t *at, const uint8_t *end, Words *words);

/* Return the rarity of the listed word with this hash, -1 if there is none. */
int64_t find_rarity(const WordList *list, uint64_t hash);

#endif
