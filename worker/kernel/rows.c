/* Numbers of chunks go in, what is known of their words comes out. */

#include "kernel.h"

typedef struct {
    const int32_t *numbers; /* of all chunks */
    const int64_t *sizes;   /* chunks of each text */
    int64_t texts;
    const int64_t *first;   /* by number: the row of a chunk's first word … */
    const int64_t *count;   /* … and how many words it has */
    const Word *known;
    Word *out;
    int64_t *words;         /* out, a text each: its words */
} Rows;

/* So many chunks ahead it is said which rows will be read. */
enum { AHEAD = 16 };

/* Write the words of all texts one after the other; return how many there are. */
EXPORT int64_t copydesk_rows(Rows *rows) {
    const int32_t *number = rows->numbers;
    Word *at = rows->out;
    for (int64_t text = 0; text < rows->texts; text++) {
        Word *before = at;
        for (const int32_t *end = number + rows->sizes[text]; number < end; number++) {
            if (end - number > AHEAD)
                __builtin_prefetch(rows->known + rows->first[number[AHEAD]]);
            const Word *word = rows->known + rows->first[*number];
            for (int64_t count = rows->count[*number]; count; count--)
                *at++ = *word++;
        }
        rows->words[text] = at - before;
    }
    return at - rows->out;
}
