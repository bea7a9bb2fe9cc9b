/* Look words up in a sorted list: their frequencies (worker/features/frequency.py). */

#include "lookup.h"

#include "keys.h"

#include <string.h>

/* Steps of interpolation search, which suits evenly spread keys; after them binary search bounds the cost. */
enum { INTERPOLATION_STEPS = 16 };

typedef struct {
    SortedList list;
    Factors factors;
    const uint8_t *words;    /* one per line; 8 bytes behind the last must be readable */
    int64_t size, count;
    int64_t *out;            /* pre-filled with -1, which stays for words that the list does not hold */
} Lookup;

/* Return the expected number of positions between two keys that differ by this much. */
static int64_t estimated_distance(const SortedList *list, uint64_t difference) {
    return (int64_t)((difference >> 32) * (uint64_t)list->size >> 32);
}

void prefetch_key(const SortedList *list, uint64_t wanted) {
    __builtin_prefetch(list->keys + estimated_distance(list, wanted));
}

int64_t find_key(const SortedList *list, uint64_t wanted) {
    int64_t low = 0, high = list->size, at = estimated_distance(list, wanted);
    for (int step = 0; low < high; step++) {
        if (step >= INTERPOLATION_STEPS)
            at = low + (high - low) / 2;
        at = at < low ? low : at >= high ? high - 1 : at;
        uint64_t key = list->keys[at];
        if (key == wanted) {
            __builtin_prefetch(list->values + at);
            return at;
        }
        if (key < wanted) {
            low = at + 1;
            at = low + estimated_distance(list, wanted - key);
        } else {
            high = at;
            at = high - 1 - estimated_distance(list, key - wanted);
        }
    }
    return -1;
}

EXPORT int64_t copydesk_lookup(const Lookup *lookup) {
    const uint8_t *word = lookup->words, *stop = word + lookup->size;
    for (int64_t i = 0; i < lookup->count && word < stop; i++) {
        const uint8_t *end = memchr(word, '\n', (size_t)(stop - word));
        end = end ? end : stop;
        int64_t at = find_key(&lookup->list, key_of(&lookup->factors, word, end - word));
        if (at >= 0)
            lookup->out[i] = lookup->list.values[at];
        word = end + 1;
    }
    return lookup->count;
}
