/* Passages and facts of a text: see worker/features/passages.py for what they are. */

#include "features.h"
#include "sort.h"

enum { SHORT_PASSAGE = 5, MOST_PASSAGES = 48, FACT_STEPS = 4 };

void passages(const Batch *b) {
    int64_t count = b->counts[CONTENT_TOKENS], length = (count + MOST_PASSAGES - 1) / MOST_PASSAGES;
    int64_t last = 0, passage = 0;
    if (length < SHORT_PASSAGE)
        length = SHORT_PASSAGE;
    for (int64_t i = 0; i < count; i++) {
        if (!i)
            b->passage_weights[0] = 0.0;
        else if (b->sentences[i] != b->sentences[i - 1]) {
            int64_t step = i / length;
            if (step != last)
                b->passage_weights[++passage] = 0.0;
            last = step;
        }
        b->passages[i] = (int16_t)passage;
        b->passage_weights[passage] += b->content_token_weights[i];
    }
    b->counts[PASSAGES] = count ? passage + 1 : 0;
}

void facts(const Batch *b) {
    int64_t salient = 0, pairs = 0;
    for (int64_t i = 0; i < b->counts[CONTENT_TOKENS]; i++) {
        b->salient[salient] = (int32_t)i;
        salient += b->is_name_or_number[i] & (b->content_token_weights[i] >= 2.0f);
    }
    for (int64_t i = 0; i < salient; i++)
        for (int64_t j = i + 1; j < salient && j <= i + FACT_STEPS; j++) {
            int32_t first = b->salient[i], second = b->salient[j];
            if (b->sentences[first] != b->sentences[second])
                break;
            if (b->content_tokens[first] != b->content_tokens[second])
                b->items[pairs++] = (uint64_t)pair_key(b->content_tokens[first], b->content_tokens[second]) << HASH;
        }
    b->counts[FACTS] = distinct_hashes(b->items, b->spare, pairs, b->facts);
}
