"""Cluster a batch of new articles with their candidate stories.

Articles are added one by one. Each joins the stories that it matches, and merges them where that is allowed. Stories
whose match was only likely are checked again after the article joined. Nothing here reads the database: a batch is
clustered without a lock, and again under it, from the same verdicts, if other workers committed meanwhile.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from worker.features import Features
from worker.fingerprint.posting_index import PostingIndex, passes_prefilter
from worker.fingerprint.simhash import hamming
from worker.match import (
    Verdict,
    combine_witnesses,
    compare_pairs,
    may_merge,
    may_stay_in_cluster,
    middle_text_agrees,
    verdicts,
)
from worker.window import ArticleTimes, Window

#: Texts of one story that a new article is compared with: the canonical text and the nearest by SimHash. The fourth is
#: a further witness for the freest rewrites: it finds five more pairs of 904 and costs 14 % more comparisons among
#: stories of twelve copies, 10 % among stories of five, and none where a story has at most three texts.
TEXTS_A_STORY = 4
#: A story with at least this many texts is merged only if the article agrees with its middle text too. Pages of a site
#: share their frame: a page may match another article's page without matching the text extracted from that page.
HAS_MIDDLE = 3
IdPairs = Collection[frozenset[int]]
_TOO_FAR = "Too far from the canonical article of its story, though alike. "


@dataclass(slots=True)
class ClusterText:
    """A text to compare. ``key`` is the id of a stored article, or ``-1 - number`` for an article of the batch."""

    key: int
    features: Features
    simhash: bytes
    when: ArticleTimes
    keys: Sequence[int] = ()


@dataclass(slots=True)
class Cluster:
    """A story of the batch: the stored stories merged in it, its new articles, its texts, its canonical text.

    A cluster that only receives exact copies needs no texts. If a stored story has more texts than are loaded,
    ``middles`` holds its middle text for each article of the batch, by the article's key.
    """

    stored: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    texts: list[ClusterText] = field(default_factory=list)
    canonical: ClusterText | None = None
    middles: dict[int, ClusterText] = field(default_factory=dict)
    merged_into: "Cluster | None" = None

    def middle(self, text: ClusterText) -> ClusterText | None:
        """Return the text in the middle by distance from ``text``, if the story has enough texts."""
        if text.key in self.middles:
            return self.middles[text.key]
        return middle_text(self.texts, text.simhash)

    def root(self) -> "Cluster":
        """Follow merges to the root (union-find)."""
        root = self
        while root.merged_into:
            root = root.merged_into
        return root


class HasSimhash(Protocol):
    """A text with a SimHash."""

    @property
    def simhash(self) -> bytes:
        """32 bytes."""


TextT = TypeVar("TextT", bound=HasSimhash)


def middle_text(texts: Sequence[TextT], simhash: bytes) -> TextT | None:
    """Return the text in the middle by distance from ``simhash``, or None if there are fewer than `HAS_MIDDLE`."""
    if len(texts) < HAS_MIDDLE:
        return None
    return sorted(texts, key=lambda text: hamming(text.simhash, simhash))[len(texts) // 2]


@dataclass(slots=True)
class Match:
    """The verdict on a new article (by its position in the batch) and a story, with the text that decided."""

    number: int
    other: int  # the key of the other text
    verdict: Verdict


_Ranked = list[tuple[Cluster, Match]]


@dataclass
class VerdictCache:
    """Verdicts on pairs of texts by their keys, each computed once."""

    seen: dict[tuple[int, int], Verdict] = field(default_factory=dict)

    def compare(self, pairs: Iterable[tuple[ClusterText, ClusterText]]) -> None:
        """Compare many pairs at once: predicted pairs cost a quarter of pairs compared one by one."""
        new = {(a.key, b.key): (a, b) for a, b in pairs if (a.key, b.key) not in self.seen}
        distances = [hamming(a.simhash, b.simhash) for a, b in new.values()]
        evidence = compare_pairs([(a.features, b.features) for a, b in new.values()], distances, whole=False)
        self.seen.update(zip(new, verdicts(list(evidence)), strict=True))

    def judged(self, a: int, b: int) -> Verdict | None:
        """Return the verdict on the texts with these keys, in this order, or None if they were not compared."""
        return self.seen.get((a, b))

    def __call__(self, a: ClusterText, b: ClusterText) -> Verdict:
        """Compare ``a`` with ``b``, in this order."""
        if (a.key, b.key) not in self.seen:
            self.compare([(a, b)])
        return self.seen[a.key, b.key]


def predict_pairs(
    texts: Iterable[ClusterText], candidates: Mapping[int, Sequence[int]], stored: Iterable[Cluster], window: Window
) -> Iterator[tuple[ClusterText, ClusterText]]:
    """Yield nearly all pairs that clustering these new texts will compare; ``candidates``: stored stories by number."""
    stories = {story.stored[0]: story for story in stored}
    postings = PostingIndex()
    by_number: dict[int, ClusterText] = {}
    for text in texts:
        number = -1 - text.key
        for story in candidates.get(number, ()):
            if story in stories:
                yield from ((text, other) for other in _compared(text, stories[story], window))
        for other, shared in postings.candidates(text.keys).items():
            if passes_prefilter(shared, text.simhash, (by_number[other].simhash,)):
                yield text, by_number[other]
        postings.add(text.keys, number)
        by_number[number] = text


def _compared(text: ClusterText, story: Cluster, window: Window) -> list[ClusterText]:
    """Return the texts of a story that a new text is compared with: the canonical text and the nearest."""
    texts = [other for other in story.texts if window.contains(text.when, other.when)]
    if len(texts) > 1:
        texts.sort(key=lambda other: (other is not story.canonical, hamming(text.simhash, other.simhash)))
    return texts[:TEXTS_A_STORY]


class BatchClusterer:
    """Clusters one batch: pass each of its articles, in order, to `add` or `add_exact_copy`."""

    def __init__(
        self, stored: Sequence[Cluster], verdicts: VerdictCache, window: Window, cannot_link: IdPairs = ()
    ) -> None:
        self.matches: list[Match] = []
        self._verdicts = verdicts
        self._window = window
        self._cannot_link = cannot_link
        self._stored = {story.stored[0]: story for story in stored}
        self._cluster_of: list[Cluster] = []  # by number
        self._postings = PostingIndex()

    def clusters(self) -> list[Cluster]:
        """Return the clusters with articles of the batch, in the order of their first article."""
        return list({id(cluster.root()): cluster.root() for cluster in self._cluster_of}.values())

    def add_exact_copy(self, *, story: int | None = None, other: int | None = None) -> None:
        """Add the next article to the cluster of its exact copy: a stored story, or that of ``other`` of the batch."""
        cluster = (self._cluster_of[other] if other is not None else self._stored[story or 0]).root()
        cluster.articles.append(len(self._cluster_of))
        self._cluster_of.append(cluster)

    def add(self, text: ClusterText, candidates: Sequence[int]) -> None:
        """Add the next article; ``candidates`` are the stored stories to compare it with."""
        number = len(self._cluster_of)
        clusters = [self._stored[story].root() for story in candidates if story in self._stored]
        for other, shared in self._postings.candidates(text.keys).items():
            cluster = self._cluster_of[other].root()
            if passes_prefilter(shared, text.simhash, (member.simhash for member in cluster.texts)):
                clusters.append(cluster)
        ranked = self._ranked(number, text, list({id(cluster): cluster for cluster in clusters}.values()))
        matching = [cluster for cluster, match in ranked if match.verdict.same]
        target = matching[0] if matching else Cluster()
        self._join(target, number, text)
        self._merge_others(target, matching[1:], ranked, text)

    def _merge_others(self, target: Cluster, others: Sequence[Cluster], ranked: _Ranked, text: ClusterText) -> None:
        """Merge into ``target`` the other clusters that match, and the likely ones that match it now."""
        for cluster in others:
            self._merge(target, cluster, text)
        for cluster, match in ranked:
            if match.verdict.likely and not match.verdict.same and self._matches_now(target.root(), cluster.root()):
                self._merge(target, cluster, text)

    def _join(self, cluster: Cluster, number: int, text: ClusterText) -> None:
        cluster.texts.append(text)
        cluster.articles.append(number)
        # the longest text is good enough here; `update_canonical` chooses when the batch is written
        if not cluster.canonical or (not cluster.stored and text.features.tokens > cluster.canonical.features.tokens):
            cluster.canonical = text
        self._cluster_of.append(cluster)
        self._postings.add(text.keys, cluster.articles[0])

    def _ranked(self, number: int, text: ClusterText, clusters: Sequence[Cluster]) -> _Ranked:
        """Return the clusters with the verdict on each, the most similar first, and add these to ``matches``."""
        ranked = [(cluster, match) for cluster in clusters if (match := self._match(number, text, cluster))]
        ranked.sort(key=lambda item: -item[1].verdict.similarity)
        self.matches += [match for _, match in ranked]
        return ranked

    def _match(self, number: int, text: ClusterText, cluster: Cluster) -> Match | None:
        """Compare a text with the nearest of a cluster: one pair decides, or dissimilar witnesses together."""
        texts = _compared(text, cluster, self._window)
        pairs = [self._verdicts(text, other) for other in texts]
        if not any(pair.similarity for pair in pairs):
            return None  # next to nothing is shared with any of them: not worth recording
        best = max(range(len(texts)), key=lambda i: pairs[i].similarity)
        verdict = combine_witnesses(pairs, lambda i, j: self._verdicts(texts[i], texts[j]).evidence)
        if verdict and cluster.canonical and not may_stay_in_cluster(self._verdicts(text, cluster.canonical)):
            verdict = replace(verdict, same=False, before=f"{_TOO_FAR}{verdict.before}")
        return Match(number, texts[best].key, verdict or replace(pairs[best], same=False))

    def _matches_now(self, cluster: Cluster, other: Cluster) -> bool:
        """Return whether ``other``, which was only likely, matches ``cluster`` now that this has another copy."""
        if cluster is other or len(cluster.texts) < 2 or not other.canonical:
            return False
        match = self._match(0, other.canonical, cluster)
        return match is not None and match.verdict.same

    def _merge(self, first: Cluster, second: Cluster, text: ClusterText) -> None:
        """Merge two clusters if ``text`` is enough to join them and no correction forbids it."""
        first, second = first.root(), second.root()
        if first is second or not first.canonical or not second.canonical:
            return
        if any(frozenset((a, b)) in self._cannot_link for a in first.stored for b in second.stored):
            return
        to_first, to_second = self._verdicts(text, first.canonical), self._verdicts(text, second.canonical)
        canonicals = self._verdicts(first.canonical, second.canonical)
        several = min(len(first.texts), len(second.texts)) > 1
        if not may_merge(to_first, to_second, canonicals, both_have_several_texts=several):
            return
        if not (self._middle_agrees(first, text) and self._middle_agrees(second, text)):
            return
        kept, gone = (first, second) if first.stored or not second.stored else (second, first)
        kept.texts += gone.texts
        kept.stored += gone.stored
        kept.articles += gone.articles
        kept.middles = {**gone.middles, **kept.middles}
        gone.merged_into = kept

    def _middle_agrees(self, cluster: Cluster, text: ClusterText) -> bool:
        """Return whether the cluster's middle text, if there is one, agrees with the text that would merge it."""
        middle = cluster.middle(text)
        return middle is None or middle_text_agrees(self._verdicts(text, middle))
