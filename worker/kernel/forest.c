/* Evaluate a forest of decision trees: the sum of one leaf of each tree for each row of a feature matrix. */

#include "kernel.h"

#include <math.h>

typedef struct {
    double threshold;   /* greater values go to the right child; at a leaf, its value */
    int32_t child;      /* the left child; the right one follows it */
    int16_t feature;    /* the column; below 0 at a leaf */
    uint8_t nan_right;  /* does NaN go to the right child? */
} Node;

typedef struct {
    int64_t rows, columns, trees;
    const double *matrix;  /* rows x columns; NaN: unknown */
    const int32_t *roots;  /* of each tree */
    const Node *nodes;
    double *out;           /* of each row */
} Forest;

EXPORT int64_t copydesk_forest(const Forest *f) {
    for (int64_t row = 0; row < f->rows; row++)
        f->out[row] = 0;
    /* a tree stays in the cache for all rows */
    for (int64_t tree = 0; tree < f->trees; tree++) {
        for (int64_t row = 0; row < f->rows; row++) {
            const double *values = f->matrix + row * f->columns;
            const Node *node = f->nodes + f->roots[tree];
            while (node->feature >= 0) {
                double value = values[node->feature];
                node = f->nodes + node->child + (isnan(value) ? node->nan_right : value > node->threshold);
            }
            f->out[row] += node->threshold;
        }
    }
    return 0;
}
