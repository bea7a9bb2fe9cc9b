"""Split a text into words and punctuation marks with their positions, for differences and passages."""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: In scripts without spaces each character is a word. Combining marks belong to the letter before them.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
#: Vowel signs and tone marks of Arabic and Indic scripts, which are not word characters for `re`.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0980-\u0983\u09bc-\u09cd\u0a01-\u0d57"
_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:[^\W{_UNSPACED}]|[{_MARKS}])+(?:['’](?:[^\W{_UNSPACED}]|[{_MARKS}])+)*|[^\w\s]")
_SPLIT = re.compile(f"({_TOKEN.pattern})")
#: No word or mark continues over such a character.
_BOUNDARY = re.compile(rf"[\s{_UNSPACED}]")
#: Characters that are split at once: the pieces of 1 MB of Chinese would take 90 MB.
_CHUNK = 50_000


class Token(NamedTuple):
    """A word or a mark: the form to compare, and its position in the text."""

    form: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words (whole, as written) and single marks of ``text``, in order."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def pieces(text: str, start: int, end: int) -> Iterator[list[str]]:
    """Yield ``text[start:end]`` in pieces, a list at a time: blanks or nothing, a word or mark, blanks, …, blanks.

    This takes a fifth of the time of ``tokens``.
    """
    while start < end:
        cut = _BOUNDARY.search(text, start + _CHUNK, end)
        stop = cut.start() if cut else end
        yield _SPLIT.split(text[start:stop])
        start = stop


def words(text: str) -> list[Token]:
    """Return the words without marks, case folded, so that punctuation and layout make no difference."""
    return [Token(form.casefold(), start, end) for form, start, end in tokens(text) if form[0].isalnum()]
