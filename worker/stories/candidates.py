"""Find the stories that new articles may belong to, in the sketch index, and load the texts to compare them with.

The features of stored articles are computed from their texts and cached for the next batches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from worker import fingerprint
from worker.features import Features, Source, features_of
from worker.fingerprint.article import Prepared
from worker.fingerprint.posting_index import passes_prefilter
from worker.fingerprint.simhash import simhashes
from worker.fingerprint.sketch import sketches
from worker.match import KeyRarity
from worker.match.metadata import ArticleMetadata
from worker.store import candidate_queries
from worker.store.candidate_queries import CandidateText, HighWaterMarks, NewArticle
from worker.store.story_cutoff import StoryCutoff
from worker.stories.cluster_text import Cluster, ClusterText, sample
from worker.stories.references import Stored
from worker.window import ArticleTimes, Window

#: Cached features per worker, about 13 KB per article. Computing those of an article takes 50 µs, 150 by NumPy.
_MAX_CACHED = 2_400


@dataclass
class FeatureCache:
    """Features of stored articles by article id; only ``reprocess`` changes the text of an id.

    It also keeps the ``cutoff`` (how old candidate stories may be) and the ``frequent`` keys, which are not looked up.
    """

    cutoff: StoryCutoff = field(default_factory=StoryCutoff)
    frequent: set[int] = field(default_factory=set)
    _features: dict[int, Features] = field(default_factory=dict)
    _sketches: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    _reprocessed: int = 0

    def invalidate_if_changed(self, marks: HighWaterMarks) -> None:
        """Drop the cache if any article was reprocessed."""
        if marks.reprocessed != self._reprocessed:
            self.clear()
            self._reprocessed = marks.reprocessed

    def get(self, connection: Connection, ids: Iterable[int]) -> dict[int, Features]:
        """Return the features of these articles; the texts of those not cached are loaded in one statement."""
        wanted = set(ids)
        cached = {i: self._features[i] for i in wanted if i in self._features}
        loaded = candidate_queries.load_texts(connection, sorted(wanted - cached.keys()))
        computed = features_of([Source(stored.text, stored.title, stored.language) for stored in loaded])
        for stored, features in zip(loaded, computed, strict=True):
            cached[stored.id] = features
            self.put(stored.id, features)
        return cached

    def put(self, article_id: int, features: Features) -> None:
        """Cache the features of an article that was just stored: its copies often follow at once."""
        self._features[article_id] = features
        if len(self._features) > _MAX_CACHED:
            oldest = next(iter(self._features))
            del self._features[oldest]
            self._sketches.pop(oldest, None)

    def sketches(self, features: Mapping[int, Features]) -> dict[int, NDArray[np.int32]]:
        """Return the sketches of these cached articles, computed once."""
        missing = [i for i in features if i not in self._sketches]
        if missing:
            self._sketches.update(zip(missing, sketches([features[i] for i in missing]), strict=True))
        return {i: self._sketches[i] for i in features}

    def clear(self) -> None:
        """Drop all features, as after a failed transaction, whose ids other articles may get."""
        self._features.clear()
        self._sketches.clear()
        self.frequent.clear()


def new_articles(batch: Sequence[Prepared], now: datetime) -> list[NewArticle]:
    """Return what the search for candidates needs of each article; ``now`` is the time of arrival of the batch."""
    return [
        NewArticle(
            number=number,
            text_hash=prepared.fingerprint.text_hash,
            keys=prepared.fingerprint.sketch.tolist(),
            when=ArticleTimes(prepared.cleaned.published_at, now),
        )
        for number, prepared in enumerate(batch)
    ]


def stories_sharing_keys(
    connection: Connection, cache: FeatureCache, articles: Sequence[NewArticle], window: Window
) -> tuple[dict[int, dict[int, int]], KeyRarity]:
    """Return the stories that share keys with each article (by number) and how many, and how rare these keys are."""
    oldest = cache.cutoff.oldest(connection, [article.when for article in articles], window)
    shared, counts = candidate_queries.stories_sharing_keys(connection, articles, oldest, cache.frequent)
    return shared, KeyRarity(counts, candidate_queries.newest_story(connection) - min(oldest, default=0) + 1)


def with_current_simhashes(
    connection: Connection, cache: FeatureCache, texts: Mapping[int, list[CandidateText]]
) -> dict[int, list[CandidateText]]:
    """Return the texts of stories with the SimHashes that this version computes.

    During an upgrade some are of another version. The distance between SimHashes of two versions means nothing.
    """
    other = [text.id for own in texts.values() for text in own if text.fingerprint_version != fingerprint.VERSION]
    if not other:
        return dict(texts)
    features = cache.get(connection, other)
    current = dict(zip(features, simhashes([*features.values()]), strict=True))
    return {story: [t._replace(simhash=current.get(t.id, t.simhash)) for t in own] for story, own in texts.items()}


def prefiltered(
    texts: Mapping[int, Sequence[CandidateText]],
    new_texts: Sequence[ClusterText],
    candidates: Mapping[int, Mapping[int, int]],
) -> dict[int, list[int]]:
    """Return the ``candidates`` of each article (by its position in the batch) whose texts are worth loading."""
    return {
        number: [
            story
            for story, shared in stories.items()
            if passes_prefilter(shared, new_texts[number].simhash, (text.simhash for text in texts.get(story, ())))
        ]
        for number, stories in candidates.items()
    }


def load_clusters(
    connection: Connection,
    cache: FeatureCache,
    new_texts: Sequence[ClusterText],
    texts: Mapping[int, Sequence[CandidateText]],
    candidates: Mapping[int, Sequence[int]],
) -> list[Cluster]:
    """Load the ``candidates`` of each article (by its position in the batch) as clusters.

    Of a story's ``texts`` only the canonical text and a sample for each of these articles are loaded.
    """
    wanted: dict[int, set[int]] = {}
    for number, ids in candidates.items():
        for story in ids:
            own = texts.get(story, ())
            chosen = wanted.setdefault(story, {text.id for text in own if text.canonical})
            chosen.update(text.id for text in sample(own, new_texts[number].simhash))
    features = cache.get(connection, {text for ids in wanted.values() for text in ids})
    sketches = cache.sketches(features)
    clusters = []
    for story, chosen in wanted.items():
        loaded = {
            t.id: ClusterText(
                Stored(t.id),
                features[t.id],
                t.simhash,
                t.when,
                sketches[t.id],
                metadata=ArticleMetadata(t.title, t.url, t.when.published, features[t.id].language),
            )
            for t in texts.get(story, ())
            if t.id in chosen and t.id in features
        }
        canonical = next((loaded[t.id] for t in texts.get(story, ()) if t.canonical and t.id in loaded), None)
        if chosen:
            clusters.append(Cluster(stored=[story], texts=list(loaded.values()), canonical=canonical))
    return clusters
