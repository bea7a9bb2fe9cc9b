/* What all files here need: whole numbers of known sizes, and the mark of what Python calls. */

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

#endif
