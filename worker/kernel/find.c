/* Texts in UTF-8 go in; the numbers that a table knows their chunks by come out, and what it does not know.
 *
 * A chunk is what `str.split` would return. Keys are those of worker/features/chunks.py, and the table is that of
 * worker/features/table.py, whose arrays are read here as they are.
 */

#include "kernel.h"

typedef struct {
    const uint8_t *data;     /* 8 bytes more than the texts may be read */
    const int64_t *begins;   /* where each text begins, one more than texts: a blank stands before each of them */
    int64_t texts;
    uint64_t factor, other;  /* of keys, see chunks.py */
    const uint64_t *keys;    /* the table's slots */
    const int32_t *numbers;
    int64_t bits;            /* the table has 2^bits slots, half of them free */
    const int64_t *words;    /* by number: words of a chunk */
    uint8_t *seen;           /* by number: set where a chunk was found */
    int32_t *found;          /* out, a chunk each: its number, -1 of one that is not known */
    int64_t *sizes;          /* out, a text each: chunks */
    int64_t *missing;        /* out, an unknown chunk each: which it is, where it starts, where it ends … */
    int64_t *starts;
    int64_t *ends;
    uint64_t *missing_keys;  /* … and its key */
    int64_t known_words;     /* out: words of all that were found */
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

/* Return up to 8 bytes as a number, the first one lowest. */
static uint64_t bytes(const uint8_t *at, int64_t size) {
    uint64_t word = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
                    (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
    return size >= 8 ? word : word & (((uint64_t)1 << 8 * size) - 1);
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

static uint64_t mixed(uint64_t word, uint64_t factor) {
    word = (word ^ (word >> 32)) * factor;
    return word ^ (word >> 29);
}

static uint64_t key_of(const Search *search, const uint8_t *chunk, int64_t size) {
    uint64_t key = mixed(bytes(chunk, size) + (uint64_t)size * search->other, search->factor);
    int64_t at = 8;
    for (; at < size && at < 64; at += 8)
        key = mixed(key ^ bytes(chunk + at, size - at), search->factor);
    if (at < size) {
        uint64_t sum = 0;
        for (; at < size; at += 8)
            sum += mixed(bytes(chunk + at, size - at) + (uint64_t)at * search->other, search->factor);
        key = mixed(key ^ sum, search->factor);
    }
    return key ? key : 1;
}

static int32_t number_of(const Search *search, uint64_t key) {
    uint64_t last = ((uint64_t)1 << search->bits) - 1;
    for (uint64_t slot = key >> (64 - search->bits);; slot = (slot + 1) & last) {
        if (search->keys[slot] == key)
            return search->numbers[slot];
        if (!search->keys[slot])
            return -1;
    }
}

/* Write start, end and key of all chunks of a text; return how many there are.
 *
 * Where a chunk is kept is far from where the next one is: all of that is on its way before it is looked at.
 */
static int64_t part(const Search *search, int64_t text, int64_t *starts, int64_t *ends, uint64_t *keys) {
    const uint8_t *data = search->data, *at = data + search->begins[text], *end = data + search->begins[text + 1] - 1;
    int64_t chunks = 0;
    while (at < end) {
        int wide = blank(at);
        if (wide) {
            at += wide;
            continue;
        }
        const uint8_t *start = at;
        at = end_of(at, end);
        uint64_t key = key_of(search, start, at - start), slot = key >> (64 - search->bits);
        __builtin_prefetch(search->keys + slot);
        __builtin_prefetch(search->numbers + slot);
        starts[chunks] = start - data;
        ends[chunks] = at - data;
        keys[chunks++] = key;
    }
    return chunks;
}

/* Mark numbers as seen, and return how many words their chunks have. */
static int64_t see(const Search *search, const int32_t *numbers, int64_t count) {
    int64_t words = 0;
    for (int64_t i = 0; i < count; i++)
        if (numbers[i] >= 0) {
            search->seen[numbers[i]] = 1;
            words += search->words[numbers[i]];
        }
    return words;
}

/* Look all chunks of all texts up; return how many are not known. */
EXPORT int64_t copydesk_find(Search *search) {
    int64_t chunks = 0, missing = 0;
    search->known_words = 0;
    for (int64_t text = 0; text < search->texts; text++) {
        int64_t *starts = search->starts + missing, *ends = search->ends + missing;
        uint64_t *keys = search->missing_keys + missing;
        int32_t *numbers = search->found + chunks;
        int64_t count = part(search, text, starts, ends, keys);
        for (int64_t i = 0; i < count; i++) {
            numbers[i] = number_of(search, keys[i]);
            if (numbers[i] >= 0) {
                __builtin_prefetch(search->words + numbers[i]);
                continue;
            }
            /* moved to the front, over what was looked at before */
            search->missing[missing] = chunks + i;
            search->starts[missing] = starts[i];
            search->ends[missing] = ends[i];
            search->missing_keys[missing++] = keys[i];
        }
        search->known_words += see(search, numbers, count);
        search->sizes[text] = count;
        chunks += count;
    }
    return missing;
}
