"""Articles go in by their sketch keys; those that share enough keys with another one come out, most shared first.

The index of what is not in the database's own yet: a batch within itself, and what others committed a moment ago. As
there, a key of very many stories says nothing, while a key of very many copies of one story says all.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from worker.fingerprint import MOST_CANDIDATES, SHARED_KEYS
from worker.store.index import HOT_KEY, STORY_TEXTS


class Posted:
    """Keys and who has them, by group (a story, or what may become one); bounded, whatever is posted."""

    def __init__(self) -> None:
        self._holders: dict[int, dict[int, list[int]]] = defaultdict(dict)

    def post(self, keys: Sequence[int], number: int, group: int) -> None:
        """Enter an article by its number."""
        for key in keys:
            groups = self._holders[key]
            if group in groups or len(groups) <= HOT_KEY:
                members = groups.setdefault(group, [])
                if len(members) < STORY_TEXTS:
                    members.append(number)

    def sharing(self, keys: Sequence[int]) -> list[int]:
        """Return the articles that share ``SHARED_KEYS`` keys or more, ``MOST_CANDIDATES`` at the most."""
        counts: Counter[int] = Counter()
        for key in keys:
            groups = self._holders.get(key, {})
            if len(groups) <= HOT_KEY:
                for members in groups.values():
                    counts.update(members)
        return [number for number, shared in counts.most_common(MOST_CANDIDATES) if shared >= SHARED_KEYS]
