/* Evaluate a forest of decision trees: the sum of one leaf of each tree for each row of a feature matrix. */

#include "kernel.h"

#include <math.h>

typedef struct {
    int64_t rows, columns, trees;
    const double *matrix;      /* rows x columns; NaN: unknown */
    const int32_t *roots;      /* of each tree */
    const int32_t *feature;    /* of each node: column, below 0 at a leaf */
    const uint8_t *nan_right;  /* of each node: does NaN go to the right child? */
    const double *threshold;   /* of each node: greater values go right */
    const int32_t *child;      /* of each node: left child; the right one follows it */
    const double *value;       /* of each node */
    double *out;               /* of each row */
} Forest;

EXPORT int64_t copydesk_forest(const Forest *f) {
    for (int64_t row = 0; row < f->rows; row++) {
        const double *values = f->matrix + row * f->columns;
        double sum = 0;
        for (int64_t tree = 0; tree < f->trees; tree++) {
            int32_t node = f->roots[tree];
            while (f->feature[node] >= 0) {
                double value = values[f->feature[node]];
                int right = isnan(value) ? f->nan_right[node] : value > f->threshold[node];
                node = f->child[node] + right;
            }
            sum += f->value[node];
        }
        f->out[row] = sum;
    }
    return 0;
}
