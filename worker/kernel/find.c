/* Texts in UTF-8 go in; where the words of their chunks are known comes out, and what is not known.
 *
 * A chunk is what `str.split` would return.
 */

#include "kernel.h"
#include "keys.h"

typedef struct {
    const uint8_t *data;     /* 8 bytes more than the texts may be read */
    const int64_t *begins;   /* where each text begins, one more than texts: a blank stands before each of them */
    int64_t texts;
    Factors factors;
    Slot *slots;             /* 2^bits of them, half of them free; those that are found are marked as seen */
    int64_t bits;
    Chunk *chunks;           /* out: all chunks */
    int64_t *sizes;          /* out, a text each: chunks */
    Missing *missing;        /* out: chunks that are not known */
    int64_t words;           /* out: words of all that were found */
} Search;

/* Of each byte: is it blank (1), or does a space of two (2) or three bytes (3) begin with it? */
static const uint8_t BLANK[256] = {
    [0x09] = 1, [0x0A] = 1, [0x0B] = 1, [0x0C] = 1, [0x0D] = 1, [0x1C] = 1, [0x1D] = 1, [0x1E] = 1,
    [0x1F] = 1, [0x20] = 1, [0xC2] = 2, [0xE1] = 3, [0xE2] = 3, [0xE3] = 3,
};

/* Return the bytes of the space that begins here, 0 where none does. */
static int wide_blank(const uint8_t *at) {
    switch (at[0]) {
    case 0xC2:
        return at[1] == 0x85 || at[1] == 0xA0 ? 2 : 0;
    case 0xE1:
        return at[1] == 0x9A && at[2] == 0x80 ? 3 : 0;
    case 0xE2:
        if (at[1] == 0x80) /* U+2000 to U+200A, the two separators, the narrow one */
            return at[2] <= 0x8A || at[2] == 0xA8 || at[2] == 0xA9 || at[2] == 0xAF ? 3 : 0;
        return at[1] == 0x81 && at[2] == 0x9F ? 3 : 0;
    default:
        return at[1] == 0x80 && at[2] == 0x80 ? 3 : 0;
    }
}

static int blank(const uint8_t *at) {
    int kind = BLANK[*at];
    return kind < 2 ? kind : wide_blank(at);
}

/* Return where the chunk ends that goes on at `at`; eight bytes are looked at in one step. */
static const uint8_t *end_of(const uint8_t *at, const uint8_t *end) {
    const uint64_t each = 0x0101010101010101, high = each << 7;
    while (at < end) {
        uint64_t word = bytes(at, 8), two = word ^ each * 0xC2, three = (word & each * 0xFC) ^ each * 0xE0;
        /* the lowest byte that is marked is below 0x21, or C2, or E0 to E3; those above it may be marked wrongly */
        uint64_t marks = (((word - each * 0x21) & ~word) | ((two - each) & ~two) | ((three - each) & ~three)) & high;
        if (!marks) {
            at += 8;
            continue;
        }
        at += __builtin_ctzll(marks) / 8;
        if (at >= end || blank(at))
            break;
        at++;
    }
    return at < end ? at : end;
}

/* Write what is to be looked up of a text, a chunk each; return how many there are.
 *
 * Where a chunk is kept is far from where the next one is: all of that is on its way before it is looked at.
 */
static int64_t part(const Search *search, int64_t text, Missing *chunk) {
    const uint8_t *data = search->data, *at = data + search->begins[text], *end = data + search->begins[text + 1] - 1;
    const Missing *first = chunk;
    while (at < end) {
        int wide = blank(at);
        if (wide) {
            at += wide;
            continue;
        }
        const uint8_t *start = at;
        at = end_of(at, end);
        uint64_t key = key_of(&search->factors, start, at - start);
        __builtin_prefetch(search->slots + (key >> (64 - search->bits)));
        *chunk++ = (Missing){.key = key, .start = start - data, .size = (int32_t)(at - start)};
    }
    return chunk - first;
}

/* Look all chunks of all texts up; return how many are not known. */
EXPORT int64_t copydesk_find(Search *search) {
    Missing *missing = search->missing;
    Chunk *chunk = search->chunks;
    search->words = 0;
    for (int64_t text = 0; text < search->texts; text++) {
        int64_t count = part(search, text, missing);
        search->sizes[text] = count;
        for (const Missing *one = missing, *end = missing + count; one < end; one++, chunk++) {
            Slot *slot = slot_of(search->slots, search->bits, one->key);
            *chunk = (Chunk){slot->first, slot->count};
            search->words += slot->count;
            if (!slot->key) { /* moved to the front, over what was looked at before */
                *missing = *one;
                missing++->which = (int32_t)(chunk - search->chunks);
            } else if (!slot->seen)
                slot->seen = 1;
        }
    }
    return missing - search->missing;
}
