/* Evaluate a forest of decision trees: the sum of one leaf of each tree for each row of a feature matrix. */

#include "kernel.h"

#include <math.h>

typedef struct {
    double threshold;   /* greater values go to the right child; at a leaf, its value */
    int32_t child;      /* the left child; the right one follows it */
    int16_t feature;    /* the column; below 0 at a leaf */
    uint8_t nan_right;  /* does NaN go to the right child? */
} TreeNode;

_Static_assert(sizeof(TreeNode) == 16 && offsetof(TreeNode, child) == 8 && offsetof(TreeNode, feature) == 12 &&
               offsetof(TreeNode, nan_right) == 14, "Python fills these: NODE in worker/kernel/forest.py");

/* Write a sum for each row of a matrix, in which NaN is unknown; ``roots`` has the first node of each tree. */
EXPORT int64_t copydesk_forest(int64_t rows, int64_t columns, int64_t trees, const double *matrix,
                               const int32_t *roots, const TreeNode *nodes, double *out) {
    for (int64_t row = 0; row < rows; row++)
        out[row] = 0;
    /* a tree stays in the cache for all rows */
    for (int64_t tree = 0; tree < trees; tree++) {
        for (int64_t row = 0; row < rows; row++) {
            const double *values = matrix + row * columns;
            const TreeNode *node = nodes + roots[tree];
            while (node->feature >= 0) {
                double value = values[node->feature];
                node = nodes + node->child + (isnan(value) ? node->nan_right : value > node->threshold);
            }
            out[row] += node->threshold;
        }
    }
    return DONE;
}
