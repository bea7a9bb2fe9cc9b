"""Find the longest runs of words that two texts share."""

from collections import defaultdict
from dataclasses import dataclass

from worker.explain.words import Token, words

#: Shorter runs are phrases that any two texts in a language share.
FEWEST_WORDS = 5
#: Maximum number of positions tried per start, so that a text of endless repetitions has a bounded cost.
_MAX_POSITIONS = 8
_SEED = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of ``words`` words in both texts, as each of them writes it."""

    words: int
    first: str
    second: str


def passages(first: str, second: str, most: int = 5) -> list[Passage]:
    """Return the ``most`` longest shared runs of at least ``FEWEST_WORDS`` words, longest first, without overlap."""
    a, b = words(first), words(second)
    longest: list[Passage] = []
    taken: set[int] = set()
    for i, j, size in sorted(_shared(a, b), key=lambda run: (-run[2], run[0])):
        if len(longest) == most:
            break
        if taken.isdisjoint((j, j + size - 1)):
            taken.update(range(j, j + size))
            in_first = first[a[i].start : a[i + size - 1].end]
            longest.append(Passage(size, in_first, second[b[j].start : b[j + size - 1].end]))
    return longest


def _shared(a: list[Token], b: list[Token]) -> list[tuple[int, int, int]]:
    """Return (position in a, position in b, words) of maximal runs, from left to right in ``a``."""
    a_forms, b_forms = [t.form for t in a], [t.form for t in b]
    starts: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in range(len(b) - _SEED + 1):
        positions = starts[tuple(b_forms[j : j + _SEED])]
        if len(positions) < _MAX_POSITIONS:
            positions.append(j)
    runs = []
    i = 0
    while i <= len(a) - _SEED:
        positions = starts.get(tuple(a_forms[i : i + _SEED]), [])
        size, j = max(((_length(a_forms, b_forms, i, j), j) for j in positions), default=(1, 0))
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
