/* Tokenize unknown chunks: write the rows of their words and insert the chunks into the hash table.
 *
 * It handles chunks of letters of one or two bytes, digits and signs: nine out of ten new chunks. The others are left
 * to worker/features/word_table.py and tokens.py, which define the rules, and do all the work without the kernel.
 */

#include "blake2b.h"
#include "keys.h"
#include "lookup.h"

#include <string.h>

/* Character classes; a sign has none of these bits. */
enum { LETTER = 1, UPPER = 2, DIGIT = 4, END = 8, UNUSUAL = 16, WORD_CHARACTER = LETTER | DIGIT };
/* Code points of one or two bytes, then signs of three bytes: punctuation, currencies, arrows, lines. */
enum { TWO_BYTES = 0x800, SIGNS = 0x2000, SIGNS_END = 0x2600 };
/* Longer chunks are left to Python, and a chunk has at most half as many words; those over `KEPT` get no slot. */
enum { LONGEST = BLAKE_BLOCK, KEPT = 60, BUFFER = LONGEST + 8, MOST_WORDS = LONGEST / 2, BATCH = 64 };

/* The class of a character, and its case-folded form in one or two bytes. */
typedef struct {
    uint8_t kind, size, plain[2];
} Character;

/* The weight of the words of one frequency. */
typedef struct {
    float weight, zipf;
    uint8_t is_content;     /* is it rare enough for a content word? */
} WordWeight;

/* A number written as a word: the hash of the word and the stem of its digits. */
typedef struct {
    uint64_t hash;
    uint32_t stem;
} NumberWord;

typedef struct {
    const uint8_t *data;
    UnknownChunk *unknown;  /* the remaining ones are moved to the front */
    int64_t count;
    Chunk *chunks;
    Slot *slots;
    int64_t bits, filled;   /* in and out: number of slots filled */
    Word *rows;
    int64_t used, capacity; /* in and out: number of rows used; allocated rows */
    int64_t words;          /* out: total words of the tokenized chunks, repeated chunks included */
    Factors factors;
    const Character *characters;
    const WordWeight *word_weights; /* by value in the list, then at `unlisted`: unlisted word, unlisted name, number */
    int64_t unlisted;
    SortedList list;
    const NumberWord *number_words;
    int64_t number_word_count, stem_length;
} Tokenizer;

/* A word whose frequency is not looked up yet. */
typedef struct {
    uint64_t key;
    Word *row;
    uint8_t long_enough;    /* has it several characters, or one that is not ASCII? */
} PendingWord;

/* The characters of a chunk. */
typedef struct {
    const Character *characters[LONGEST];
    uint8_t signs[LONGEST]; /* its only byte, 0 if it has several */
    int count;
} Characters;

static int decode_characters(const Tokenizer *t, const uint8_t *at, int64_t size, Characters *out) {
    out->count = 0;
    for (const uint8_t *end = at + size; at < end; out->count++) {
        uint32_t code = *at, extra_bytes = code < 0x80 ? 0 : code < 0xE0 ? 1 : 2;
        if (extra_bytes == 1)
            code = (code & 0x1F) << 6 | (at[1] & 0x3F);
        else if (extra_bytes == 2) {
            code = (code & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
            if (*at != 0xE2 || code < SIGNS || code >= SIGNS_END)
                return 0;
            code += TWO_BYTES - SIGNS;
        }
        out->characters[out->count] = t->characters + code;
        out->signs[out->count] = extra_bytes ? 0 : *at;
        if (t->characters[code].kind & UNUSUAL)
            return 0;
        at += 1 + extra_bytes;
    }
    return 1;
}

static int digits_end(const Characters *c, int at) {
    while (at < c->count && c->characters[at]->kind & DIGIT)
        at++;
    return at;
}

/* Return the end of the word that begins here: a number keeps its inner points and commas. */
static int word_end(const Characters *c, int at) {
    int end = digits_end(c, at), number = 0;
    while (end > at && end + 1 < c->count && (c->signs[end] == '.' || c->signs[end] == ',') &&
           c->characters[end + 1]->kind & DIGIT) {
        end = digits_end(c, end + 1);
        number = 1;
    }
    if (number)
        return end;
    while (at < c->count && c->characters[at]->kind & WORD_CHARACTER)
        at++;
    return at;
}

/* Write a word case-folded, without points and commas; return its size in bytes. */
static int64_t fold_word(const Characters *c, int start, int end, uint8_t *plain) {
    int64_t size = 0;
    for (int at = start; at < end; at++)
        if (c->characters[at]->kind & WORD_CHARACTER) {
            plain[size] = c->characters[at]->plain[0];
            plain[size + 1] = c->characters[at]->plain[1];
            size += c->characters[at]->size;
        }
    return size;
}

/* Return the size in bytes of the first ``characters`` characters, at most the whole size. */
static int64_t prefix_size(const uint8_t *plain, int64_t size, int64_t characters) {
    for (int64_t at = 0; at < size; at++)
        if ((plain[at] & 0xC0) != 0x80 && !characters--)
            return at;
    return size;
}

/* Return the number of digits of a number with its scale (`100bn`), else 0. */
static int64_t digits_of_scaled(const uint8_t *plain, int64_t size) {
    static const char *const SCALES[] = {"k", "m", "mn", "b", "bn", "tn"};
    int64_t digits = 0;
    while (digits < size && plain[digits] >= '0' && plain[digits] <= '9')
        digits++;
    for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++)
        if (size - digits == (int64_t)strlen(SCALES[i]) && !memcmp(plain + digits, SCALES[i], (size_t)(size - digits)))
            return digits;
    return 0;
}

static void set_weight(Word *row, const WordWeight *weight) {
    row->weight = weight->weight;
    row->zipf = weight->zipf;
}

static void apply_number_word(const Tokenizer *t, Word *row) {
    for (int64_t i = 0; i < t->number_word_count; i++)
        if (t->number_words[i].hash == row->hash) {
            row->stem = t->number_words[i].stem;
            row->kind |= NUMBER;
        }
}

/* Write a word's row without its weight; return the pending look-up of its frequency. */
static PendingWord write_word(const Tokenizer *t, const Characters *c, int start, int end, Word *row) {
    uint8_t plain[BUFFER] = {0};
    int64_t size = fold_word(c, start, end, plain), stem = prefix_size(plain, size, t->stem_length);
    int number = c->characters[start]->kind & DIGIT;
    if (number && digits_of_scaled(plain, size))
        stem = digits_of_scaled(plain, size);
    *row = (Word){.hash = blake2b(plain, size), .kind = c->characters[start]->kind & UPPER ? CAPITAL : 0};
    row->stem = (uint32_t)(stem < size ? blake2b(plain, stem) : row->hash);
    if (number)
        row->kind |= NUMBER;
    else
        apply_number_word(t, row);
    return (PendingWord){key_of(&t->factors, plain, size), row, prefix_size(plain, size, 1) < size || plain[0] >= 0x80};
}

static void apply_frequencies(const Tokenizer *t, const PendingWord *pending, int count) {
    int64_t places[BATCH + MOST_WORDS];
    for (int i = 0; i < count; i++)
        places[i] = find_key(&t->list, pending[i].key);
    for (int i = 0; i < count; i++) {
        Word *row = pending[i].row;
        if (row->kind & NUMBER) {
            set_weight(row, t->word_weights + t->unlisted + 2);
            row->kind |= CONTENT;
            continue;
        }
        int64_t unlisted = t->unlisted + (row->kind & CAPITAL ? 1 : 0);
        const WordWeight *weight = t->word_weights + (places[i] >= 0 ? t->list.values[places[i]] : unlisted);
        set_weight(row, weight);
        if (pending[i].long_enough && weight->is_content)
            row->kind |= CONTENT;
    }
}

/* Write the rows of a chunk's words (the empty word if it has none); return their number, append to ``pending``. */
static int64_t write_chunk_words(const Tokenizer *t, const Characters *c, PendingWord *pending, int *count) {
    Word *rows = t->rows + t->used;
    int64_t words = 0;
    int last = 0;
    for (int at = 0; at < c->count;) {
        if (!(c->characters[at]->kind & WORD_CHARACTER)) {
            at++;
            continue;
        }
        last = word_end(c, at);
        pending[*count] = write_word(t, c, at, last, rows + words++);
        prefetch_key(&t->list, pending[(*count)++].key);
        at = last;
    }
    if (!words)
        rows[words++] = t->rows[0];
    for (; last < c->count; last++)
        rows[words - 1].kind |= c->characters[last]->kind & END ? ENDS : 0;
    return words;
}

/* Tokenize chunks as long as there are free rows; return how many remain for Python. */
EXPORT int64_t copydesk_tokenize(Tokenizer *t) {
    PendingWord pending[BATCH + MOST_WORDS];
    Characters characters;
    UnknownChunk *remaining = t->unknown;
    int count = 0;
    t->words = 0;
    for (const UnknownChunk *chunk = t->unknown, *end = chunk + t->count; chunk < end; chunk++) {
        Slot *slot = find_slot(t->slots, t->bits, chunk->key);
        if (!slot->key) {
            if (chunk->size > LONGEST || t->used + MOST_WORDS > t->capacity ||
                !decode_characters(t, t->data + chunk->start, chunk->size, &characters)) {
                *remaining++ = *chunk;
                continue;
            }
            int64_t words = write_chunk_words(t, &characters, pending, &count);
            Slot new_slot = {chunk->key, (int32_t)t->used, (uint16_t)words, 0};
            t->used += words;
            if (chunk->size <= KEPT) {
                *slot = new_slot;
                t->filled++;
            }
            t->chunks[chunk->index] = (Chunk){new_slot.first, new_slot.count};
        } else
            t->chunks[chunk->index] = (Chunk){slot->first, slot->count};
        t->words += t->chunks[chunk->index].count;
        if (count >= BATCH) {
            apply_frequencies(t, pending, count);
            count = 0;
        }
    }
    apply_frequencies(t, pending, count);
    return remaining - t->unknown;
}
