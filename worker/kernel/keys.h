/* Keys of chunks and words, as in worker/features/chunk_keys.py, and the hash table that they are looked up in. */

#ifndef COPYDESK_KEYS_H
#define COPYDESK_KEYS_H

#include "kernel.h"

/* The secret factors of the key function. */
typedef struct {
    uint64_t factor, other;
} Factors;

/* Return up to 8 bytes as a little-endian number; 8 bytes must be readable. */
static inline uint64_t load_bytes(const uint8_t *at, int64_t size) {
    uint64_t word = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
                    (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
    return size >= 8 ? word : word & (((uint64_t)1 << 8 * size) - 1);
}

static inline uint64_t mix_key(uint64_t word, uint64_t factor) {
    word = (word ^ (word >> 32)) * factor;
    return word ^ (word >> 29);
}

static inline uint64_t key_of(const Factors *factors, const uint8_t *chunk, int64_t size) {
    uint64_t key = mix_key(load_bytes(chunk, size) + (uint64_t)size * factors->other, factors->factor);
    int64_t at = 8;
    for (; at < size && at < 64; at += 8)
        key = mix_key(key ^ load_bytes(chunk + at, size - at), factors->factor);
    if (at < size) {
        uint64_t sum = 0;
        for (; at < size; at += 8)
            sum += mix_key(load_bytes(chunk + at, size - at) + (uint64_t)at * factors->other, factors->factor);
        key = mix_key(key ^ sum, factors->factor);
    }
    return key ? key : 1;
}

/* Return the slot of a key, or the free slot to insert it; half of the 2^bits slots must be free. */
static inline Slot *find_slot(Slot *slots, int64_t bits, uint64_t key) {
    uint64_t last = ((uint64_t)1 << bits) - 1, slot = key >> (64 - bits);
    while (slots[slot].key && slots[slot].key != key)
        slot = (slot + 1) & last;
    return slots + slot;
}

#endif
