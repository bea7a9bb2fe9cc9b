/* Evidence from passages: how well each is retold in one passage of the other article.
 *
 * A rewrite has the content of every sentence of its original, whatever the words around it; an independent report has
 * other sentences. Shared words of the whole texts don't show that. The best match of each passage counts, without
 * dynamic programming: versions move, merge and split sentences.
 */

#include "pairs.h"

#include <math.h>
#include <string.h>

/* A passage that shares less of its words than UNTOLD with every other is not retold; from COUNTERPART on its place
   counts for the order, unless there are too few; an opening is searched in the first OPENING passages. */
static const double UNTOLD = 0.25, COUNTERPART = 0.3;
enum { FEWEST = 4, OPENING = 3 };

/* Link for each shared word the passages that contain it, each with the word's last weight there. */
static void fill_nodes(const Article *t, const int32_t *at, int64_t shared, int32_t *ranks, int32_t *heads,
                       Node *nodes) {
    int32_t count = 0;
    for (int64_t i = 0; i < t->counts[WORDS]; i++)
        ranks[i] = -1;
    for (int64_t k = 0; k < shared; k++) {
        ranks[at[k]] = (int32_t)k;
        heads[k] = -1;
    }
    for (int64_t i = 0; i < t->counts[CONTENT_TOKENS]; i++) {
        int32_t k = ranks[t->word_index[i]];
        if (k < 0)
            continue;
        if (heads[k] >= 0 && nodes[heads[k]].passage == t->passages[i]) { /* passages ascend */
            nodes[heads[k]].weight = t->content_token_weights[i];
            continue;
        }
        nodes[count] = (Node){t->content_token_weights[i], heads[k], t->passages[i]};
        heads[k] = count++;
    }
}

/* Fill the table with the shared weight of every two passages. */
static void fill_table(const Pair *p, int64_t count) {
    const PairBuffers *buffers = &p->buffers;
    int64_t across = p->b->counts[PASSAGES];
    memset(buffers->table, 0, sizeof(double) * (size_t)(p->a->counts[PASSAGES] * across));
    fill_nodes(p->a, buffers->in_a, count, buffers->column, buffers->heads_a, buffers->nodes_a);
    fill_nodes(p->b, buffers->in_b, count, buffers->column, buffers->heads_b, buffers->nodes_b);
    for (int64_t k = 0; k < count; k++)
        for (int32_t node_a = buffers->heads_a[k]; node_a >= 0; node_a = buffers->nodes_a[node_a].next) {
            double *row = buffers->table + buffers->nodes_a[node_a].passage * across;
            for (int32_t node_b = buffers->heads_b[k]; node_b >= 0; node_b = buffers->nodes_b[node_b].next)
                row[buffers->nodes_b[node_b].passage] += buffers->nodes_a[node_a].weight;
        }
}

/* One side of the table: its passages along ``step``, those of the other article along ``other_step``. */
typedef struct {
    const double *table;
    int64_t step, other_step, others;
    const Article *article;
} Side;

static double best(const Side *v, int64_t passage, int64_t *counterpart) {
    const double *at = v->table + passage * v->step;
    double most = at[0];
    *counterpart = 0;
    for (int64_t i = 1; i < v->others; i++)
        if (at[i * v->other_step] > most) {
            most = at[i * v->other_step];
            *counterpart = i;
        }
    return most;
}

/* Write the retold share, the untold share and the order of counterparts; return the share of the opening. */
static double measure_side(const Side *v, double *retold, double *untold, double *order) {
    double total = 0.0, retold_weight = 0.0, untold_weight = 0.0, opening = v->table[0];
    int64_t counterparts = 0, in_order = 0, previous = 0, counterpart;
    for (int64_t i = 0; i < v->article->counts[PASSAGES]; i++) {
        double weight = v->article->passage_weights[i], most = best(v, i, &counterpart), share = most / weight;
        total += weight;
        retold_weight += most < weight ? most : weight;
        untold_weight += share < UNTOLD ? weight : 0.0;
        if (share >= COUNTERPART) {
            in_order += counterparts && counterpart >= previous;
            previous = counterpart;
            counterparts++;
        }
    }
    *retold = retold_weight / total;
    *untold = untold_weight / total;
    *order = counterparts < FEWEST ? NAN : (double)in_order / (double)(counterparts - 1);
    for (int64_t i = 1; i < v->others && i < OPENING; i++)
        opening = v->table[i * v->other_step] > opening ? v->table[i * v->other_step] : opening;
    return opening / v->article->passage_weights[0];
}

void compare_passages(const Pair *p, int64_t count) {
    double *evidence = p->evidence, order_a, order_b, opening_a, opening_b;
    int64_t down = p->a->counts[PASSAGES], across = p->b->counts[PASSAGES];
    if (count < FEWEST) {
        evidence[RETOLD_IN_A] = evidence[RETOLD_IN_B] = evidence[OPENING_SHARED] = 0.0;
        evidence[UNTOLD_IN_A] = evidence[UNTOLD_IN_B] = 1.0;
        return;
    }
    fill_table(p, count);
    Side a = {p->buffers.table, across, 1, across, p->a}, b = {p->buffers.table, 1, across, down, p->b};
    /* the passages of ``a`` are retold in ``b``: their share is RETOLD_IN_B */
    opening_a = measure_side(&a, evidence + RETOLD_IN_B, evidence + UNTOLD_IN_A, &order_a);
    opening_b = measure_side(&b, evidence + RETOLD_IN_A, evidence + UNTOLD_IN_B, &order_b);
    evidence[OPENING_SHARED] = minimum(opening_a > opening_b ? opening_a : opening_b, 1.0);
    evidence[RETOLD_ORDER] = down <= across ? order_a : order_b;
}
