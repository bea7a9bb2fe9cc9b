"""A text goes in, its words and marks come out with their places: what differences and passages are made of."""

import re
from typing import NamedTuple

#: Where nothing is spaced, a character is compared as a word. Combining marks belong to the letter before them.
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
#: Vowel signs and tone marks of Arabic and Indic scripts, which `re` does not count as parts of a word.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0980-\u0983\u09bc-\u09cd\u0a01-\u0d57"
_TOKEN = re.compile(rf"[{_ALONE}]|(?:[^\W{_ALONE}]|[{_MARKS}])+(?:['’](?:[^\W{_ALONE}]|[{_MARKS}])+)*|[^\w\s]")


class Token(NamedTuple):
    """A word or a mark: what is compared, and where it stands in the text."""

    form: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words (whole, as written) and single marks of ``text``, in order."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def words(text: str) -> list[Token]:
    """Return the words alone, case folded: marks and layout do not part what is otherwise the same."""
    return [Token(form.casefold(), start, end) for form, start, end in tokens(text) if form[0].isalnum()]
