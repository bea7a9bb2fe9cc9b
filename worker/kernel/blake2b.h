/* 8-byte BLAKE2b of a word (RFC 7693): `hashlib.blake2b(word, digest_size=8)` as a little-endian number. */

#ifndef COPYDESK_BLAKE2B_H
#define COPYDESK_BLAKE2B_H

#include "kernel.h"

enum { BLAKE_BLOCK = 128 };

/* Hash a word of at most `BLAKE_BLOCK` bytes. */
uint64_t blake2b(const uint8_t *word, int64_t size);

#endif
