"""An index in memory from keys to the texts of the last days; it returns those of another language that share keys.

A text is a slot of the index, in the order of arrival. Postings are sorted 64-bit integers, key above slot: so 100,000
texts take 40 MB, and a batch is looked up with one binary search.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Texts that are looked up; older ones leave the index.
MOST_TEXTS: Final = 100_000
#: A translation comes out within hours, a syndicated one within days.
DAYS: Final = 3
#: Keys that more texts have are skipped, as in the sketch index.
COMMON_KEY_TEXTS: Final = 64
#: Candidates that are compared with a text, at most: those with the most evidence first.
MOST_CANDIDATES: Final = 20
#: A candidate shares keys with at least this sum of evidence: a key of two texts counts 5, of the most common 0.
LEAST_EVIDENCE: Final = 9.0
#: Postings that are sorted with each batch; more are merged into the large array.
_MOST_RECENT: Final = 1 << 16
_SLOT_BITS: Final = 32
_SLOT: Final = (1 << _SLOT_BITS) - 1


class Indexed(NamedTuple):
    """A text of the index: its story, its language, and the time that it was published or arrived."""

    story_id: int
    language: str
    seen_at: datetime


class KeyIndex:
    """The keys of the newest `MOST_TEXTS` texts."""

    def __init__(self) -> None:
        self._texts: list[Indexed] = []
        self._first = 0  # slot of the first text
        self._languages: dict[str, int] = {}
        self._columns = np.empty((0, 2), dtype=np.int64)  # of each text: seconds, language
        self._old = np.empty(0, dtype=np.int64)
        self._recent = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, texts: Sequence[Indexed], keys: Sequence[NDArray[np.int64]]) -> int:
        """Add texts with their keys; return the slot of the first."""
        begin = self._first + len(self._texts)
        self._texts.extend(texts)
        rows = [
            (int(t.seen_at.timestamp()), self._languages.setdefault(t.language, len(self._languages))) for t in texts
        ]
        self._columns = np.vstack([self._columns, np.array(rows, dtype=np.int64).reshape(-1, 2)])
        slots = np.repeat(np.arange(begin, begin + len(texts)), [len(own) for own in keys])
        posted = np.concatenate([*keys, np.empty(0, dtype=np.int64)]) << _SLOT_BITS | slots
        self._recent = np.sort(np.concatenate([self._recent, posted]))
        if len(self._recent) > _MOST_RECENT:
            self._merge()
        return begin

    def _merge(self) -> None:
        """Merge the recent postings into the others, and drop the texts that are too many."""
        drop = len(self._texts) - MOST_TEXTS
        merged = np.concatenate([self._old, self._recent])
        merged.sort(kind="stable")  # both parts are sorted, so this merges them
        if drop > 0:
            self._first += drop
            del self._texts[:drop]
            self._columns = self._columns[drop:].copy()
            merged = merged[merged & _SLOT >= self._first]
        self._old, self._recent = merged, np.empty(0, dtype=np.int64)

    def candidates(self, slot: int, keys: NDArray[np.int64]) -> list[Indexed]:
        """Return the earlier texts in another language that share enough keys with the text at ``slot``, best first."""
        ranges = [
            (postings, np.searchsorted(postings, keys << _SLOT_BITS), np.searchsorted(postings, keys + 1 << _SLOT_BITS))
            for postings in (self._old, self._recent)
        ]
        counts = np.sum([end - begin for _, begin, end in ranges], axis=0)
        use = (counts > 1) & (counts <= COMMON_KEY_TEXTS)
        weight = np.log2(COMMON_KEY_TEXTS / counts[use])
        found = [_posted(postings, begin[use], end[use], weight) for postings, begin, end in ranges]
        posted, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
        slots, inverse = np.unique(posted, return_inverse=True)
        evidence = np.bincount(inverse, weights)
        rows = self._columns[slots - self._first]
        own = self._columns[slot - self._first]
        near = np.abs(rows[:, 0] - own[0]) <= DAYS * 86_400
        use = np.flatnonzero((slots < slot) & (rows[:, 1] != own[1]) & near & (evidence >= LEAST_EVIDENCE))
        best = use[np.argsort(-evidence[use], kind="stable")][:MOST_CANDIDATES]
        return [self._texts[at - self._first] for at in slots[best].tolist()]


def _posted(
    postings: NDArray[np.int64], begin: NDArray[np.int64], end: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the slots in these ranges of postings, and for each the weight of its range."""
    lengths = end - begin
    before = np.cumsum(lengths) - lengths
    places = np.repeat(begin - before, lengths) + np.arange(lengths.sum())
    return postings[places] & _SLOT, np.repeat(weight, lengths)
