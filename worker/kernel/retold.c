/* Passages of pairs of articles go in, how well each is told again in one of the other comes out.
 *
 * What worker/match/retold.py does with two tables, most of whose places are empty; sums are exact in any order there
 * and here.
 */

#include "pairs.h"

#include <math.h>
#include <string.h>

static const double UNTOLD = 0.25, COUNTERPART = 0.3;
enum { FEWEST = 4, OPENING = 3 };

/* Note in which passages each shared word stands, with its last weight there. */
static void place(const Text *t, const int32_t *at, int64_t shared, int32_t *column, int32_t *heads, Node *nodes) {
    int32_t count = 0;
    for (int64_t i = 0; i < t->counts[WORDS]; i++)
        column[i] = -1;
    for (int64_t k = 0; k < shared; k++) {
        column[at[k]] = (int32_t)k;
        heads[k] = -1;
    }
    for (int64_t i = 0; i < t->counts[RUNNING]; i++) {
        int32_t k = column[t->which[i]];
        if (k < 0)
            continue;
        if (heads[k] >= 0 && nodes[heads[k]].passage == t->passages[i]) { /* passages ascend */
            nodes[heads[k]].weight = t->running_weights[i];
            continue;
        }
        nodes[count] = (Node){t->running_weights[i], heads[k], t->passages[i]};
        heads[k] = count++;
    }
}

/* Add up what any two passages share. */
static void table(const Pair *p, int64_t count) {
    const Room *room = &p->room;
    int64_t across = p->b.counts[PASSAGES];
    memset(room->table, 0, sizeof(double) * (size_t)(p->a.counts[PASSAGES] * across));
    place(&p->a, room->in_a, count, room->column, room->heads_a, room->nodes_a);
    place(&p->b, room->in_b, count, room->column, room->heads_b, room->nodes_b);
    for (int64_t k = 0; k < count; k++)
        for (int32_t one = room->heads_a[k]; one >= 0; one = room->nodes_a[one].next) {
            double *row = room->table + room->nodes_a[one].passage * across;
            for (int32_t other = room->heads_b[k]; other >= 0; other = room->nodes_b[other].next)
                row[room->nodes_b[other].passage] += room->nodes_a[one].weight;
        }
}

/* How one side's passages are retold: what they share with their best counterpart, and which that is. */
typedef struct {
    const double *table;
    int64_t step, other_step, others;
    const Text *text;
} View;

static double best(const View *v, int64_t passage, int64_t *which) {
    const double *at = v->table + passage * v->step;
    double most = at[0];
    *which = 0;
    for (int64_t i = 1; i < v->others; i++)
        if (at[i * v->other_step] > most) {
            most = at[i * v->other_step];
            *which = i;
        }
    return most;
}

/* Write the share that is retold and the share that is not; the opening; and the order of counterparts. */
static double tell(const View *v, double *retold, double *untold, double *order) {
    double total = 0.0, told = 0.0, missing = 0.0, opening = v->table[0];
    int64_t counterparts = 0, in_order = 0, before = 0, which;
    for (int64_t i = 0; i < v->text->counts[PASSAGES]; i++) {
        double weight = v->text->passage_weights[i], most = best(v, i, &which), share = most / weight;
        total += weight;
        told += most < weight ? most : weight;
        missing += share < UNTOLD ? weight : 0.0;
        if (share >= COUNTERPART) {
            in_order += counterparts && which >= before;
            before = which;
            counterparts++;
        }
    }
    *retold = told / total;
    *untold = missing / total;
    *order = counterparts < FEWEST ? NAN : (double)in_order / (double)(counterparts - 1);
    for (int64_t i = 1; i < v->others && i < OPENING; i++)
        opening = v->table[i * v->other_step] > opening ? v->table[i * v->other_step] : opening;
    return opening / v->text->passage_weights[0];
}

void retold(const Pair *p, int64_t count) {
    double *told = p->told, order_a, order_b, opening_a, opening_b;
    int64_t down = p->a.counts[PASSAGES], across = p->b.counts[PASSAGES];
    if (count < FEWEST) {
        told[RETOLD_IN_A] = told[RETOLD_IN_B] = told[OPENING_SHARED] = 0.0;
        told[UNTOLD_IN_A] = told[UNTOLD_IN_B] = 1.0;
        return;
    }
    table(p, count);
    View a = {p->room.table, across, 1, across, &p->a}, b = {p->room.table, 1, across, down, &p->b};
    /* what is retold of ``b`` is retold in ``a`` */
    opening_a = tell(&a, told + RETOLD_IN_B, told + UNTOLD_IN_A, &order_a);
    opening_b = tell(&b, told + RETOLD_IN_A, told + UNTOLD_IN_B, &order_b);
    told[OPENING_SHARED] = least(opening_a > opening_b ? opening_a : opening_b, 1.0);
    told[RETOLD_ORDER] = down <= across ? order_a : order_b;
}
