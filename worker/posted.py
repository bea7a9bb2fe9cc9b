"""Stories go in by their sketch keys; those that share enough keys with an article come out, most shared first.

The index of what is not in the database's own yet: a batch within itself, and what others committed a moment ago. As
there, a story posts a key once, and a key of very many stories says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import chain

from worker.fingerprint import COMMON_KEY_STORIES, MOST_CANDIDATES, RARE_KEY_STORIES, SHARED_KEYS


class Posted:
    """Keys and the stories, by number, that posted them; bounded, whatever is posted."""

    def __init__(self) -> None:
        self._stories: dict[int, list[int]] = defaultdict(list)

    def post(self, keys: Sequence[int], story: int) -> None:
        """Let ``story`` be found by ``keys``."""
        for key in keys:
            stories = self._stories[key]
            if len(stories) <= COMMON_KEY_STORIES and story not in stories:
                stories.append(story)

    def sharing(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the stories that share keys enough, or one rare key, and how many; ``MOST_CANDIDATES`` at the most."""
        if self._stories.keys().isdisjoint(keys):
            return {}
        posted = (self._stories.get(key, ()) for key in keys)
        return most_shared([stories for stories in posted if len(stories) <= COMMON_KEY_STORIES])


def most_shared(posted: Collection[Collection[int]]) -> dict[int, int]:
    """Return the stories that stand under enough of an article's keys, or under a rare one, and how many."""
    counts = Counter(chain.from_iterable(posted))
    rare = set(chain.from_iterable(stories for stories in posted if len(stories) <= RARE_KEY_STORIES))
    near = [story for story, shared in counts.items() if shared >= SHARED_KEYS or story in rare]
    near.sort(key=lambda story: (-counts[story], story))
    return {story: counts[story] for story in near[:MOST_CANDIDATES]}
