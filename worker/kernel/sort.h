/* Sort items by hash: an item is a 32-bit hash followed by 24 bits of its place in the text. */

#ifndef COPYDESK_SORT_H
#define COPYDESK_SORT_H

#include "kernel.h"

enum { HASH = 24, PLACE = (1 << HASH) - 1 };

/* Sort items, which come in ascending order of place; ``spare`` is scratch memory for as many. */
void sort_items(uint64_t *items, uint64_t *spare, int64_t count);

/* Sort items and write their distinct hashes, ascending; return the number of hashes. */
int64_t distinct_hashes(uint64_t *items, uint64_t *spare, int64_t count, uint32_t *hashes);

#endif
