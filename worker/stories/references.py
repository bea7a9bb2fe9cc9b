"""References to what is clustered: an article of the batch, a stored article, a stored story.

They are keys of dictionaries for every pair of texts. A tuple costs 30 ns more per look-up than an integer, a frozen
dataclass 480 ns. Tuples of different classes can be equal, so each has its ``kind``.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple


class New(NamedTuple):
    """An article of the batch, by its position."""

    position: int
    kind: Literal["new"] = "new"


class Stored(NamedTuple):
    """A stored article that is not in the batch, by its id."""

    id: int
    kind: Literal["stored"] = "stored"


class StoredStory(NamedTuple):
    """A stored story, by its id: all of its articles that are not in the batch."""

    id: int
    kind: Literal["story"] = "story"


TextRef = New | Stored
MemberRef = New | StoredStory
#: Pairs that must, or must never, be in one cluster.
MemberPairs = Iterable[tuple[MemberRef, MemberRef]]


def article_id(ref: TextRef, ids: Sequence[int]) -> int:
    """Return the id of an article; ``ids`` are those of the batch's articles, by position."""
    return ids[ref.position] if isinstance(ref, New) else ref.id
