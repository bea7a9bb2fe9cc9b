/* What is compared of two articles' passages. */

#ifndef COPYDESK_RETOLD_H
#define COPYDESK_RETOLD_H

#include "kernel.h"

/* What is told of a pair, in the order of `worker.match.retold.Retold`; an order of too few is told as -1. */
enum { RETOLD_IN_A, RETOLD_IN_B, UNTOLD_IN_A, UNTOLD_IN_B, OPENING_SHARE, RETOLD_ORDER, TOLD };
#define NO_ORDER (-1.0)

/* Numbers of a pair: of either side running words, distinct ones, passages; shared ones. */
enum { COUNTED = 7 };

/* One article of each pair; moved on from pair to pair. */
typedef struct {
    const float *weights;          /* of every running word: its weight … */
    const int16_t *passages;       /* … its passage … */
    const int32_t *which;          /* … and which of the distinct ones it is */
    const double *passage_weights;
    const int64_t *at;             /* of every shared word: which of the distinct ones it is */
    int64_t running, words, passage_count;
} Side;

/* A passage that a word stands in, and the next one. */
typedef struct {
    float weight;
    int32_t next;
    int16_t passage;
} Node;

/* For the largest of the pairs. */
typedef struct {
    double *table;
    int32_t *column;
    int32_t *heads_a;
    int32_t *heads_b;
    Node *nodes_a;
    Node *nodes_b;
} Room;

typedef struct {
    Side a, b;
    int64_t shared;
} Pair;

typedef struct {
    int64_t pairs;
    const int64_t *sizes;
    Side a, b;
    Room room;
    double *out;                   /* filled with what is told of a pair that shares next to nothing */
} Retold;

#endif
