/* A sorted list of keys with a value for each. */

#ifndef COPYDESK_LOOKUP_H
#define COPYDESK_LOOKUP_H

#include "kernel.h"

typedef struct {
    const uint64_t *keys; /* ascending */
    const uint16_t *values;
    int64_t size;
} SortedList;

/* Prefetch the likely position of a key: a list is larger than the processor's cache. */
void prefetch_key(const SortedList *list, uint64_t wanted);

/* Return the position of a key, -1 if the list does not hold it; prefetch its value. */
int64_t find_key(const SortedList *list, uint64_t wanted);

#endif
