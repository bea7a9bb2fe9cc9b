/* Hashes of both sides of many pairs of articles go in, what each pair shares comes out (worker/match/overlap.py). */

#include "kernel.h"
#include "sort.h"

typedef struct {
    int64_t pairs;
    const int64_t *sizes_a;  /* hashes of each pair, on either side */
    const int64_t *sizes_b;
    const uint32_t *a;       /* ascending within a pair */
    const uint32_t *b;
    int64_t *pair;           /* out, a shared hash each: its pair, and where it stands on either side */
    int64_t *at_a;
    int64_t *at_b;           /* one place more than can be shared */
} Sides;

/* Return how many hashes are shared. */
EXPORT int64_t copydesk_shared(const Sides *s) {
    int64_t i = 0, j = 0, end_a = 0, end_b = 0, found = 0;
    for (int64_t pair = 0; pair < s->pairs; pair++) {
        end_a += s->sizes_a[pair];
        end_b += s->sizes_b[pair];
        while (i < end_a && j < end_b) {
            uint32_t one = s->a[i], other = s->b[j];
            /* written in any case and counted where they are equal: no branch that would be guessed wrongly */
            s->pair[found] = pair;
            s->at_a[found] = i;
            s->at_b[found] = j;
            found += one == other;
            i += one <= other;
            j += other <= one;
        }
        i = end_a;
        j = end_b;
    }
    return found;
}

typedef struct {
    int64_t count;
    const int64_t *pair; /* ascending */
    const int32_t *by;   /* 0 to 2^24 */
    uint64_t *items;     /* room for the largest pair, twice */
    uint64_t *spare;
    int64_t *order;      /* out */
} Ordered;

/* Write the places of items in the order of their pairs, and in a pair by a number. */
EXPORT int64_t copydesk_ordered(const Ordered *o) {
    for (int64_t start = 0, end = 0; start < o->count; start = end) {
        for (; end < o->count && o->pair[end] == o->pair[start]; end++)
            o->items[end - start] = (uint64_t)o->by[end] << HASH | (uint64_t)(end - start);
        sort(o->items, o->spare, end - start);
        for (int64_t i = start; i < end; i++)
            o->order[i] = start + (int64_t)(o->items[i - start] & PLACE);
    }
    return o->count;
}
