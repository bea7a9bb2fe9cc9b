"""Count the joins of articles that their texts do not show: an estimate of false joins where there are no labels.

In each story, articles that share at least a given share of the 3-word phrases of the shorter one form a group,
directly or through other articles of the story. Each group after the first is a join beyond the text. So reprints,
abridgements and refiled dispatches do not count. Rewrites in other words do count, although they are copies.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.evaluate.clustering_scores import grouped

#: Shares of the phrases at which joins are counted: rewrites share over .1, edited versions mostly over .5.
SHARES = (0.1, 0.15, 0.2, 0.3, 0.5, 0.7)
_WORD = re.compile(r"\w+")

Phrases = set[tuple[str, ...]]


class TextLink(NamedTuple):
    """Two articles of one story, and the share of phrases that connects them, at most the largest of `SHARES`."""

    a: str
    b: str
    share: float


def phrases(text: str) -> Phrases:
    """Return the 3-word phrases of a text; a shorter text is one phrase."""
    words = _WORD.findall(text.lower())
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)} or {tuple(words)}


def shared(a: Phrases, b: Phrases) -> float:
    """Return the share of the phrases of the shorter text that the other one has too, 0 to 1."""
    return len(a & b) / min(len(a), len(b))


def text_links(story_of: Mapping[str, int], texts: Mapping[str, str]) -> list[TextLink]:
    """Return the strongest links that connect the articles of each story: one fewer than it has articles."""
    several = (members for members in grouped(story_of).values() if len(members) > 1)
    return [link for members in several for link in _spanning_tree(members, [phrases(texts[m]) for m in members])]


def per_thousand(links: Iterable[TextLink], articles: int) -> dict[str, float]:
    """Return the number of joins beyond the text per 1,000 articles, by each of `SHARES`."""
    shares = np.array([link.share for link in links])
    return {str(least): 1000 * int((shares < least).sum()) / max(articles, 1) for least in SHARES}


def _spanning_tree(members: Sequence[str], grams: Sequence[Phrases]) -> Iterator[TextLink]:
    """Yield a maximum spanning tree of the members (Prim): groups at any share are its parts without weaker links.

    Links of at least the largest of `SHARES` are as good as each other, so a member with such a link is not compared
    again. A story of near copies is so compared once, not pair by pair.
    """
    rows, sizes = _numbered(grams)
    best = np.full(len(members), -1.0)
    source = np.zeros(len(members), np.int64)
    waiting = np.ones(len(members), bool)
    index = _PhraseIndex(rows, np.arange(len(members)))
    at = 0
    for _ in range(len(members) - 1):
        waiting[at] = False
        best[at] = -1.0
        compared = np.flatnonzero(waiting & (best < SHARES[-1]))
        if 2 * len(compared) < index.size:
            index = _PhraseIndex(rows, compared)
        share = index.count_shared(at)[compared] / np.minimum(sizes[at], sizes[compared])
        nearer = share > best[compared]
        best[compared[nearer]] = np.minimum(share[nearer], SHARES[-1])
        source[compared[nearer]] = at
        following = int(best.argmax())
        yield TextLink(members[source[following]], members[following], float(best[following]))
        at = following


def _numbered(grams: Sequence[Phrases]) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Return the phrases of each member as numbers, and how many each member has."""
    numbers: dict[tuple[str, ...], int] = {}
    rows = [np.array([numbers.setdefault(gram, len(numbers)) for gram in row], np.int64) for row in grams]
    return rows, np.array([len(row) for row in grams])


class _PhraseIndex:
    """Finds which of some members have a phrase: the members by phrase, as one array with the start of each phrase."""

    def __init__(self, rows: Sequence[NDArray[np.int64]], indexed: NDArray[np.int64]) -> None:
        self.size = len(indexed)
        self._rows = rows
        vocabulary = 1 + max(int(row.max()) for row in rows)
        columns = np.concatenate([rows[m] for m in indexed]) if self.size else np.zeros(0, np.int64)
        owners = np.repeat(indexed, [len(rows[m]) for m in indexed])
        self._owners = owners[np.argsort(columns, kind="stable")]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=vocabulary))))

    def count_shared(self, member: int) -> NDArray[np.int64]:
        """Return how many phrases each indexed member shares with ``member``, by member; 0 for all others."""
        row = self._rows[member]
        owners = [
            self._owners[i:j] for i, j in zip(self._starts[row].tolist(), self._starts[row + 1].tolist(), strict=True)
        ]
        return np.bincount(np.concatenate(owners), minlength=len(self._rows))
