/* BLAKE2b of a word, 8 bytes long (RFC 7693): what `hashlib.blake2b(word, digest_size=8)` returns, the first byte lowest. */

#ifndef COPYDESK_BLAKE_H
#define COPYDESK_BLAKE_H

#include "kernel.h"

enum { BLAKE_BLOCK = 128 };

/* Of a word of no more than `BLAKE_BLOCK` bytes. */
uint64_t blake(const uint8_t *word, int64_t size);

#endif
