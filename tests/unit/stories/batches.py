"""Batches to cluster without a database: texts with their features, stored stories, and what became of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache

from worker.features import Features, features
from worker.fingerprint import Fingerprint, fingerprint
from worker.stories.cluster import BatchClusterer
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.references import MemberPairs, MemberRef, New, Stored, StoredStory, TextRef
from worker.stories.verdict_cache import VerdictCache
from worker.window import ArticleTimes, Window

NOW = ArticleTimes(None, datetime(2026, 5, 1, tzinfo=UTC))


@cache
def _prepared(text: str) -> tuple[Features, Fingerprint]:
    article = features(text, None, "en")
    return article, fingerprint(article)


def text_of(key: TextRef, text: str) -> ClusterText:
    """Return a text to cluster, with all keys of its sketch."""
    article, print_ = _prepared(text)
    return ClusterText(key, article, print_.simhash, NOW, print_.sketch, print_.sketch.tolist())


def story(number: int, *texts: str) -> Cluster:
    """Return a stored story; the first of its texts is canonical."""
    known = [text_of(Stored(100 * number + i), text) for i, text in enumerate(texts)]
    return Cluster(stored=[number], texts=known, canonical=known[0] if known else None)


def batch(
    stored: Sequence[Cluster] = (), *, must_link: MemberPairs = (), cannot_link: MemberPairs = ()
) -> BatchClusterer:
    """Return a clusterer without articles."""
    return BatchClusterer(stored, VerdictCache(), Window(0), must_link=must_link, cannot_link=cannot_link)


def groups(clusterer: BatchClusterer) -> list[tuple[list[int], list[int]]]:
    """Return (stored stories, articles of the batch) of each cluster."""
    return [(sorted(cluster.stored), sorted(cluster.articles)) for cluster in clusterer.clusters()]


def together(clusterer: BatchClusterer, refs: Iterable[MemberRef]) -> bool:
    """Return whether one cluster has all of these articles and stories."""
    wanted = set(refs)
    return any(
        wanted <= {*map(StoredStory, cluster.stored), *map(New, cluster.articles)} for cluster in clusterer.clusters()
    )
