/* Chunks go in, what is known of their words comes out. */

#include "kernel.h"

typedef struct {
    const Chunk *chunks;
    const int64_t *sizes;   /* chunks of each text */
    int64_t texts;
    const Word *known;
    Word *out;
    int64_t *words;         /* out, a text each: its words */
} Rows;

/* So many chunks ahead it is said which rows will be read. */
enum { AHEAD = 16 };

/* Write the words of all texts one after the other; return how many there are. */
EXPORT int64_t copydesk_rows(Rows *rows) {
    const Chunk *chunk = rows->chunks;
    Word *at = rows->out;
    for (int64_t text = 0; text < rows->texts; text++) {
        Word *before = at;
        for (const Chunk *end = chunk + rows->sizes[text]; chunk < end; chunk++) {
            if (end - chunk > AHEAD)
                __builtin_prefetch(rows->known + chunk[AHEAD].first);
            const Word *word = rows->known + chunk->first;
            for (int32_t count = chunk->count; count; count--)
                *at++ = *word++;
        }
        rows->words[text] = at - before;
    }
    return at - rows->out;
}
