"""Cluster a batch of new articles with their candidate stories.

Articles are added one by one: each joins the stories of which it matches a copy, if most of the compared copies agree,
and merges them on the same condition; so a story is no chain. Pure: it runs without a lock, and again under it, from
the same evidence, if other workers committed meanwhile.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from worker.fingerprint.posting_index import PostingIndex, passes_prefilter
from worker.match import KeyRarity, Verdict
from worker.match.verdict import AGREE_MIN
from worker.stories.cluster_text import Cluster, ClusterText, texts_to_compare
from worker.stories.verdict_cache import VerdictCache
from worker.window import Window

IdPairs = Collection[frozenset[int]]
_FEW_AGREE = "Most of the compared copies of its story are too different, though one is alike. "


@dataclass(slots=True)
class Match:
    """The verdict on a new article (by its position in the batch) and a story, with the text that decided."""

    number: int
    other: int  # the key of the other text
    verdict: Verdict


_Ranked = list[tuple[Cluster, Match]]


class BatchClusterer:
    """Clusters one batch: pass each of its articles, in order, to `add` or `add_exact_copy`."""

    def __init__(
        self,
        stored: Sequence[Cluster],
        verdicts: VerdictCache,
        window: Window,
        cannot_link: IdPairs = (),
        rarity: KeyRarity | None = None,
    ) -> None:
        self.matches: list[Match] = []
        self._verdicts = verdicts
        self._window = window
        self._cannot_link = cannot_link
        self._stored = {story.stored[0]: story for story in stored}
        self._cluster_of: list[Cluster] = []  # by number
        self._postings = PostingIndex()
        self._rarity = rarity or KeyRarity()
        self._new = 0  # clusters without a stored story

    def clusters(self) -> list[Cluster]:
        """Return the clusters with articles of the batch, in the order of their first article."""
        return list({id(cluster.root()): cluster.root() for cluster in self._cluster_of}.values())

    def add_exact_copy(self, *, story: int | None = None, other: int | None = None) -> None:
        """Add the next article to the cluster of its exact copy: a stored story, or that of ``other`` of the batch."""
        cluster = (self._cluster_of[other] if other is not None else self._stored[story or 0]).root()
        cluster.articles.append(len(self._cluster_of))
        self._cluster_of.append(cluster)

    def add(
        self, text: ClusterText, candidates: Sequence[int], *, story: int | None = None, other: int | None = None
    ) -> None:
        """Add the next article; ``candidates`` are the stored stories to compare it with.

        If ``story`` (a stored one) or ``other`` (an article of the batch) is given, it joins that whatever the verdict.
        """
        number = len(self._cluster_of)
        clusters = [self._stored[story].root() for story in candidates if story in self._stored]
        for neighbour, shared in self._postings.candidates(text.keys).items():
            cluster = self._cluster_of[neighbour].root()
            if passes_prefilter(shared, text.simhash, (member.simhash for member in cluster.texts)):
                clusters.append(cluster)
        ranked = self._ranked(number, text, list({id(cluster): cluster for cluster in clusters}.values()))
        matching = [cluster for cluster, match in ranked if match.verdict.same]
        if story is not None or other is not None:
            linked = (self._cluster_of[other] if other is not None else self._stored[story or 0]).root()
            matching = [linked, *(cluster for cluster in matching if cluster is not linked)]
        self._join_all(matching, number, text)

    def _join_all(self, matching: Sequence[Cluster], number: int, text: ClusterText) -> None:
        """Add an article to the first of the matching clusters, or to a new one, and merge the others into it."""
        target = matching[0] if matching else Cluster()
        self._new += not matching
        target.texts.append(text)
        target.articles.append(number)
        # the longest text is good enough here; `update_canonical` chooses when the batch is written
        if not target.canonical or (not target.stored and text.features.tokens > target.canonical.features.tokens):
            target.canonical = text
        self._cluster_of.append(target)
        self._postings.add(text.keys, target.articles[0])
        for cluster in matching[1:]:
            self._merge(target, cluster, text)

    def _ranked(self, number: int, text: ClusterText, clusters: Sequence[Cluster]) -> _Ranked:
        """Return the clusters with the verdict on each, the most similar first, and add these to ``matches``."""
        compared = [texts_to_compare(text, cluster, self._window) for cluster in clusters]
        pairs = [(text, other) for texts in compared for other in texts]
        judged = iter(self._judge(pairs, [text], posted=1))
        ranked = []
        for cluster, texts in zip(clusters, compared, strict=True):
            pair_verdicts = list(islice(judged, len(texts)))
            if any(verdict.similarity for verdict in pair_verdicts):  # else next to nothing is shared: not recorded
                ranked.append((cluster, _match(number, cluster, texts, pair_verdicts)))
        ranked.sort(key=lambda item: -item[1].verdict.similarity)
        self.matches += [match for _, match in ranked]
        return ranked

    def _judge(
        self, pairs: Sequence[tuple[ClusterText, ClusterText]], firsts: Iterable[ClusterText], *, posted: int
    ) -> list[Verdict]:
        rarity = replace(self._rarity, stories=self._rarity.stories + self._new)
        return self._verdicts.judge(pairs, rarity, {a.key: self._key_counts(a) for a in firsts}, posted=posted)

    def _key_counts(self, text: ClusterText) -> NDArray[np.int64]:
        """Return the number of stories with each key of a text: stored ones, and new clusters of the batch."""
        counts = self._rarity.of(text.sketch)
        if text.keys:
            new = [
                len({id(root) for n in self._postings.posted(key) if not (root := self._cluster_of[n].root()).stored})
                for key in text.keys
            ]
            counts[np.searchsorted(text.sketch, text.keys)] += new
        return counts

    def _merge(self, first: Cluster, second: Cluster, text: ClusterText) -> None:
        """Merge two clusters that ``text`` matches, if most of their copies agree and no correction forbids it."""
        first, second = first.root(), second.root()
        if first is second:
            return
        if any(frozenset((a, b)) in self._cannot_link for a in first.stored for b in second.stored):
            return
        firsts, seconds = texts_to_compare(text, first, self._window), texts_to_compare(text, second, self._window)
        pairs = [(a, b) for a in firsts for b in seconds]
        judged = self._judge(pairs, firsts, posted=2)
        candidates = [t for t in (text, first.canonical, second.canonical) if t]
        if not (_most_agree(judged) or _longest_agrees(candidates, pairs, judged)):
            return
        kept, gone = (first, second) if first.stored or not second.stored else (second, first)
        kept.texts += gone.texts
        kept.stored += gone.stored
        kept.articles += gone.articles
        gone.merged_into = kept


def _match(number: int, cluster: Cluster, texts: Sequence[ClusterText], pair_verdicts: Sequence[Verdict]) -> Match:
    """Return the verdict on an article and a story: the best pair decides, if the canonical text or most agree."""
    best = max(range(len(texts)), key=lambda i: pair_verdicts[i].similarity)
    verdict = pair_verdicts[best]
    canonical = next((v for text, v in zip(texts, pair_verdicts, strict=True) if text is cluster.canonical), verdict)
    if verdict.same and not (canonical.same or _most_agree(pair_verdicts)):
        verdict = replace(verdict, same=False, before=_FEW_AGREE)
    return Match(number, texts[best].key, verdict)


def _most_agree(pair_verdicts: Sequence[Verdict]) -> bool:
    return 2 * sum(verdict.similarity >= AGREE_MIN for verdict in pair_verdicts) > len(pair_verdicts)


def _longest_agrees(
    candidates: Sequence[ClusterText],
    pairs: Sequence[tuple[ClusterText, ClusterText]],
    pair_verdicts: Sequence[Verdict],
) -> bool:
    """Return whether the longest of some texts, the first of equals, matches every compared text of the other cluster.

    So the whole merges stories of its parts, which share nothing.
    """
    longest = max(candidates, key=lambda text: text.features.tokens)
    matches = [v.same for (a, b), v in zip(pairs, pair_verdicts, strict=True) if longest is a or longest is b]
    return bool(matches) and all(matches)
