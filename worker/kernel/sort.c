/* Items go in, sorted ones come out: digit by digit, the lowest first, which takes the same time whatever the hashes. */

#include "sort.h"

#include <string.h>

enum { DIGITS = 4, VALUES = 256, FEW = 24 };

static int digit(uint64_t item, int which) {
    return (int)(item >> (HASH + 8 * which) & (VALUES - 1));
}

static void insert(uint64_t *items, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        uint64_t item = items[i];
        int64_t at = i;
        for (; at && items[at - 1] > item; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* Write items in the order of one digit, behind those with lower ones; equal ones keep their order. */
static void move(const uint64_t *items, uint64_t *to, int64_t count, int which, int32_t *places) {
    int32_t before = 0;
    for (int value = 0; value < VALUES; value++) {
        int32_t these = places[value];
        places[value] = before;
        before += these;
    }
    for (int64_t i = 0; i < count; i++)
        to[places[digit(items[i], which)]++] = items[i];
}

void sort(uint64_t *items, uint64_t *spare, int64_t count) {
    int32_t places[DIGITS][VALUES];
    if (count < FEW) {
        insert(items, count);
        return;
    }
    memset(places, 0, sizeof places);
    for (int64_t i = 0; i < count; i++)
        for (int which = 0; which < DIGITS; which++)
            places[which][digit(items[i], which)]++;
    for (int which = 0; which < DIGITS; which += 2) {
        if (places[which][digit(*items, which)] == count && places[which + 1][digit(*items, which + 1)] == count)
            continue; /* all have the same two digits */
        move(items, spare, count, which, places[which]);
        move(spare, items, count, which + 1, places[which + 1]);
    }
}

int64_t distinct_hashes(uint64_t *items, uint64_t *spare, int64_t count, uint32_t *hashes) {
    int64_t found = 0;
    sort(items, spare, count);
    for (int64_t i = 0; i < count; i++)
        if (!i || items[i] >> HASH != items[i - 1] >> HASH)
            hashes[found++] = (uint32_t)(items[i] >> HASH);
    return found;
}
