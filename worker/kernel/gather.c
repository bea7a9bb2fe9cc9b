/* Copy the rows of all words of looked-up chunks into one array. */

#include "kernel.h"

typedef struct {
    const Chunk *chunks;
    const int64_t *sizes;   /* chunks of each text */
    int64_t texts;
    const Word *known;
    Word *out;
    int64_t *words;         /* out: number of words of each text */
} Gather;

/* Prefetch the rows of the chunk this far ahead. */
enum { AHEAD = 16 };

/* Write the words of all texts one after the other; return their number. */
EXPORT int64_t copydesk_gather(Gather *gather) {
    const Chunk *chunk = gather->chunks;
    Word *at = gather->out;
    for (int64_t text = 0; text < gather->texts; text++) {
        Word *before = at;
        for (const Chunk *end = chunk + gather->sizes[text]; chunk < end; chunk++) {
            if (end - chunk > AHEAD)
                __builtin_prefetch(gather->known + chunk[AHEAD].first);
            const Word *word = gather->known + chunk->first;
            for (int32_t count = chunk->count; count; count--)
                *at++ = *word++;
        }
        gather->words[text] = at - before;
    }
    return at - gather->out;
}
