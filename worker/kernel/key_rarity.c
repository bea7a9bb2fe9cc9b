/* Compare the sketches of pairs of articles by how many stories have each key: see worker/match/key_rarity.py. */

#include "kernel.h"

#include <math.h>

enum { IN_A, IN_B, UNIQUE, RARE, FREQUENT, KEY_RARITY, NUMBERS };

/* Stories of the two articles themselves, and numbers of other stories: the greatest that is counted, and limits. */
typedef struct {
    int64_t posted, most, rare, frequent;
} KeyLimits;

/* Write the numbers of each pair to ``out``; NaN is unknown.
 *
 * ``a`` has the sketches of the first articles, ascending, one after the other, ``counts`` the stories that have each
 * key, ``ends_a`` the end of each pair's part, ``rarity`` the rarity of a key that 0 to ``most`` other stories have.
 */
EXPORT int64_t copydesk_key_rarity(int64_t pairs, const KeyLimits *s, const int32_t *a, const int64_t *counts,
                                   const int64_t *ends_a, const int32_t *b, const int64_t *ends_b,
                                   const double *rarity, double *out) {
    int64_t start_a = 0, start_b = 0;
    for (int64_t pair = 0; pair < pairs; pair++, out += NUMBERS) {
        int64_t end_a = ends_a[pair], end_b = ends_b[pair], at_b = start_b;
        int64_t shared = 0, unique = 0, rare = 0, frequent = 0;
        double total = 0, weight = 0;
        for (int64_t at_a = start_a; at_a < end_a; at_a++) {
            int64_t others = counts[at_a] < s->most ? counts[at_a] : s->most;
            while (at_b < end_b && b[at_b] < a[at_a])
                at_b++;
            if (at_b < end_b && b[at_b] == a[at_a]) {
                others = others > s->posted ? others - s->posted : 0;
                weight += rarity[others];
                shared++;
                unique += others == 0;
                rare += others <= s->rare;
                frequent += others > s->frequent;
            }
            total += rarity[others];
        }
        double size_a = (double)(end_a - start_a), size_b = (double)(end_b - start_b);
        start_a = end_a;
        start_b = end_b;
        if (size_a == 0 || size_b == 0 || total <= 0) {
            for (int number = 0; number < NUMBERS; number++)
                out[number] = NAN;
            continue;
        }
        double in_a = weight / (size_b * total / size_a);
        out[IN_A] = in_a < 1 ? in_a : 1;
        out[IN_B] = weight / total;
        out[UNIQUE] = shared ? (double)unique / (double)shared : 0;
        out[RARE] = (double)rare;
        out[FREQUENT] = shared ? (double)frequent / (double)shared : 1;
        out[KEY_RARITY] = weight;
    }
    return DONE;
}
