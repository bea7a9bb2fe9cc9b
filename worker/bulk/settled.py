"""What of a settled corpus concerns a component of new articles: stories to compare, the same words, the same ids.

A settled story takes new articles in, but is never merged with another one: the settled corpus does not change.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from worker.article import PublicationStatus
from worker.bulk.texts import ComputedFeatures, StoredText
from worker.bulk.verdicts import ARRIVED
from worker.features import Features
from worker.match.metadata import ArticleMetadata
from worker.store.revisions import SentText, StoredRevision
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.references import Stored
from worker.window import ArticleTimes

_Link = tuple[int, int, int]  # new article, settled story, settled article


class SettledStory(Cluster):
    """A story of the settled corpus, with the new articles that join it."""

    __slots__ = ()

    def allows(self, other: Cluster) -> bool:
        """Return whether the two may be one story: two settled ones may not."""
        return not other.stored and Cluster.allows(self, other)


def _no_features(_: Collection[int]) -> Mapping[int, Features]:
    return {}


@dataclass
class Settled:
    """The part of a settled corpus that concerns a component; by default there is none.

    ``last_id``: the largest id of its articles, which those of new ones follow · by position in the component:
    ``candidates``, stories to compare; ``exact``, an article with the same words and its story; ``revisions``,
    versions under the same id · by story: ``canonical``, its article · by article: ``sent``
    """

    last_id: int = 0
    stories: list[Cluster] = field(default_factory=list)
    candidates: dict[int, list[int]] = field(default_factory=dict)
    exact: dict[int, tuple[int, int]] = field(default_factory=dict)
    revisions: dict[int, list[StoredRevision]] = field(default_factory=dict)
    canonical: dict[int, int] = field(default_factory=dict)
    sent: dict[int, SentText] = field(default_factory=dict)
    load: Callable[[Collection[int]], Mapping[int, Features]] = _no_features


class UnitOfSettled:
    """The settled texts that a unit of work needs, and the pairs of new and settled articles in it, by new article."""

    def __init__(self, last_id: int, texts: pa.Table, pairs: pa.Table, features: ComputedFeatures) -> None:
        self._last_id, self._texts, self._features = last_id, texts, features
        self._line = {id_: line for line, id_ in enumerate(texts.column("id").to_pylist())}
        self._links: dict[str, dict[int, list[_Link]]] = {kind: defaultdict(list) for kind in KINDS}
        columns = (pairs.column(name).to_pylist() for name in ("kind", "b", "story_id", "id"))
        for kind, b, story, id_ in zip(*columns, strict=True):
            self._links[kind][b].append((b, story, id_))

    def of(self, ids: Sequence[int]) -> Settled:
        """Return what concerns the new articles ``ids``."""
        settled = Settled(self._last_id, load=self._load)
        wanted: dict[int, dict[int, None]] = defaultdict(dict)  # story -> its texts, in this order
        linked: set[int] = set()
        for number, new in enumerate(ids):
            for _, story, id_ in self._links["wanted"].get(new, ()):
                wanted[story][id_] = None
                own = settled.candidates.setdefault(number, [])
                if story not in own[-1:]:
                    own.append(story)
            for _, story, id_ in self._links["exact"].get(new, ()):
                settled.exact[number] = id_, story
                linked.add(story)
            if versions := self._links["version"].get(new):
                settled.revisions[number] = [self._revision(story, id_) for _, story, id_ in versions]
                linked.update(story for _, story, _ in versions)
        features = self._load({id_ for texts in wanted.values() for id_ in texts})
        settled.stories = [self._story(story, texts, features, settled) for story, texts in wanted.items()]
        settled.stories += [SettledStory(stored=[story]) for story in sorted(linked - wanted.keys())]
        return settled

    def _row(self, id_: int, names: Iterable[str]) -> dict[str, Any]:
        line = self._line[id_]
        return {name: self._texts.column(name)[line].as_py() for name in names}

    def _load(self, ids: Collection[int]) -> Mapping[int, Features]:
        return self._features.of([self._stored(id_) for id_ in ids])

    def _stored(self, id_: int) -> StoredText:
        row = self._row(id_, StoredText._fields[1:-1])
        sketch = self._texts.column("sketch")[self._line[id_]].values.to_numpy(zero_copy_only=False)
        return StoredText(id=id_, **row, sketch=np.asarray(sketch, dtype=np.int32))

    def _revision(self, story: int, id_: int) -> StoredRevision:
        return StoredRevision(id_, story, self._sent(id_))

    def _sent(self, id_: int) -> SentText:
        row = self._row(id_, ("provider", "external_id", "version", "published_at", "text_hash", "title", "status"))
        withdrawn = row.pop("status") == PublicationStatus.WITHDRAWN
        return SentText(**row, arrived_at=ARRIVED, withdrawn=withdrawn)

    def _story(
        self, story: int, ids: Iterable[int], features: Mapping[int, Features], settled: Settled
    ) -> SettledStory:
        cluster = SettledStory(stored=[story])
        for id_ in ids:
            stored = self._stored(id_)
            metadata = ArticleMetadata(stored.title, stored.url, stored.published_at, features[id_].language)
            when = ArticleTimes(stored.published_at, ARRIVED)
            text = ClusterText(Stored(id_), features[id_], stored.simhash, when, stored.sketch, metadata=metadata)
            cluster.texts.append(text)
            if self._texts.column("is_canonical")[self._line[id_]].as_py():
                cluster.canonical = text
                settled.canonical[story] = id_
                settled.sent[id_] = self._sent(id_)
        return cluster


#: The kinds of pairs of a new article with a settled one.
KINDS = ("wanted", "exact", "version")
