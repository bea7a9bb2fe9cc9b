/* Words of many texts go in, what is compared of each text comes out: see `Features` in worker/features/form.py. */

#include "features.h"

/* Part what is said from what carries the subject, and tell of each content word where it stands. */
static void content(const Batch *b) {
    int64_t title = b->sizes[0], whole = title + b->sizes[1];
    /* a title capitalises everything: its words are names only where there is no text */
    int64_t unnamed = b->sizes[1] ? title : 0;
    int64_t said = 0, running = 0, of_title = 0;
    int32_t sentence = 0;
    uint8_t ended = ENDS;
    for (int64_t i = 0; i < whole; i++) {
        const Word *word = b->known + i;
        /* written in any case and counted where it is one: no branch that the processor would guess wrongly */
        b->said[said] = word->hash;
        said += word->hash != 0;
        b->running[running] = word->stem;
        b->running_weights[running] = word->weight;
        b->running_marked[running] = (word->kind & (CAPITAL | NUMBER)) != 0;
        b->named[running] = (word->kind & CAPITAL) && !ended && i > unnamed;
        b->at[running] = (int32_t)i;
        b->sentences[running] = sentence;
        running += word->kind & CONTENT;
        of_title += (word->kind & CONTENT) && i < title;
        ended = word->kind & ENDS;
        sentence += ended != 0;
    }
    b->counts[SAID] = said;
    b->counts[RUNNING] = running;
    b->counts[TITLE] = of_title;
}

/* Move on behind all that was read and written of a text. */
static void move_on(Batch *b) {
    const int64_t *counts = b->counts;
    b->known += b->sizes[0] + b->sizes[1];
    b->sizes += 2;
    b->said += counts[SAID];
    b->running += counts[RUNNING];
    b->running_weights += counts[RUNNING];
    b->running_marked += counts[RUNNING];
    b->which += counts[RUNNING];
    b->passages += counts[RUNNING];
    b->passage_weights += counts[PASSAGES];
    b->words += counts[DISTINCT];
    b->weights += counts[DISTINCT];
    b->classes += counts[DISTINCT];
    b->zipfs += counts[DISTINCT];
    b->places += counts[DISTINCT];
    b->sums += SUMS;
    b->numbers += NUMBERS;
    b->grams += counts[GRAMS];
    b->gram_places += counts[GRAMS];
    b->facts += counts[FACTS];
    b->title += counts[TITLE];
    b->counts += COUNTED;
}

EXPORT int64_t copydesk_features(const Batch *batch) {
    Batch b = *batch;
    for (int64_t text = 0; text < batch->texts; text++) {
        content(&b);
        distinct_words(&b);
        title_words(&b, b.counts[TITLE]);
        passages(&b);
        facts(&b);
        grams(&b);
        move_on(&b);
    }
    return batch->texts;
}
