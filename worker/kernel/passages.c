/* The passages and facts of an article. Both survive a rewrite.
 *
 * A passage is a sentence or several short ones; a fact is two names or numbers of one sentence.
 */

#include "article.h"
#include "sort.h"

enum { SHORT_PASSAGE = 5, MOST_PASSAGES = 48, FACT_STEPS = 4 };

void passages(Work *w) {
    Article *a = w->article;
    int64_t count = a->counts[CONTENT_TOKENS], length = (count + MOST_PASSAGES - 1) / MOST_PASSAGES;
    int64_t last = 0, passage = 0;
    if (length < SHORT_PASSAGE)
        length = SHORT_PASSAGE;
    for (int64_t i = 0; i < count; i++) {
        if (!i)
            a->passage_weights[0] = 0.0;
        else if (w->sentence[i] != w->sentence[i - 1]) {
            int64_t step = i / length;
            if (step != last)
                a->passage_weights[++passage] = 0.0;
            last = step;
        }
        a->passages[i] = (int16_t)passage;
        a->passage_weights[passage] += a->content_token_weights[i];
    }
    a->counts[PASSAGES] = count ? passage + 1 : 0;
}

void facts(Work *w) {
    Article *a = w->article;
    int64_t salient = 0, pairs = 0;
    for (int64_t i = 0; i < a->counts[CONTENT_TOKENS]; i++) {
        w->salient[salient] = (int32_t)i;
        salient += a->salient[i];
    }
    for (int64_t i = 0; i < salient; i++)
        for (int64_t j = i + 1; j < salient && j <= i + FACT_STEPS; j++) {
            int32_t first = w->salient[i], second = w->salient[j];
            if (w->sentence[first] != w->sentence[second])
                break;
            if (a->content_tokens[first] != a->content_tokens[second])
                w->items[pairs++] = (uint64_t)pair_key(a->content_tokens[first], a->content_tokens[second]) << HASH;
        }
    a->counts[FACTS] = distinct_hashes(w->items, w->spare, pairs, a->facts);
}
