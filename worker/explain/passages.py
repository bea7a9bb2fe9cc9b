"""Two texts go in, the longest runs of words that stand in both come out, side by side as each text writes them."""

from collections import defaultdict
from dataclasses import dataclass

from worker.explain.words import Token, words

#: Shorter runs are phrases that any two texts of a language share.
FEWEST_WORDS = 5
#: Places of one start that are tried: a text that repeats itself for ever must not cost for ever.
_MOST_PLACES = 8
_SEED = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of ``words`` words that stands in both texts, as each of them writes it."""

    words: int
    first: str
    second: str


def passages(first: str, second: str, most: int = 5) -> list[Passage]:
    """Return the ``most`` longest shared runs of ``FEWEST_WORDS`` words or more, longest first, none within another."""
    a, b = words(first), words(second)
    found = sorted(_shared(a, b), key=lambda run: (-run[2], run[0]))[:most]
    return [
        Passage(size, first[a[i].start : a[i + size - 1].end], second[b[j].start : b[j + size - 1].end])
        for i, j, size in found
    ]


def _shared(a: list[Token], b: list[Token]) -> list[tuple[int, int, int]]:
    """Return (place in a, place in b, words) of runs, from left to right in ``a``, each as long as it can be."""
    a_forms, b_forms = [t.form for t in a], [t.form for t in b]
    starts: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in range(len(b) - _SEED + 1):
        places = starts[tuple(b_forms[j : j + _SEED])]
        if len(places) < _MOST_PLACES:
            places.append(j)
    runs = []
    i = 0
    while i <= len(a) - _SEED:
        places = starts.get(tuple(a_forms[i : i + _SEED]), [])
        size, j = max(((_length(a_forms, b_forms, i, j), j) for j in places), default=(1, 0))
        if size >= FEWEST_WORDS:
            runs.append((i, j, size))
            i += size
        else:
            i += 1
    return runs


def _length(a: list[str], b: list[str], i: int, j: int) -> int:
    size = 0
    while i + size < len(a) and j + size < len(b) and a[i + size] == b[j + size]:
        size += 1
    return size
