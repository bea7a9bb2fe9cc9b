/* A list of keys, ascending, and what it holds beside each. */

#ifndef COPYDESK_LISTED_H
#define COPYDESK_LISTED_H

#include "kernel.h"

typedef struct {
    const uint64_t *keys; /* ascending */
    const uint16_t *values;
    int64_t size;
} List;

/* Say that a key will be asked for: a list is larger than the processor's cache. */
void will_ask(const List *list, uint64_t wanted);

/* Return where a key stands, -1 where the list does not hold it; its value will be read. */
int64_t place_of(const List *list, uint64_t wanted);

#endif
