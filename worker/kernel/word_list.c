/* Look words up in a list of hashes: their rarities (worker/features/frequency.py). */

#include "blake2b.h"
#include "language.h"

#include <string.h>

/* Steps of interpolation search, which suits evenly spread hashes; after them binary search bounds the cost. */
enum { INTERPOLATION_STEPS = 16 };

/* Return the expected number of positions between two hashes that differ by this much. */
static int64_t estimated_distance(const WordList *list, uint64_t difference) {
    return (int64_t)((difference >> 32) * (uint64_t)list->size >> 32);
}

int64_t find_rarity(const WordList *list, uint64_t wanted) {
    int64_t low = 0, high = list->size, at = estimated_distance(list, wanted);
    for (int step = 0; low < high; step++) {
        if (step >= INTERPOLATION_STEPS)
            at = low + (high - low) / 2;
        at = at < low ? low : at >= high ? high - 1 : at;
        uint64_t hash = list->hashes[at];
        if (hash == wanted)
            return list->rarities[at];
        if (hash < wanted) {
            low = at + 1;
            at = low + estimated_distance(list, wanted - hash);
        } else {
            high = at;
            at = high - 1 - estimated_distance(list, hash - wanted);
        }
    }
    return -1;
}

/* Write the hash of each of ``count`` words, each of which ends with a newline. */
EXPORT int64_t copydesk_hash_words(const uint8_t *words, int64_t size, int64_t count, uint64_t *out) {
    const uint8_t *stop = words + size;
    int64_t written = 0;
    while (written < count && words < stop) {
        const uint8_t *end = memchr(words, '\n', (size_t)(stop - words));
        if (!end)
            break;
        out[written++] = hash_word(words, end - words);
        words = end + 1;
    }
    return written;
}
