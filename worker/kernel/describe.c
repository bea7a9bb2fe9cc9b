/* Describe words: look them up in the cache, or compute what is known of them (worker/reference/words.py). */

#include "blake2b.h"
#include "words.h"

#include <string.h>

/* A word that fits a slot of the cache is at most this long, case-folded. */
enum { FOLDED = 6 * CACHED, UNDESCRIBED = 0xFF };
_Static_assert(sizeof(Slot) == 64, "a slot is one cache line");

/* Write a word case-folded, without points and commas; return its size in bytes. */
static int64_t fold(Language *l, const Span *word, uint8_t *plain) {
    int64_t size = 0;
    for (const uint8_t *at = word->begin; at < word->end;) {
        const Character *c = next_character(l, &at);
        if (c->kind & IN_WORD) {
            memcpy(plain + size, c->plain, sizeof c->plain);
            size += c->size;
        }
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

static const WordWeight *weight_of(const Language *l, const Word *row) {
    if (row->kind & NUMBER)
        return l->weights + l->unlisted + 2;
    int64_t rarity = find_rarity(&l->list, row->hash);
    return l->weights + (rarity >= 0 ? rarity : l->unlisted + (row->kind & CAPITAL ? 1 : 0));
}

/* Describe a short word of usual characters. */
static Word describe(Language *l, const Span *word) {
    uint8_t plain[FOLDED + 8];
    int64_t size = fold(l, word, plain), stem = prefix_size(plain, size, l->stem_length);
    Word row = {.hash = hash_word(plain, size), .kind = word->first & UPPER ? CAPITAL : 0};
    if (word->first & DIGIT) {
        int64_t digits = digits_of_scaled(plain, size);
        stem = digits ? digits : stem;
        row.kind |= NUMBER;
    }
    row.stem = (uint32_t)(stem < size ? hash_word(plain, stem) : row.hash);
    for (int64_t i = 0; i < l->number_word_count; i++)
        if (l->number_words[i].hash == row.hash) {
            row.stem = l->number_words[i].stem;
            row.kind |= NUMBER;
        }
    const WordWeight *weight = weight_of(l, &row);
    row.weight = weight->weight;
    row.zipf = weight->zipf;
    /* a single ASCII letter is no content word, whatever its frequency */
    int is_long = size > 1 || plain[0] >= 0x80;
    row.kind |= row.kind & NUMBER || (weight->is_content && is_long) ? CONTENT : 0;
    return row;
}

/* Describe a word that is not in the cache; return a status. */
static int describe_new(Language *l, const Span *word, Word *row) {
    int64_t size = word->end - word->begin;
    if (size <= CACHED && !(word->kinds & UNUSUAL)) {
        *row = describe(l, word);
        return DONE;
    }
    *row = (Word){.kind = UNDESCRIBED};
    l->describe(word->begin, size, row);
    return row->kind == UNDESCRIBED ? NO_DESCRIPTION : DONE;
}

static Slot *slot_of(const Language *l, const uint64_t *written) {
    uint64_t key = 0;
    for (int i = 0; i < PARTS; i++)
        key = (key ^ written[i] ^ key >> 29) * 0x9E3779B97F4A7C15;
    return l->cache + (key >> (64 - l->bits));
}

void prepare(const Language *l, PendingWord *pending) {
    size_t size = (size_t)(pending->span.end - pending->span.begin);
    pending->slot = NULL;
    if (size > CACHED || !l->number)
        return;
    memset(pending->written, 0, sizeof pending->written);
    memcpy(pending->written, pending->span.begin, size);
    pending->written[PARTS - 1] |= (uint64_t)l->number << 56;
    pending->slot = slot_of(l, pending->written);
    __builtin_prefetch(pending->slot);
}

int look_up(Language *l, const PendingWord *pending, Word *row) {
    Slot *slot = pending->slot;
    uint8_t ends = row->kind;
    int status = DONE;
    if (slot && !memcmp(slot->written, pending->written, sizeof slot->written))
        *row = slot->word;
    else if ((status = describe_new(l, &pending->span, row)) == DONE && slot) {
        memcpy(slot->written, pending->written, sizeof slot->written);
        slot->word = *row;
    }
    row->kind |= ends;
    return status;
}
