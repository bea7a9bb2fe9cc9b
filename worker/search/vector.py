"""Write the words of an article as Postgres's ``tsvector``, with marks by which a search is narrowed.

The marks are lexemes that no text contains, because words have letters and digits only:

- ``@english_stem`` is the dictionary of the stems: a query has other stems for each language, and an article matches by
  those of its own language only. Else `news` would find each English *new*, by its German stem.
- ``#31`` is the block of ids: GIN returns all articles with a frequent word, however many. With the newest blocks in
  the query it skips the others.
"""

from worker.search.query import Stem, quoted
from worker.search.words import words

#: Articles in a block, as a power of two: a word that is in all articles costs 15 ms a block.
BLOCK_BITS = 14
#: Characters of a text that are indexed. Phrases are found in its first 16,383 words: Postgres counts no further, and
#: that is about the number of words in so many characters.
INDEXED_CHARACTERS = 100_000
#: Bytes of the lexemes and positions: a ``tsvector`` takes 1,048,575.
_MOST_BYTES = 1_000_000
_LAST_POSITION = 16_383
_MOST_POSITIONS = 255
#: Bytes that a lexeme needs besides its letters: the number of its positions, and one byte to align them.
_LEXEME_BYTES, _POSITION_BYTES = 3, 2


def block(article_id: int) -> str:
    """Return the mark of the block of an article."""
    return f"#{article_id >> BLOCK_BITS}"


def dictionary_mark(dictionary: str) -> str:
    """Return the mark of a dictionary of stems."""
    return f"@{dictionary}"


def vector(title: list[str], text: list[str], stem: Stem, marks: list[str]) -> str:
    """Return the text of a ``tsvector``; words of the title have the weight A. What exceeds its limit is left out."""
    positions: dict[str, list[str]] = {}
    size = 0
    gap = 1 if title else 0  # no phrase continues from the title into the text
    for weight, first, found in (("A", 1, title), ("", len(title) + 1 + gap, text)):
        for position, word in enumerate(found, first):
            lexeme = stem(word) if word else None
            if lexeme is None:
                continue
            known = positions.get(lexeme)
            if known is None:
                size += len(lexeme.encode()) + _LEXEME_BYTES
                if size > _MOST_BYTES:
                    break
                known = positions[lexeme] = []
            if len(known) < _MOST_POSITIONS:
                size += _POSITION_BYTES
                known.append(f"{min(position, _LAST_POSITION)}{weight}")
    lexemes = [f"{quoted(lexeme)}:{','.join(known)}" for lexeme, known in positions.items()]
    return " ".join([*map(quoted, marks), *lexemes])


def article_words(title: str | None, text: str) -> tuple[list[str], list[str]]:
    """Return the words of headline and text that are indexed."""
    return words(title or ""), words(text[:INDEXED_CHARACTERS])
