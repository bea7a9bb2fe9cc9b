"""The table of characters by which the compiled kernel tokenizes: the class and case-folded form of each.

It has the characters of one or two bytes in UTF-8, and signs of three (U+2000 to U+25FF). Python handles the others.
"""

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.tokens import ends_sentence, is_word_character
from worker.kernel.tokenizer import CHARACTER, DIGIT, END, LETTER, UNUSUAL, UPPER

#: In the order that the kernel expects.
_CHARACTERS: Final = [chr(code) for code in (*range(0x800), *range(0x2000, 0x2600))]


@cache
def character_table() -> NDArray[np.void]:
    """Return one row for each character."""
    table = np.zeros(len(_CHARACTERS), dtype=CHARACTER)
    for row, char in enumerate(_CHARACTERS):
        kind, plain = _classify(char), char.casefold().encode()
        if kind & (LETTER | DIGIT) and not kind & UNUSUAL:
            table["sizes"][row], table["plain"][row, : len(plain)] = len(plain), list(plain)
        table["kinds"][row] = kind
    return table


def _classify(char: str) -> int:
    if not is_word_character(char):
        return END if ends_sentence(char) else 0
    if char.isascii() and char.isdigit():
        return DIGIT
    return LETTER | (UPPER if char.isupper() else 0) | (0 if _is_usual(char) else UNUSUAL)


def _is_usual(char: str) -> bool:
    """Return whether a letter is unchanged next to any other, and case-folds to at most its own size and two bytes."""
    is_plain = char.isalpha() and not unicodedata.combining(char) and unicodedata.normalize("NFKC", char) == char
    return is_plain and len(char.casefold().encode()) <= min(len(char.encode()), 2)
