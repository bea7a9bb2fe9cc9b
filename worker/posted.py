"""Articles go in by their sketch keys; those that share enough keys with another one come out, most shared first.

The index of what is not in the database's own yet: a batch within itself, and what others committed a moment ago. As
there, a key of very many stories says nothing, while a key of very many copies of one story says all.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice

from worker.fingerprint import COMMON_KEY_STORIES, MOST_CANDIDATES, RARE_KEY_STORIES, SHARED_KEYS
from worker.store.index import STORY_TEXTS


class Posted:
    """Keys and who has them, by group (a story, or what may become one); bounded, whatever is posted."""

    def __init__(self) -> None:
        self._holders: dict[int, dict[int, list[int]]] = defaultdict(dict)

    def post(self, keys: Sequence[int], number: int, group: int) -> None:
        """Enter an article by its number."""
        for key in keys:
            groups = self._holders[key]
            if group in groups or len(groups) <= COMMON_KEY_STORIES:
                members = groups.setdefault(group, [])
                if len(members) < STORY_TEXTS:
                    members.append(number)

    def sharing(self, keys: Sequence[int]) -> list[int]:
        """Return the articles that share keys enough, or one rare key; ``MOST_CANDIDATES`` at the most."""
        counts: Counter[int] = Counter()
        rare: set[int] = set()
        for key in keys:
            groups = self._holders.get(key, {})
            if len(groups) <= COMMON_KEY_STORIES:
                for members in groups.values():
                    counts.update(members)
                    if len(groups) <= RARE_KEY_STORIES:
                        rare.update(members)
        near = (number for number, shared in counts.most_common() if shared >= SHARED_KEYS or number in rare)
        return list(islice(near, MOST_CANDIDATES))
