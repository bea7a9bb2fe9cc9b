/* What is checked at load: the sources of this library, and the layout of the structures that Python reads. */

#include "language.h"

#define TEXT(name) #name
#define TEXT_OF(name) TEXT(name)

#ifdef __GLIBC__
#define LIBC " glibc"
#else
#define LIBC " other"
#endif

/* Return the digest of the sources, and the C library that it was built for: musl would load one for glibc. */
EXPORT const char *copydesk_sources(void) {
    return TEXT_OF(SOURCES) LIBC;
}

/* The size of a structure, or the offset and size of a member. */
typedef struct {
    const char *name;
    int64_t offset, size;
} Layout;

#define WHOLE(type) {#type, 0, sizeof(type)}
#define MEMBER(type, name) {#type "." #name, offsetof(type, name), sizeof ((type *)0)->name}

/* Return the layout of every structure that Python fills or reads; a row without a name is the last. */
EXPORT const Layout *copydesk_layout(void) {
    static const Layout LAYOUT[] = {
        WHOLE(Word), MEMBER(Word, hash), MEMBER(Word, stem), MEMBER(Word, weight), MEMBER(Word, zipf),
        MEMBER(Word, kind),
        WHOLE(Character), MEMBER(Character, kind), MEMBER(Character, size), MEMBER(Character, plain),
        WHOLE(WordWeight), MEMBER(WordWeight, weight), MEMBER(WordWeight, zipf), MEMBER(WordWeight, is_content),
        WHOLE(NumberWord), MEMBER(NumberWord, hash), MEMBER(NumberWord, stem),
        WHOLE(WordList), MEMBER(WordList, hashes), MEMBER(WordList, rarities), MEMBER(WordList, size),
        WHOLE(Slot), MEMBER(Slot, written), MEMBER(Slot, word),
        WHOLE(Language), MEMBER(Language, pages), MEMBER(Language, list), MEMBER(Language, weights),
        MEMBER(Language, unlisted), MEMBER(Language, number_words), MEMBER(Language, number_word_count),
        MEMBER(Language, stem_length), MEMBER(Language, describe), MEMBER(Language, cache), MEMBER(Language, bits), MEMBER(Language, number),
        MEMBER(Language, missing_page),
        WHOLE(Article), MEMBER(Article, counts), MEMBER(Article, sums), MEMBER(Article, digest),
        MEMBER(Article, passage_weights), MEMBER(Article, words), MEMBER(Article, weights), MEMBER(Article, zipfs),
        MEMBER(Article, places), MEMBER(Article, classes), MEMBER(Article, grams), MEMBER(Article, gram_places),
        MEMBER(Article, content_tokens), MEMBER(Article, content_token_weights), MEMBER(Article, word_index),
        MEMBER(Article, passages), MEMBER(Article, salient), MEMBER(Article, facts),
        MEMBER(Article, title),
        {NULL, 0, 0},
    };
    return LAYOUT;
}
