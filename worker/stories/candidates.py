"""New articles go in, the stories that they may belong to come out, with the texts to compare them with.

Candidates come from the sketch index. Features of stored articles are made from their texts and kept for the next
batches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from worker.features import Features, Source, features_of
from worker.fingerprint.article import Prepared
from worker.fingerprint.posting_index import passes_prefilter
from worker.fingerprint.simhash import hamming
from worker.store import index
from worker.store.story_cutoff import StoryCutoff
from worker.stories.cluster import TEXTS_A_STORY, Cluster, ClusterText, middle_text
from worker.window import ArticleTimes, Window

#: Stored articles whose features a worker keeps: some 13 KB each. Making those of one anew takes 50 µs, 150 by NumPy.
_KEPT_FEATURES = 2_400


@dataclass
class FeatureCache:
    """Features of stored articles, by article id; texts never change under an id, save by ``reprocess``.

    And ``horizon``: how far back stories are looked for; ``frequent``: keys that find nothing.
    """

    cutoff: StoryCutoff = field(default_factory=StoryCutoff)
    frequent: set[int] = field(default_factory=set)
    _kept: dict[int, Features] = field(default_factory=dict)
    _reprocessed: int = 0

    def invalidate_if_changed(self, marks: index.HighWaterMarks) -> None:
        """Forget all where articles were made anew since the last time."""
        if marks.reprocessed != self._reprocessed:
            self.clear()
            self._reprocessed = marks.reprocessed

    def get(self, connection: Connection, ids: Iterable[int]) -> dict[int, Features]:
        """Return the features of these articles, loading the texts of those that are not kept, in one statement."""
        wanted = set(ids)
        found = {i: self._kept[i] for i in wanted if i in self._kept}
        loaded = index.load_texts(connection, sorted(wanted - found.keys()))
        made = features_of([Source(stored.text, stored.title, stored.language) for stored in loaded])
        for stored, one in zip(loaded, made, strict=True):
            found[stored.id] = one
            self.put(stored.id, one)
        return found

    def put(self, article_id: int, found: Features) -> None:
        """Keep the features of an article that was just stored: its copies often follow at once."""
        self._kept[article_id] = found
        if len(self._kept) > _KEPT_FEATURES:
            del self._kept[next(iter(self._kept))]  # the oldest

    def clear(self) -> None:
        """Forget all, as after a transaction that failed: ids that it took may be given to other articles."""
        self._kept.clear()
        self.frequent.clear()


def new_articles(batch: Sequence[Prepared], now: datetime) -> list[index.NewArticle]:
    """Return what finding candidates of each article needs; ``now`` is when the batch arrived."""
    return [
        index.NewArticle(
            number=number,
            text_hash=one.fingerprint.text_hash,
            keys=one.fingerprint.sketch.tolist(),
            when=ArticleTimes(one.cleaned.published_at, now),
        )
        for number, one in enumerate(batch)
    ]


def stories_sharing_keys(
    connection: Connection, shelf: FeatureCache, probes: Sequence[index.NewArticle], window: Window
) -> dict[int, dict[int, int]]:
    """Return for each article (by its number) the stories that the sketch index finds, and how many keys they share."""
    oldest = shelf.cutoff.oldest(connection, [p.when for p in probes], window)
    return index.stories_sharing_keys(connection, probes, oldest, shelf.frequent)


def prefiltered(
    texts: Mapping[int, Sequence[index.StoryText]],
    probes: Sequence[ClusterText],
    offered: Mapping[int, Mapping[int, int]],
) -> dict[int, list[int]]:
    """Return the stories worth reading of those ``offered`` to each article (by its place in the batch)."""
    return {
        number: [
            story
            for story, shared in found.items()
            if passes_prefilter(shared, probes[number].simhash, (text.simhash for text in texts.get(story, ())))
        ]
        for number, found in offered.items()
    }


def load_clusters(
    connection: Connection,
    shelf: FeatureCache,
    probes: Sequence[ClusterText],
    texts: Mapping[int, Sequence[index.StoryText]],
    offered: Mapping[int, Sequence[int]],
) -> list[Cluster]:
    """Load the stories that are ``offered`` to each article (by its place in the batch), ready to be planned with.

    Of a story's ``texts`` only the canonical one, those nearest to one of these articles by SimHash and the middle one
    are loaded.
    """
    wanted: dict[int, set[int]] = {}
    middles: dict[int, dict[int, int]] = {}  # story -> key of an article of the batch -> the middle text
    for number, ids in offered.items():
        for story in ids:
            found: Sequence[index.StoryText] = texts.get(story, ())
            chosen = wanted.setdefault(story, {text.id for text in found if text.canonical})
            if len(found) > TEXTS_A_STORY:
                if between := middle_text(found, probes[number].simhash):
                    middles.setdefault(story, {})[probes[number].key] = between.id
                    chosen.add(between.id)
                found = sorted(found, key=lambda text: hamming(probes[number].simhash, text.simhash))[:TEXTS_A_STORY]
            chosen.update(text.id for text in found)
    kept = shelf.get(connection, {text for ids in wanted.values() for text in ids})
    return [
        _cluster(story, [t for t in texts[story] if t.id in ids], kept, middles.get(story, {}))
        for story, ids in wanted.items()
        if ids
    ]


def _cluster(
    story: int, texts: Sequence[index.StoryText], kept: Mapping[int, Features], middles: Mapping[int, int]
) -> Cluster:
    loaded = {one.id: ClusterText(one.id, kept[one.id], one.simhash, one.when) for one in texts if one.id in kept}
    canonical = next((loaded[one.id] for one in texts if one.canonical and one.id in loaded), None)
    between = {key: loaded[text] for key, text in middles.items() if text in loaded}
    return Cluster(stored=[story], texts=list(loaded.values()), canonical=canonical, middles=between)
