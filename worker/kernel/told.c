/* Content words go in, passages and facts come out: see worker/features/told.py for what they are. */

#include "features.h"
#include "sort.h"

enum { SHORT_PASSAGE = 5, MOST_PASSAGES = 48, FACT_STEPS = 4 };

void passages(const Batch *b) {
    int64_t count = b->counts[RUNNING], length = (count + MOST_PASSAGES - 1) / MOST_PASSAGES, before = 0, passage = 0;
    if (length < SHORT_PASSAGE)
        length = SHORT_PASSAGE;
    for (int64_t i = 0; i < count; i++) {
        if (!i)
            b->passage_weights[0] = 0.0;
        else if (b->sentences[i] != b->sentences[i - 1]) {
            int64_t step = i / length;
            if (step != before)
                b->passage_weights[++passage] = 0.0;
            before = step;
        }
        b->passages[i] = (int16_t)passage;
        b->passage_weights[passage] += b->running_weights[i];
    }
    b->counts[PASSAGES] = count ? passage + 1 : 0;
}

void facts(const Batch *b) {
    int64_t telling = 0, found = 0;
    for (int64_t i = 0; i < b->counts[RUNNING]; i++) {
        b->telling[telling] = (int32_t)i;
        telling += b->running_marked[i] & (b->running_weights[i] >= 2.0f);
    }
    for (int64_t i = 0; i < telling; i++)
        for (int64_t j = i + 1; j < telling && j <= i + FACT_STEPS; j++) {
            int32_t one = b->telling[i], other = b->telling[j];
            if (b->sentences[one] != b->sentences[other])
                break;
            if (b->running[one] != b->running[other])
                b->items[found++] = (uint64_t)pair_key(b->running[one], b->running[other]) << HASH;
        }
    b->counts[FACTS] = distinct_hashes(b->items, b->spare, found, b->facts);
}
