"""Characters in; what each is in a word, and what it is without case, out: what the compiled kernel learns words by.

Those of one byte or two in UTF-8, and signs of three (U+2000 to U+25FF): other characters are looked at by Python.
"""

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.tokens import ends_sentence, is_of_word
from worker.kernel.learn import DIGIT, END, LETTER, LETTER_ROW, UNUSUAL, UPPER

#: The order is the kernel's.
_CHARACTERS: Final = [chr(code) for code in (*range(0x800), *range(0x2000, 0x2600))]


@cache
def letters() -> NDArray[np.void]:
    """Return a row a character."""
    found = np.zeros(len(_CHARACTERS), dtype=LETTER_ROW)
    for row, char in enumerate(_CHARACTERS):
        kind, plain = _kind(char), char.casefold().encode()
        if kind & (LETTER | DIGIT) and not kind & UNUSUAL:
            found["sizes"][row], found["plain"][row, : len(plain)] = len(plain), list(plain)
        found["kinds"][row] = kind
    return found


def _kind(char: str) -> int:
    if not is_of_word(char):
        return END if ends_sentence(char) else 0
    if char.isascii() and char.isdigit():
        return DIGIT
    return LETTER | (UPPER if char.isupper() else 0) | (0 if _usual(char) else UNUSUAL)


def _usual(char: str) -> bool:
    """Tell whether a letter stays itself beside any other, and grows by nothing without case."""
    alone = char.isalpha() and not unicodedata.combining(char) and unicodedata.normalize("NFKC", char) == char
    return alone and len(char.casefold().encode()) <= min(len(char.encode()), 2)
