"""Stories go in by their sketch keys; those that share enough keys with an article come out, most shared first.

The index of what is not in the database's own yet: a batch within itself, and what others committed a moment ago. As
there, a story posts a key once, and a key of very many stories says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Final

from worker.fingerprint.simhash import hamming

#: Two articles are candidates of each other when they share so many keys …
SHARED_KEYS: Final = 2
#: … or a single one that stands in no more stories than this.
RARE_KEY_STORIES: Final = 3
#: Keys that stand in more stories than this (`White House`) find nothing and are left out.
COMMON_KEY_STORIES: Final = 100
#: No more candidate stories than this are read for an article, those with the most shared keys first.
MOST_CANDIDATES: Final = 24
#: A candidate that shares no more keys than this and is further by SimHash is not read at all. Among 7,498
#: articles that spares 44 % of the reading; of 6,452 pairs that would be joined, there and in seven labelled sets, it
#: loses 10.
FEW_KEYS: Final = 2
FAR_BITS: Final = 112


class PostingIndex:
    """Keys and the stories, by number, that posted them; bounded, whatever is posted."""

    def __init__(self) -> None:
        self._stories: dict[int, list[int]] = defaultdict(list)

    def add(self, keys: Sequence[int], story: int) -> None:
        """Let ``story`` be found by ``keys``."""
        for key in keys:
            stories = self._stories[key]
            if len(stories) <= COMMON_KEY_STORIES and story not in stories:
                stories.append(story)

    def candidates(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the stories that share keys enough, or one rare key, and how many; ``MOST_CANDIDATES`` at the most."""
        if self._stories.keys().isdisjoint(keys):
            return {}
        posted = (self._stories.get(key, ()) for key in keys)
        return top_candidates([stories for stories in posted if len(stories) <= COMMON_KEY_STORIES])


def top_candidates(posted: Collection[Collection[int]]) -> dict[int, int]:
    """Return the stories that stand under enough of an article's keys, or under a rare one, and how many."""
    counts = Counter(chain.from_iterable(posted))
    rare = set(chain.from_iterable(stories for stories in posted if len(stories) <= RARE_KEY_STORIES))
    near = [story for story, shared in counts.items() if shared >= SHARED_KEYS or story in rare]
    near.sort(key=lambda story: (-counts[story], story))
    return {story: counts[story] for story in near[:MOST_CANDIDATES]}


def passes_prefilter(shared: int, simhash: bytes, others: Iterable[bytes]) -> bool:
    """Tell whether a candidate that shares so many keys, with these SimHashes of its texts, is to be compared."""
    return shared > FEW_KEYS or any(hamming(simhash, other) <= FAR_BITS for other in others)
