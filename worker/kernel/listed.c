/* Hashes go in, what a sorted list holds beside each comes out: frequencies of words (worker/features/frequency.py). */

#include "kernel.h"

/* So many guesses, for hashes are spread evenly; then the list is halved, whatever it holds. */
enum { GUESSES = 6 };

typedef struct {
    const int64_t *hashes;   /* ascending */
    const uint16_t *values;
    int64_t size;
    const int64_t *wanted;
    int64_t count;
    int64_t *out;            /* -1 where the list does not hold it */
} Listed;

/* Guess where a hash stands between two places, from what stands there. */
static int64_t guess(const int64_t *hashes, int64_t low, int64_t high, int64_t wanted) {
    double first = (double)hashes[low], last = (double)hashes[high - 1], share;
    if (last <= first)
        return low;
    share = ((double)wanted - first) / (last - first);
    share = share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
    return low + (int64_t)(share * (double)(high - 1 - low));
}

static int64_t value_of(const Listed *list, int64_t wanted) {
    int64_t low = 0, high = list->size;
    for (int step = 0; low < high; step++) {
        int64_t at = step < GUESSES ? guess(list->hashes, low, high, wanted) : low + (high - low) / 2;
        if (list->hashes[at] == wanted)
            return list->values[at];
        if (list->hashes[at] < wanted)
            low = at + 1;
        else
            high = at;
    }
    return -1;
}

EXPORT int64_t copydesk_listed(const Listed *list) {
    /* a list is larger than the processor's cache: all first guesses are on their way before one is looked at */
    for (int64_t i = 0; list->size && i < list->count; i++)
        __builtin_prefetch(list->hashes + guess(list->hashes, 0, list->size, list->wanted[i]));
    for (int64_t i = 0; i < list->count; i++)
        list->out[i] = value_of(list, list->wanted[i]);
    return list->count;
}
