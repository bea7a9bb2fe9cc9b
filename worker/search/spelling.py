"""Decide which known words a misspelt word may mean."""

import re
from collections.abc import Iterable

from worker.search.words import plain

#: Shorter words have too many neighbours; longer ones are no words.
SHORTEST, LONGEST = 4, 40
#: From this length on, two letters may differ.
_TWO_ERRORS = 8
#: Similar words that are looked for in place of a word.
MOST_SIMILAR = 3
_LETTERS = 26
_DIGIT = re.compile(r"\d")


def is_known_kind(word: str) -> bool:
    """Return whether a word can be corrected: no number, and no pair of characters of a script without blanks."""
    return SHORTEST <= len(word) <= LONGEST and not _DIGIT.search(word)


def shape(word: str) -> str:
    """Return a word in ASCII, a letter for each letter: `pg_trgm` ignores all others in a database of the locale C."""
    letters = plain(word)
    if letters.isascii():
        return letters
    return "".join(c if c.isascii() else chr(ord("a") + ord(c) % _LETTERS) for c in letters)


def similar(word: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return the candidates that differ by the fewest typing errors; the order of equals is kept."""
    most = 2 if len(word) >= _TWO_ERRORS else 1
    typed = plain(word)
    errors = [
        (distance, candidate) for candidate in candidates if (distance := _errors(typed, plain(candidate))) <= most
    ]
    fewest = min((distance for distance, _ in errors), default=0)
    return tuple(candidate for distance, candidate in errors if distance == fewest)[:MOST_SIMILAR]


def _errors(a: str, b: str) -> int:
    """Return how many letters were left out, added, replaced or exchanged with the next (Damerau-Levenshtein)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
