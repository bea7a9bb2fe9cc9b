/* Words go in, what a list holds beside each comes out: frequencies of words (worker/features/frequency.py). */

#include "listed.h"

#include "keys.h"

#include <string.h>

/* So many guesses, for keys are spread evenly; then the list is halved, whatever it holds. */
enum { GUESSES = 6 };

typedef struct {
    List list;
    Factors factors;
    const uint8_t *words;    /* one a line; 8 bytes more may be read */
    int64_t size, count;
    int64_t *out;            /* filled with -1, for those that the list does not hold */
} Listed;

/* Guess where a key stands between two places, from what stands there. */
static int64_t guess(const uint64_t *keys, int64_t low, int64_t high, uint64_t wanted) {
    double first = (double)keys[low], last = (double)keys[high - 1], share;
    if (last <= first)
        return low;
    share = ((double)wanted - first) / (last - first);
    share = share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
    return low + (int64_t)(share * (double)(high - 1 - low));
}

void will_ask(const List *list, uint64_t wanted) {
    if (list->size)
        __builtin_prefetch(list->keys + guess(list->keys, 0, list->size, wanted));
}

int64_t place_of(const List *list, uint64_t wanted) {
    int64_t low = 0, high = list->size;
    for (int step = 0; low < high; step++) {
        int64_t at = step < GUESSES ? guess(list->keys, low, high, wanted) : low + (high - low) / 2;
        if (list->keys[at] == wanted) {
            __builtin_prefetch(list->values + at);
            return at;
        }
        if (list->keys[at] < wanted)
            low = at + 1;
        else
            high = at;
    }
    return -1;
}

EXPORT int64_t copydesk_listed(const Listed *listed) {
    const uint8_t *word = listed->words, *stop = word + listed->size;
    for (int64_t i = 0; i < listed->count && word < stop; i++) {
        const uint8_t *end = memchr(word, '\n', (size_t)(stop - word));
        end = end ? end : stop;
        int64_t at = place_of(&listed->list, key_of(&listed->factors, word, end - word));
        if (at >= 0)
            listed->out[i] = listed->list.values[at];
        word = end + 1;
    }
    return listed->count;
}
