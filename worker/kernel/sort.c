/* Radix sort, lowest digit first: it takes the same time whatever the hashes are. */

#include "sort.h"

#include <string.h>

enum { DIGITS = 4, VALUES = 256, FEW = 24 };

static int digit(uint64_t item, int number) {
    return (int)(item >> (HASH + 8 * number) & (VALUES - 1));
}

static void insertion_sort(uint64_t *items, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        uint64_t item = items[i];
        int64_t at = i;
        for (; at && items[at - 1] > item; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* Write items in the order of one digit; items with the same digit keep their order. */
static void scatter_by_digit(const uint64_t *items, uint64_t *to, int64_t count, int number, int32_t *places) {
    int32_t before = 0;
    for (int value = 0; value < VALUES; value++) {
        int32_t occurrences = places[value];
        places[value] = before;
        before += occurrences;
    }
    for (int64_t i = 0; i < count; i++)
        to[places[digit(items[i], number)]++] = items[i];
}

void sort_items(uint64_t *items, uint64_t *spare, int64_t count) {
    int32_t places[DIGITS][VALUES];
    if (count < FEW) {
        insertion_sort(items, count);
        return;
    }
    memset(places, 0, sizeof places);
    for (int64_t i = 0; i < count; i++)
        for (int number = 0; number < DIGITS; number++)
            places[number][digit(items[i], number)]++;
    for (int number = 0; number < DIGITS; number += 2) {
        if (places[number][digit(*items, number)] == count && places[number + 1][digit(*items, number + 1)] == count)
            continue; /* all items have the same two digits */
        scatter_by_digit(items, spare, count, number, places[number]);
        scatter_by_digit(spare, items, count, number + 1, places[number + 1]);
    }
}

int64_t distinct_hashes(uint64_t *items, uint64_t *spare, int64_t count, uint32_t *hashes) {
    int64_t distinct = 0;
    sort_items(items, spare, count);
    for (int64_t i = 0; i < count; i++)
        if (!i || items[i] >> HASH != items[i - 1] >> HASH)
            hashes[distinct++] = (uint32_t)(items[i] >> HASH);
    return distinct;
}
