/* BLAKE2b: hashes that are the same on every machine, and for which no text with a chosen value can be made. */

#include "blake2b.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are hashed as they are in memory");

enum { ROUNDS = 12, STATE = 8, BLOCK = 128, ONE_HASH = 0x01010000 };

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

/* Mix a block of at most 128 bytes into the state; ``hashed`` is the number of bytes up to its end. */
static void compress(uint64_t *state, const uint8_t *data, int64_t size, int64_t hashed, int is_last) {
    uint64_t block[2 * STATE] = {0}, v[2 * STATE];
    memcpy(block, data, (size_t)size);
    for (int i = 0; i < STATE; i++) {
        v[i] = state[i];
        v[STATE + i] = START[i];
    }
    v[12] ^= (uint64_t)hashed;
    v[14] = is_last ? ~v[14] : v[14];
    for (int round = 0; round < ROUNDS; round++)
        apply_round(v, block, ORDER[round]);
    for (int i = 0; i < STATE; i++)
        state[i] ^= v[i] ^ v[STATE + i];
}

void blake2b(const uint8_t *data, int64_t size, int digest_size, uint64_t digest[2]) {
    uint64_t state[STATE];
    int64_t at = 0;
    memcpy(state, START, sizeof state);
    state[0] ^= (uint64_t)(ONE_HASH ^ digest_size);
    for (; size - at > BLOCK; at += BLOCK)
        compress(state, data + at, BLOCK, at + BLOCK, 0);
    compress(state, data + at, size - at, size, 1);
    memcpy(digest, state, 2 * sizeof *digest);
}

uint64_t hash_word(const uint8_t *word, int64_t size) {
    uint64_t digest[2];
    blake2b(word, size, sizeof *digest, digest);
    return digest[0];
}
