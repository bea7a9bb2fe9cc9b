"""The keys by which translations of a text are found: names, numbers, and numbers that follow each other."""

import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.translation.anchors import NAME, NUMBER, WORD, Anchor

#: A name with fewer consonants has the skeleton of many others.
_NAME_CONSONANTS: Final = 4
#: Two digits are in every text; a number of three digits or with a decimal is in few.
_DIGITS: Final = 3


def keys(anchors: Sequence[Anchor]) -> NDArray[np.int64]:
    """Return the distinct keys of a text, 30 bits each, sorted."""
    return np.unique(np.fromiter(map(_hash, set(_keys(anchors))), dtype=np.int64))


def _keys(anchors: Sequence[Anchor]) -> Iterable[str]:
    for anchor in anchors:
        bones = anchor.value[1:].removeprefix("a")
        if anchor.kind in NAME + WORD and len(bones) >= _NAME_CONSONANTS:
            # longer names end in what a language adds to them, and their beginning is as rare
            yield bones[: _NAME_CONSONANTS + 1]
    numbers = [anchor.value for anchor in anchors if anchor.kind == NUMBER]
    for number in numbers:
        if is_rare(number):
            yield number
    for a, b in pairwise(numbers):
        yield f"{a} {b}"
    for a, b in zip(numbers, numbers[2:], strict=False):
        yield f"{a} {b}"


def is_rare(number: str) -> bool:
    """Return whether a number, as an anchor, is long enough that two texts rarely share it by chance."""
    return "." in number or len(number[1:].rstrip("0")) >= _DIGITS


def _hash(key: str) -> int:
    return zlib.crc32(key.encode()) >> 2
