/* BLAKE2b (RFC 7693), as `hashlib.blake2b`. */

#ifndef COPYDESK_BLAKE2B_H
#define COPYDESK_BLAKE2B_H

#include "kernel.h"

/* Hash bytes; write the first two words of a digest of ``digest_size`` bytes, at most 16. */
void blake2b(const uint8_t *data, int64_t size, int digest_size, uint64_t digest[2]);

/* Return a digest of 8 bytes as a little-endian number. */
uint64_t hash_word(const uint8_t *word, int64_t size);

#endif
