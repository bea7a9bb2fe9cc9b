/* Passages of pairs of articles go in, how well each is told again in one of the other comes out.
 *
 * What worker/match/retold.py does with two tables, most of whose places are empty; sums are exact in any order there
 * and here.
 */

#include "retold.h"

#include <string.h>

static const double UNTOLD = 0.25, COUNTERPART = 0.3;
enum { FEWEST = 4, OPENING = 3 };

/* Note in which passages each shared word stands, with its last weight there. */
static void place(const Side *s, int64_t shared, int32_t *column, int32_t *heads, Node *nodes) {
    int32_t count = 0;
    for (int64_t i = 0; i < s->words; i++)
        column[i] = -1;
    for (int64_t k = 0; k < shared; k++) {
        column[s->at[k]] = (int32_t)k;
        heads[k] = -1;
    }
    for (int64_t i = 0; i < s->running; i++) {
        int32_t k = column[s->which[i]];
        if (k < 0)
            continue;
        if (heads[k] >= 0 && nodes[heads[k]].passage == s->passages[i]) { /* passages ascend */
            nodes[heads[k]].weight = s->weights[i];
            continue;
        }
        nodes[count] = (Node){s->weights[i], heads[k], s->passages[i]};
        heads[k] = count++;
    }
}

/* Add up what any two passages share. */
static void table(const Pair *p, const Room *room) {
    memset(room->table, 0, sizeof(double) * (size_t)(p->a.passage_count * p->b.passage_count));
    place(&p->a, p->shared, room->column, room->heads_a, room->nodes_a);
    place(&p->b, p->shared, room->column, room->heads_b, room->nodes_b);
    for (int64_t k = 0; k < p->shared; k++)
        for (int32_t one = room->heads_a[k]; one >= 0; one = room->nodes_a[one].next) {
            double *row = room->table + room->nodes_a[one].passage * p->b.passage_count;
            for (int32_t other = room->heads_b[k]; other >= 0; other = room->nodes_b[other].next)
                row[room->nodes_b[other].passage] += room->nodes_a[one].weight;
        }
}

/* How one side's passages are retold: what they share with their best counterpart, and which that is. */
typedef struct {
    const double *table;
    int64_t step, other_step, others;
    const Side *side;
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
    for (int64_t i = 0; i < v->side->passage_count; i++) {
        double weight = v->side->passage_weights[i], most = best(v, i, &which), share = most / weight;
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
    *order = counterparts < FEWEST ? NO_ORDER : (double)in_order / (double)(counterparts - 1);
    for (int64_t i = 1; i < v->others && i < OPENING; i++)
        opening = v->table[i * v->other_step] > opening ? v->table[i * v->other_step] : opening;
    return opening / v->side->passage_weights[0];
}

static void compare(const Pair *p, const Room *room, double *out) {
    double order_a, order_b, opening_a, opening_b, opening;
    int64_t across = p->b.passage_count;
    if (p->shared < FEWEST)
        return;
    table(p, room);
    View a = {room->table, across, 1, across, &p->a}, b = {room->table, 1, across, p->a.passage_count, &p->b};
    /* what is retold of ``b`` is retold in ``a`` */
    opening_a = tell(&a, out + RETOLD_IN_B, out + UNTOLD_IN_A, &order_a);
    opening_b = tell(&b, out + RETOLD_IN_A, out + UNTOLD_IN_B, &order_b);
    opening = opening_a > opening_b ? opening_a : opening_b;
    out[OPENING_SHARE] = opening < 1.0 ? opening : 1.0;
    out[RETOLD_ORDER] = p->a.passage_count <= p->b.passage_count ? order_a : order_b;
}

static void move_on(Side *s, int64_t shared) {
    s->weights += s->running;
    s->passages += s->running;
    s->which += s->running;
    s->passage_weights += s->passage_count;
    s->at += shared;
}

EXPORT int64_t copydesk_retold(const Retold *given) {
    Pair p = {given->a, given->b, 0};
    for (int64_t pair = 0; pair < given->pairs; pair++) {
        const int64_t *sizes = given->sizes + COUNTED * pair;
        p.a.running = sizes[0];
        p.a.words = sizes[1];
        p.a.passage_count = sizes[2];
        p.b.running = sizes[3];
        p.b.words = sizes[4];
        p.b.passage_count = sizes[5];
        p.shared = sizes[6];
        compare(&p, &given->room, given->out + TOLD * pair);
        move_on(&p.a, p.shared);
        move_on(&p.b, p.shared);
    }
    return given->pairs;
}
