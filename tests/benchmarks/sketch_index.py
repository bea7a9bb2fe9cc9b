"""A plain index of sketches in memory, by the same rule as the SQL of the store."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from worker.fingerprint import posting_index


class SketchIndex:
    """The stories under each key; a story is under a key at most once."""

    def __init__(self) -> None:
        self._stories: dict[int, set[int]] = defaultdict(set)

    def add(self, story: int, keys: Iterable[int]) -> None:
        """Add ``story`` under ``keys``."""
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
        candidates = [(story, n) for story, n in shared.items() if n >= posting_index.SHARED_KEYS or story in rare]
        return sorted(candidates, key=lambda pair: (-pair[1], pair[0]))[: posting_index.MOST_CANDIDATES]
