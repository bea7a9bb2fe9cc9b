/* Slots go into the free ones of a hash table: that of worker/features/table.py. */

#include "kernel.h"
#include "keys.h"

typedef struct {
    Slot *slots;
    int64_t bits;
    const Slot *given; /* of keys that are not there yet, or 0 */
    int64_t count;
} Put;

EXPORT int64_t copydesk_put(const Put *put) {
    for (int64_t i = 0; i < put->count; i++)
        if (put->given[i].key)
            *slot_of(put->slots, put->bits, put->given[i].key) = put->given[i];
    return put->count;
}
