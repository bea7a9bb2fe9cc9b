/* Insert entries into the hash table of worker/features/hash_table.py. */

#include "kernel.h"
#include "keys.h"

typedef struct {
    Slot *slots;
    int64_t bits;
    const Slot *entries; /* with keys that the table does not hold; key 0 is skipped */
    int64_t count;
} Insert;

EXPORT int64_t copydesk_insert(const Insert *insert) {
    for (int64_t i = 0; i < insert->count; i++)
        if (insert->entries[i].key)
            *find_slot(insert->slots, insert->bits, insert->entries[i].key) = insert->entries[i];
    return insert->count;
}
