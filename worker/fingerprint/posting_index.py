"""An inverted index in memory from sketch keys to stories; it returns the stories that share enough keys.

It covers what the index in the database does not: the batch itself, and what other workers committed a moment ago. In
both, a story has one posting for a key, and keys of very many stories are ignored.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Final

from worker.fingerprint.simhash import hamming

#: Two articles are candidates if they share at least this many keys …
SHARED_KEYS: Final = 2
#: … or a single key that at most this many stories have.
RARE_KEY_STORIES: Final = 3
#: Keys that more stories than this have (`White House`) are ignored.
COMMON_KEY_STORIES: Final = 100
#: Most candidate stories that are read for an article, those with the most shared keys first.
MOST_CANDIDATES: Final = 24
#: A candidate that shares at most `FEW_KEYS` keys and differs in more than `FAR_BITS` bits of SimHash is not read. With
#: 7,498 articles that saves 44 % of the reading; of 6,452 pairs that would be joined, there and in seven labelled sets,
#: it loses 10.
FEW_KEYS: Final = 2
FAR_BITS: Final = 112


class PostingIndex:
    """The stories, by number, under each key; the postings of a key are bounded."""

    def __init__(self) -> None:
        self._stories: dict[int, list[int]] = defaultdict(list)

    def add(self, keys: Sequence[int], story: int) -> None:
        """Add ``story`` under ``keys``."""
        for key in keys:
            stories = self._stories[key]
            if len(stories) <= COMMON_KEY_STORIES and story not in stories:
                stories.append(story)

    def posted(self, key: int) -> Sequence[int]:
        """Return the stories that have ``key``."""
        return self._stories.get(key, ())

    def candidates(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the candidate stories, at most `MOST_CANDIDATES`, with the number of shared keys."""
        if self._stories.keys().isdisjoint(keys):
            return {}
        postings = (self._stories.get(key, ()) for key in keys)
        return top_candidates([stories for stories in postings if len(stories) <= COMMON_KEY_STORIES])


def top_candidates(postings: Collection[Collection[int]]) -> dict[int, int]:
    """Return the candidate stories from the postings of an article's keys, with the number of shared keys."""
    counts = Counter(chain.from_iterable(postings))
    rare = set(chain.from_iterable(stories for stories in postings if len(stories) <= RARE_KEY_STORIES))
    candidates = [story for story, shared in counts.items() if shared >= SHARED_KEYS or story in rare]
    candidates.sort(key=lambda story: (-counts[story], story))
    return {story: counts[story] for story in candidates[:MOST_CANDIDATES]}


def passes_prefilter(shared: int, simhash: bytes, others: Iterable[bytes]) -> bool:
    """Return whether to compare a candidate, by the number of shared keys and the SimHashes ``others`` of its texts."""
    return shared > FEW_KEYS or any(hamming(simhash, other) <= FAR_BITS for other in others)
