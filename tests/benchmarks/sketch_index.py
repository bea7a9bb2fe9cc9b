"""Sketches go in, candidate pairs come out: in memory, by the rule that the store follows in SQL."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from worker.fingerprint import posting_index


class SketchIndex:
    """Key to the stories that posted it; a story posts each key once."""

    def __init__(self) -> None:
        self._stories: dict[int, set[int]] = defaultdict(set)

    def post(self, story: int, keys: Iterable[int]) -> None:
        """Let ``story`` be found by ``keys``."""
        for key in keys:
            self._stories[key].add(story)

    def candidates(self, keys: Sequence[int]) -> list[tuple[int, int]]:
        """Return the stories to read and the keys shared with each, most keys first."""
        shared: Counter[int] = Counter()
        rare: set[int] = set()
        for key in keys:
            stories = self._stories.get(key, ())
            if len(stories) <= posting_index.COMMON_KEY_STORIES:
                shared.update(stories)
            if len(stories) <= posting_index.RARE_KEY_STORIES:
                rare.update(stories)
        found = [(story, n) for story, n in shared.items() if n >= posting_index.SHARED_KEYS or story in rare]
        return sorted(found, key=lambda one: (-one[1], one[0]))[: posting_index.MOST_CANDIDATES]
