/* Shared by all files: fixed-width integers, the table rows, and the mark of the functions that Python calls. */

#ifndef COPYDESK_KERNEL_H
#define COPYDESK_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* The properties of a word: a row of worker/features/word_table.py. */
typedef struct {
    uint64_t hash;
    uint32_t stem;
    float weight;
    float zipf;
    uint8_t kind;
} Word;

enum { CONTENT = 1, CAPITAL = 2, NUMBER = 4, ENDS = 8 };

/* A slot of worker/features/hash_table.py; the key is 0 in a free slot. */
typedef struct {
    uint64_t key;
    int32_t first;  /* row of the chunk's first word … */
    uint16_t count; /* … and its number of words */
    uint8_t seen;   /* was it looked up since the last thinning? */
} Slot;

/* A chunk of a text: the first row and the number of its words, 0 words if it is unknown. */
typedef struct {
    int32_t first, count;
} Chunk;

/* A chunk that the table does not hold. */
typedef struct {
    uint64_t key;
    int64_t start;      /* offset of its first byte */
    int32_t size;
    int32_t index;      /* among all chunks */
} UnknownChunk;

#endif
