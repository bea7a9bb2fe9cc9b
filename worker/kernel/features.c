/* Compute the features of many texts from their words: see `Features` in worker/features/model.py. */

#include "features.h"

/* Write all words, the content words, and the sentence and position of each content word. */
static void split_tokens(const Batch *b) {
    int64_t title = b->sizes[0], whole = title + b->sizes[1];
    /* a title capitalises everything: its words are names only where there is no text */
    int64_t unnamed = b->sizes[1] ? title : 0;
    int64_t all = 0, content = 0, of_title = 0;
    int32_t sentence = 0;
    uint8_t ended = ENDS;
    for (int64_t i = 0; i < whole; i++) {
        const Word *word = b->tokens + i;
        /* always written, and counted only if it applies: no branch that the processor would mispredict */
        b->all_tokens[all] = word->hash;
        all += word->hash != 0;
        b->content_tokens[content] = word->stem;
        b->content_token_weights[content] = word->weight;
        b->is_name_or_number[content] = (word->kind & (CAPITAL | NUMBER)) != 0;
        b->named[content] = (word->kind & CAPITAL) && !ended && i > unnamed;
        b->token_index[content] = (int32_t)i;
        b->sentences[content] = sentence;
        content += word->kind & CONTENT;
        of_title += (word->kind & CONTENT) && i < title;
        ended = word->kind & ENDS;
        sentence += ended != 0;
    }
    b->counts[ALL_TOKENS] = all;
    b->counts[CONTENT_TOKENS] = content;
    b->counts[TITLE] = of_title;
}

/* Advance every pointer to the next text. */
static void advance(Batch *b) {
    const int64_t *counts = b->counts;
    b->tokens += b->sizes[0] + b->sizes[1];
    b->sizes += 2;
    b->all_tokens += counts[ALL_TOKENS];
    b->content_tokens += counts[CONTENT_TOKENS];
    b->content_token_weights += counts[CONTENT_TOKENS];
    b->is_name_or_number += counts[CONTENT_TOKENS];
    b->word_index += counts[CONTENT_TOKENS];
    b->passages += counts[CONTENT_TOKENS];
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
        split_tokens(&b);
        distinct_words(&b);
        title_words(&b, b.counts[TITLE]);
        passages(&b);
        facts(&b);
        grams(&b);
        advance(&b);
    }
    return batch->texts;
}
