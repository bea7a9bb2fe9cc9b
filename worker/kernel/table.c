/* Keys and numbers go into the free slots of a hash table: that of worker/features/table.py. */

#include "kernel.h"

typedef struct {
    uint64_t *keys; /* of all slots, 0 where one is free */
    int32_t *numbers;
    int64_t bits;
    const uint64_t *new_keys;
    const int32_t *new_numbers;
    int64_t count;
} Put;

EXPORT int64_t copydesk_put(const Put *put) {
    uint64_t last = ((uint64_t)1 << put->bits) - 1;
    for (int64_t i = 0; i < put->count; i++) {
        uint64_t slot = put->new_keys[i] >> (64 - put->bits);
        while (put->keys[slot])
            slot = (slot + 1) & last;
        put->keys[slot] = put->new_keys[i];
        put->numbers[slot] = put->new_numbers[i];
    }
    return put->count;
}
