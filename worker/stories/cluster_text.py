"""The texts that are clustered, the clusters that they form, and which texts of a story are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.fingerprint.simhash import hamming
from worker.match.metadata import UNKNOWN, ArticleMetadata
from worker.stories.references import MemberRef, TextRef
from worker.window import ArticleTimes, Window

#: Texts of one story that a new article is compared with, besides the canonical text, spread over all distances: the
#: nearest finds the story, the others tell whether most of it agrees. With the nearest alone, pages of one site that
#: share its frame made one story of several articles.
TEXTS_A_STORY = 4


@dataclass(slots=True)
class ClusterText:
    """A text to compare, with a reference to its article."""

    key: TextRef
    features: Features
    simhash: bytes
    when: ArticleTimes
    sketch: NDArray[np.int32]
    keys: Sequence[int] = ()  # of the sketch: those that can find another article of the batch
    metadata: ArticleMetadata = UNKNOWN


@dataclass(slots=True)
class Cluster:
    """A story of the batch: the stored stories merged in it, its new articles, its texts, its canonical text.

    A cluster that only receives exact copies needs no texts. Only clusters that a cannot-link or must-link names have
    ``members`` and what must not join these, ``banned``.
    """

    stored: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    texts: list[ClusterText] = field(default_factory=list)
    canonical: ClusterText | None = None
    merged_into: "Cluster | None" = None
    members: frozenset[MemberRef] = frozenset()  # also articles of the batch that are still to come
    banned: frozenset[MemberRef] = frozenset()

    def root(self) -> "Cluster":
        """Follow merges to the root (union-find)."""
        root = self
        while root.merged_into:
            root = root.merged_into
        return root

    def allows(self, other: "Cluster") -> bool:
        """Return whether no cannot-link separates members of the two clusters."""
        return self.banned.isdisjoint(other.members)

    def unite(self, other: "Cluster") -> "Cluster":
        """Merge two roots, whatever the evidence; return the one that remains, the only one with stored stories if any.

        Check `allows` first.
        """
        if self is other:
            return self
        kept, gone = (self, other) if self.stored or not other.stored else (other, self)
        kept.texts += gone.texts
        kept.stored += gone.stored
        kept.articles += gone.articles
        kept.canonical = kept.canonical or gone.canonical
        kept.members |= gone.members
        kept.banned |= gone.banned
        gone.merged_into = kept
        return kept


class HasSimhash(Protocol):
    """A text with a SimHash."""

    @property
    def simhash(self) -> bytes:
        """32 bytes."""


TextT = TypeVar("TextT", bound=HasSimhash)


def sample(texts: Sequence[TextT], simhash: bytes) -> list[TextT]:
    """Return `TEXTS_A_STORY` texts at most: the nearest, the farthest, and evenly between them by SimHash."""
    if len(texts) <= TEXTS_A_STORY:
        return list(texts)
    ordered = sorted(texts, key=lambda text: hamming(simhash, text.simhash))
    return [ordered[i * (len(texts) - 1) // (TEXTS_A_STORY - 1)] for i in range(TEXTS_A_STORY)]


def texts_to_compare(text: ClusterText, story: Cluster, window: Window) -> list[ClusterText]:
    """Return the texts of a story that a new text is compared with: the canonical text and a sample."""
    texts = [other for other in story.texts if window.contains(text.when, other.when)]
    compared = sample(texts, text.simhash)
    if story.canonical in texts and story.canonical not in compared:
        compared.append(story.canonical)
    return compared
