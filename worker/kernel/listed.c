/* Words go in, what a list holds beside each comes out: frequencies of words (worker/features/frequency.py). */

#include "listed.h"

#include "keys.h"

#include <string.h>

/* So many guesses, for keys are spread evenly; then what is left is halved, whatever it holds. */
enum { GUESSES = 16 };

typedef struct {
    List list;
    Factors factors;
    const uint8_t *words;    /* one a line; 8 bytes more may be read */
    int64_t size, count;
    int64_t *out;            /* filled with -1, for those that the list does not hold */
} Listed;

/* Return how many places further a key stands that is greater by so much. */
static int64_t places(const List *list, uint64_t more) {
    return (int64_t)((more >> 32) * (uint64_t)list->size >> 32);
}

void will_ask(const List *list, uint64_t wanted) {
    __builtin_prefetch(list->keys + places(list, wanted));
}

int64_t place_of(const List *list, uint64_t wanted) {
    int64_t low = 0, high = list->size, at = places(list, wanted);
    for (int step = 0; low < high; step++) {
        if (step >= GUESSES)
            at = low + (high - low) / 2;
        at = at < low ? low : at >= high ? high - 1 : at;
        uint64_t key = list->keys[at];
        if (key == wanted) {
            __builtin_prefetch(list->values + at);
            return at;
        }
        if (key < wanted) {
            low = at + 1;
            at = low + places(list, wanted - key);
        } else {
            high = at;
            at = high - 1 - places(list, key - wanted);
        }
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
