"""Write the words of an article as Postgres's ``tsvector``, with marks by which a search is narrowed.

The marks are lexemes that no text contains, because words have letters and digits only:

- ``@english_stem`` is the dictionary of the stems: a query has other stems for each language, and an article matches by
  those of its language only. Else `news` would find each English *new*, by its German stem.
- ``#31`` is the block of ids: GIN returns all articles with a frequent word, however many. With the newest blocks in
  the query it skips the others.
"""

from functools import cache
from itertools import accumulate, chain, islice, repeat

from worker.search.query import Stem, quoted
from worker.search.words import words

#: Articles in a block, as a power of two: a word that is in all articles costs 4 ms a block.
BLOCK_BITS = 12
#: Characters of a text that are indexed. Phrases are found in its first 16,383 words: Postgres counts no further,
#: and that is about the number of words in 100,000 characters.
INDEXED_CHARACTERS = 100_000
#: Bytes of the lexemes and positions: a ``tsvector`` takes 1,048,575.
_MOST_BYTES = 1_000_000
_MOST_BYTES_PER_CHARACTER = 4
_LAST_POSITION = 16_383


def block(article_id: int) -> str:
    """Return the mark of the block of an article."""
    return f"#{article_id >> BLOCK_BITS}"


def dictionary_mark(dictionary: str) -> str:
    """Return the mark of a dictionary of stems."""
    return f"@{dictionary}"


def vector(title: list[str], text: list[str], stem: Stem, marks: list[str]) -> str:
    """Return the text of a ``tsvector``; words of the title have the weight A. What exceeds its limit is left out."""
    lexemes: dict[str, str] = {}
    after_title = len(title) + 1 if title else 0  # no phrase continues from the title into the text
    for words_in_order, before, weight in ((title, 0, "A"), (text, after_title, "")):
        for word, positions in _positions(words_in_order, before, weight).items():
            for lexeme in stem(word):
                lexemes[lexeme] = f"{lexemes[lexeme]},{positions}" if lexeme in lexemes else positions
    parts = [*map(quoted, marks), *[f"{quoted(lexeme)}:{positions}" for lexeme, positions in lexemes.items()]]
    return " ".join(parts if sum(map(len, parts)) < _MOST_BYTES // _MOST_BYTES_PER_CHARACTER else _cut(parts))


def _positions(words_in_order: list[str], before: int, weight: str) -> dict[str, str]:
    """Return the positions of each word; the empty word, which has a position only, is left out."""
    places = chain(islice(_places(weight), before, None), repeat(f"{_LAST_POSITION}{weight}"))
    positions: dict[str, str] = {}
    for word, place in zip(words_in_order, places, strict=False):
        positions[word] = f"{positions[word]},{place}" if word in positions else place
    positions.pop("", None)
    return positions


@cache
def _places(weight: str) -> list[str]:
    return [f"{position}{weight}" for position in range(1, _LAST_POSITION)]


def _cut(parts: list[str]) -> list[str]:
    """Return the first lexemes that a ``tsvector`` takes: one needs no more bytes than its text with a blank."""
    sizes = accumulate(len(part.encode()) + 1 for part in parts)
    return [part for part, size in zip(parts, sizes, strict=True) if size < _MOST_BYTES]


def article_words(title: str | None, text: str) -> tuple[list[str], list[str]]:
    """Return the words of headline and text that are indexed."""
    return words(title or ""), words(text[:INDEXED_CHARACTERS])
