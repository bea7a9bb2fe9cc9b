/* What all files here need: whole numbers of known sizes, the rows of tables, and the mark of what Python calls. */

#ifndef COPYDESK_KERNEL_H
#define COPYDESK_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* What is known of a word: a row of worker/features/columns.py. */
typedef struct {
    uint64_t hash;
    uint32_t stem;
    float weight;
    float zipf;
    uint8_t kind;
} Word;

enum { CONTENT = 1, CAPITAL = 2, NUMBER = 4, ENDS = 8 };

/* A slot of worker/features/table.py: the chunk of a key, 0 where the slot is free. */
typedef struct {
    uint64_t key;
    int32_t first;  /* the row of its first word … */
    uint16_t count; /* … and how many words it has */
    uint8_t seen;   /* did it come again? */
} Slot;

/* A chunk of a text: where its words are known, no words where it is not known. */
typedef struct {
    int32_t first, count;
} Chunk;

/* A chunk that is not known. */
typedef struct {
    uint64_t key;
    int64_t start;      /* where it stands */
    int32_t size;
    int32_t which;      /* of all chunks */
} Missing;

#endif
