/* Chunks that are not known go in; their words' rows, and slots that say where these are, come out.
 *
 * Of chunks that hold letters of one byte or two, digits, and signs: nine of ten that are new. The rest is left to
 * worker/features/columns.py and tokens.py, which say what is done here, and do it where there is no kernel.
 */

#include "blake.h"
#include "keys.h"
#include "listed.h"

#include <string.h>

/* What a character is; a sign is none of these. */
enum { LETTER = 1, UPPER = 2, DIGIT = 4, END = 8, UNUSUAL = 16, OF_WORD = LETTER | DIGIT };
/* Characters of one byte or two, and behind them signs of three: punctuation, currencies, arrows, lines. */
enum { TWO_BYTES = 0x800, SIGNS = 0x2000, SIGNS_END = 0x2600 };
/* Longer chunks are left, none has more words than half of this; those longer than `KEPT` get no slot. */
enum { LONGEST = BLAKE_BLOCK, KEPT = 60, ROOM = LONGEST + 8, MOST_WORDS = LONGEST / 2, TOGETHER = 64 };

/* A character: what it is, and what it is without case: one byte or two. */
typedef struct {
    uint8_t kind, size, plain[2];
} Letter;

/* What a word weighs that is so frequent. */
typedef struct {
    float weight, zipf;
    uint8_t subject;    /* is it rare enough to tell of a subject? */
} Level;

/* A number that is written as a word: the word's hash, and the stem of its digits. */
typedef struct {
    uint64_t hash;
    uint32_t stem;
} Spelt;

typedef struct {
    const uint8_t *data;
    Missing *missing;       /* those that are left are moved to the front */
    int64_t count;
    Chunk *chunks;
    Slot *slots;
    int64_t bits, filled;   /* in and out: how many were filled */
    Word *rows;
    int64_t used, room;     /* in and out: how many rows are used; there is room for so many */
    int64_t words;          /* out: words of all chunks, each time that it comes */
    Factors factors;
    const Letter *letters;
    const Level *levels;    /* by what stands in the list, behind these `unlisted`, an unlisted name, a number */
    int64_t unlisted;
    List list;
    const Spelt *spelt;
    int64_t spelt_count, stem;
} Learn;

/* A word that is asked of the list. */
typedef struct {
    uint64_t key;
    Word *row;
    uint8_t letters;        /* has it more than one, or one that is not ASCII? */
} Asked;

/* A chunk's characters, by where each begins. */
typedef struct {
    const Letter *letters[LONGEST];
    uint8_t signs[LONGEST]; /* its only byte, 0 where it has more */
    int count;
} Characters;

static int parted(const Learn *learn, const uint8_t *at, int64_t size, Characters *out) {
    out->count = 0;
    for (const uint8_t *end = at + size; at < end; out->count++) {
        uint32_t code = *at, more = code < 0x80 ? 0 : code < 0xE0 ? 1 : 2;
        if (more == 1)
            code = (code & 0x1F) << 6 | (at[1] & 0x3F);
        else if (more == 2) {
            code = (code & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
            if (*at != 0xE2 || code < SIGNS || code >= SIGNS_END)
                return 0;
            code += TWO_BYTES - SIGNS;
        }
        out->letters[out->count] = learn->letters + code;
        out->signs[out->count] = more ? 0 : *at;
        if (learn->letters[code].kind & UNUSUAL)
            return 0;
        at += 1 + more;
    }
    return 1;
}

static int digits_end(const Characters *c, int at) {
    while (at < c->count && c->letters[at]->kind & DIGIT)
        at++;
    return at;
}

/* Return where the word ends that begins here: a number keeps its inner points and commas. */
static int word_end(const Characters *c, int at) {
    int end = digits_end(c, at), number = 0;
    while (end > at && end + 1 < c->count && (c->signs[end] == '.' || c->signs[end] == ',') &&
           c->letters[end + 1]->kind & DIGIT) {
        end = digits_end(c, end + 1);
        number = 1;
    }
    if (number)
        return end;
    while (at < c->count && c->letters[at]->kind & OF_WORD)
        at++;
    return at;
}

/* Write a word without case, points and commas; return how many bytes it has then. */
static int64_t folded(const Characters *c, int start, int end, uint8_t *plain) {
    int64_t size = 0;
    for (int at = start; at < end; at++)
        if (c->letters[at]->kind & OF_WORD) {
            plain[size] = c->letters[at]->plain[0];
            plain[size + 1] = c->letters[at]->plain[1];
            size += c->letters[at]->size;
        }
    return size;
}

/* Return how many bytes the first characters have, no more than all. */
static int64_t first_of(const uint8_t *plain, int64_t size, int64_t characters) {
    for (int64_t at = 0; at < size; at++)
        if ((plain[at] & 0xC0) != 0x80 && !characters--)
            return at;
    return size;
}

/* Return how many bytes of `100bn` are digits if it is a number with its scale, else 0. */
static int64_t scaled(const uint8_t *plain, int64_t size) {
    static const char *const SCALES[] = {"k", "m", "mn", "b", "bn", "tn"};
    int64_t digits = 0;
    while (digits < size && plain[digits] >= '0' && plain[digits] <= '9')
        digits++;
    for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++)
        if (size - digits == (int64_t)strlen(SCALES[i]) && !memcmp(plain + digits, SCALES[i], (size_t)(size - digits)))
            return digits;
    return 0;
}

static void weigh(Word *row, const Level *level) {
    row->weight = level->weight;
    row->zipf = level->zipf;
}

static void spell(const Learn *learn, Word *row) {
    for (int64_t i = 0; i < learn->spelt_count; i++)
        if (learn->spelt[i].hash == row->hash) {
            row->stem = learn->spelt[i].stem;
            row->kind |= NUMBER;
        }
}

/* Write a word's row; return what the list is to be asked. */
static Asked word(const Learn *learn, const Characters *c, int start, int end, Word *row) {
    uint8_t plain[ROOM] = {0};
    int64_t size = folded(c, start, end, plain), stem = first_of(plain, size, learn->stem);
    int number = c->letters[start]->kind & DIGIT;
    if (number && scaled(plain, size))
        stem = scaled(plain, size);
    *row = (Word){.hash = blake(plain, size), .kind = c->letters[start]->kind & UPPER ? CAPITAL : 0};
    row->stem = (uint32_t)(stem < size ? blake(plain, stem) : row->hash);
    if (number)
        row->kind |= NUMBER;
    else
        spell(learn, row);
    return (Asked){key_of(&learn->factors, plain, size), row, first_of(plain, size, 1) < size || plain[0] >= 0x80};
}

static void answer(const Learn *learn, const Asked *asked, int count) {
    int64_t places[TOGETHER + MOST_WORDS];
    for (int i = 0; i < count; i++)
        places[i] = place_of(&learn->list, asked[i].key);
    for (int i = 0; i < count; i++) {
        Word *row = asked[i].row;
        if (row->kind & NUMBER) {
            weigh(row, learn->levels + learn->unlisted + 2);
            row->kind |= CONTENT;
            continue;
        }
        int64_t unlisted = learn->unlisted + (row->kind & CAPITAL ? 1 : 0);
        const Level *level = learn->levels + (places[i] >= 0 ? learn->list.values[places[i]] : unlisted);
        weigh(row, level);
        if (asked[i].letters && level->subject)
            row->kind |= CONTENT;
    }
}

/* Write the rows of a chunk's words, the empty word's where it has none; return how many, and what is to be asked. */
static int64_t words(const Learn *learn, const Characters *c, Asked *asked, int *count) {
    Word *rows = learn->rows + learn->used;
    int64_t found = 0;
    int last = 0;
    for (int at = 0; at < c->count;) {
        if (!(c->letters[at]->kind & OF_WORD)) {
            at++;
            continue;
        }
        last = word_end(c, at);
        asked[*count] = word(learn, c, at, last, rows + found++);
        will_ask(&learn->list, asked[(*count)++].key);
        at = last;
    }
    if (!found)
        rows[found++] = learn->rows[0];
    for (; last < c->count; last++)
        rows[found - 1].kind |= c->letters[last]->kind & END ? ENDS : 0;
    return found;
}

/* Look at chunks, no more of them than there is room for; return how many are left to others. */
EXPORT int64_t copydesk_learn(Learn *learn) {
    Asked asked[TOGETHER + MOST_WORDS];
    Characters characters;
    Missing *left = learn->missing;
    int count = 0;
    learn->words = 0;
    for (const Missing *one = learn->missing, *end = one + learn->count; one < end; one++) {
        Slot *slot = slot_of(learn->slots, learn->bits, one->key);
        if (!slot->key) {
            if (one->size > LONGEST || learn->used + MOST_WORDS > learn->room ||
                !parted(learn, learn->data + one->start, one->size, &characters)) {
                *left++ = *one;
                continue;
            }
            int64_t found = words(learn, &characters, asked, &count);
            Slot learned = {one->key, (int32_t)learn->used, (uint16_t)found, 0};
            learn->used += found;
            if (one->size <= KEPT) {
                *slot = learned;
                learn->filled++;
            }
            learn->chunks[one->which] = (Chunk){learned.first, learned.count};
        } else
            learn->chunks[one->which] = (Chunk){slot->first, slot->count};
        learn->words += learn->chunks[one->which].count;
        if (count >= TOGETHER) {
            answer(learn, asked, count);
            count = 0;
        }
    }
    answer(learn, asked, count);
    return left - learn->missing;
}
