/* 8-byte BLAKE2b of a single block: word hashes that are the same on every machine and in every process. */

#include "blake2b.h"

enum { ROUNDS = 12, STATE = 8, ONE_HASH = 0x01010000, SIZE = 8 };

static const uint64_t START[STATE] = {
    0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
    0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
};

/* The order in which each round mixes in the words of the block; the last two rounds repeat the first two. */
static const uint8_t ORDER[ROUNDS][2 * STATE] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
};

static inline uint64_t rotate_right(uint64_t word, int bits) {
    return word >> bits | word << (64 - bits);
}

static inline void mix(uint64_t *v, int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = rotate_right(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = rotate_right(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 63);
}

static inline void apply_round(uint64_t *v, const uint64_t *block, const uint8_t *order) {
    for (int i = 0; i < 4; i++)
        mix(v, i, 4 + i, 8 + i, 12 + i, block[order[2 * i]], block[order[2 * i + 1]]);
    for (int i = 0; i < 4; i++)
        mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, block[order[8 + 2 * i]], block[order[9 + 2 * i]]);
}

uint64_t blake2b(const uint8_t *word, int64_t size) {
    uint64_t block[2 * STATE] = {0}, v[2 * STATE];
    for (int64_t i = 0; i < size; i++)
        block[i / 8] |= (uint64_t)word[i] << 8 * (i % 8);
    for (int i = 0; i < STATE; i++)
        v[i] = v[STATE + i] = START[i];
    v[0] ^= ONE_HASH ^ SIZE;
    v[12] ^= (uint64_t)size;
    v[14] = ~v[14]; /* the last block */
    for (int round = 0; round < ROUNDS; round++)
        apply_round(v, block, ORDER[round]);
    return START[0] ^ ONE_HASH ^ SIZE ^ v[0] ^ v[8];
}
