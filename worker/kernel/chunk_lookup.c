/* Split texts in UTF-8 into chunks, as `str.split` does, and look each chunk up in the hash table. */

#include "kernel.h"
#include "keys.h"

typedef struct {
    const uint8_t *data;     /* 8 bytes behind the texts must be readable */
    const int64_t *begins;   /* offset of each text and of the end; a blank precedes each text */
    int64_t texts;
    Factors factors;
    Slot *slots;             /* 2^bits of them, half of them free; chunks in the texts are marked as seen */
    int64_t bits;
    Chunk *chunks;           /* out: all chunks */
    int64_t *sizes;          /* out: number of chunks of each text */
    UnknownChunk *unknown;   /* out: chunks that the table does not hold */
    int64_t words;           /* out: total words of the known chunks */
} ChunkLookup;

/* For each byte: is it a space (1), or may it begin a space of two (2) or three bytes (3)? */
static const uint8_t SPACE_KIND[256] = {
    [0x09] = 1, [0x0A] = 1, [0x0B] = 1, [0x0C] = 1, [0x0D] = 1, [0x1C] = 1, [0x1D] = 1, [0x1E] = 1,
    [0x1F] = 1, [0x20] = 1, [0xC2] = 2, [0xE1] = 3, [0xE2] = 3, [0xE3] = 3,
};

/* Return the size in bytes of the multi-byte space that begins here, 0 if none does. */
static int wide_space_size(const uint8_t *at) {
    switch (at[0]) {
    case 0xC2:
        return at[1] == 0x85 || at[1] == 0xA0 ? 2 : 0;
    case 0xE1:
        return at[1] == 0x9A && at[2] == 0x80 ? 3 : 0;
    case 0xE2:
        if (at[1] == 0x80) /* U+2000 to U+200A, U+2028, U+2029 and U+202F */
            return at[2] <= 0x8A || at[2] == 0xA8 || at[2] == 0xA9 || at[2] == 0xAF ? 3 : 0;
        return at[1] == 0x81 && at[2] == 0x9F ? 3 : 0;
    default:
        return at[1] == 0x80 && at[2] == 0x80 ? 3 : 0;
    }
}

static int space_size(const uint8_t *at) {
    int kind = SPACE_KIND[*at];
    return kind < 2 ? kind : wide_space_size(at);
}

/* Return the end of the chunk that continues at `at`; each step examines eight bytes. */
static const uint8_t *chunk_end(const uint8_t *at, const uint8_t *end) {
    const uint64_t each = 0x0101010101010101, high = each << 7;
    while (at < end) {
        uint64_t word = load_bytes(at, 8), two = word ^ each * 0xC2, three = (word & each * 0xFC) ^ each * 0xE0;
        /* the lowest marked byte is below 0x21, or C2, or E0 to E3; marks above it may be false */
        uint64_t marks = (((word - each * 0x21) & ~word) | ((two - each) & ~two) | ((three - each) & ~three)) & high;
        if (!marks) {
            at += 8;
            continue;
        }
        at += __builtin_ctzll(marks) / 8;
        if (at >= end || space_size(at))
            break;
        at++;
    }
    return at < end ? at : end;
}

/* Write the key and position of each chunk of a text; return their number.
 *
 * The slots of neighbouring chunks are far apart in memory: all are prefetched before the first is read.
 */
static int64_t split_text(const ChunkLookup *lookup, int64_t text, UnknownChunk *chunk) {
    const uint8_t *data = lookup->data, *at = data + lookup->begins[text], *end = data + lookup->begins[text + 1] - 1;
    const UnknownChunk *first = chunk;
    while (at < end) {
        int size = space_size(at);
        if (size) {
            at += size;
            continue;
        }
        const uint8_t *start = at;
        at = chunk_end(at, end);
        uint64_t key = key_of(&lookup->factors, start, at - start);
        __builtin_prefetch(lookup->slots + (key >> (64 - lookup->bits)));
        *chunk++ = (UnknownChunk){.key = key, .start = start - data, .size = (int32_t)(at - start)};
    }
    return chunk - first;
}

/* Look up all chunks of all texts; return the number of unknown ones. */
EXPORT int64_t copydesk_chunk_lookup(ChunkLookup *lookup) {
    UnknownChunk *unknown = lookup->unknown;
    Chunk *chunk = lookup->chunks;
    lookup->words = 0;
    for (int64_t text = 0; text < lookup->texts; text++) {
        int64_t count = split_text(lookup, text, unknown);
        lookup->sizes[text] = count;
        for (const UnknownChunk *split = unknown, *end = unknown + count; split < end; split++, chunk++) {
            Slot *slot = find_slot(lookup->slots, lookup->bits, split->key);
            *chunk = (Chunk){slot->first, slot->count};
            lookup->words += slot->count;
            if (!slot->key) { /* moved to the front, over entries that are already processed */
                *unknown = *split;
                unknown++->index = (int32_t)(chunk - lookup->chunks);
            } else if (!slot->seen)
                slot->seen = 1;
        }
    }
    return unknown - lookup->unknown;
}
