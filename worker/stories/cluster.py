"""Cluster a batch of articles with their candidate stories: new articles, and stored ones that are reprocessed.

Articles are added one by one: each joins the stories of which it matches a copy, if most of the compared ones agree,
and merges them on the same condition; so a story is no chain. Must-links join and cannot-links separate whatever the
evidence. Pure: it runs without a lock, and again under it, from the same evidence, if others committed meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from worker.fingerprint.posting_index import PostingIndex, passes_prefilter
from worker.match import KeyRarity, Verdict
from worker.stories.cluster_text import Cluster, ClusterText, texts_to_compare
from worker.stories.references import MemberPairs, MemberRef, New, StoredStory, TextRef
from worker.stories.verdict_cache import VerdictCache
from worker.window import Window

_FEW_AGREE = "Not in that story, because most of its articles are too different. One is alike: "


@dataclass(slots=True)
class Match:
    """The verdict on an article (by its position in the batch) and a story, with the text that decided."""

    number: int
    other: TextRef
    verdict: Verdict


_Ranked = list[tuple[Cluster, Match]]


class BatchClusterer:
    """Clusters one batch: pass each of its articles, in order, to `add`; then read `clusters` and ``matches``.

    ``matches`` are the verdicts on the compared pairs, joined or refused. ``exact_copies`` are the articles that were
    added as exact copies, by position, with what they are a copy of.
    """

    def __init__(
        self,
        stored: Sequence[Cluster],
        verdicts: VerdictCache,
        window: Window,
        *,
        rarity: KeyRarity | None = None,
        must_link: MemberPairs = (),
        cannot_link: MemberPairs = (),
    ) -> None:
        """Prepare the clusters of ``stored`` stories, one of each.

        Links name articles of the batch or stored stories. All must be known in advance: what an article joins depends
        on those of articles that follow. A must-link that contradicts the cannot-links and the must-links before it
        has no effect.
        """
        self.matches: list[Match] = []
        self.exact_copies: dict[int, MemberRef] = {}
        self._verdicts = verdicts
        self._window = window
        self._stored = {story.stored[0]: story for story in stored}
        self._linked: dict[int, Cluster] = {}  # by number: the clusters of articles that a link names
        self._cluster_of: list[Cluster] = []  # by number
        self._postings = PostingIndex()
        self._rarity = rarity or KeyRarity()
        self._new = 0  # clusters without a stored story
        for a, b in cannot_link:
            first, second = self._named(a), self._named(b)
            first.banned |= {b}
            second.banned |= {a}
        for a, b in must_link:
            first, second = self._named(a).root(), self._named(b).root()
            if first.allows(second):
                first.unite(second)

    def clusters(self) -> list[Cluster]:
        """Return the clusters with articles of the batch, in the order of their first article."""
        return list({id(cluster.root()): cluster.root() for cluster in self._cluster_of}.values())

    def cluster_of(self, number: int) -> Cluster:
        """Return the present cluster of an article, by its position."""
        return self._cluster_of[number].root()

    def add(
        self,
        text: ClusterText,
        candidates: Iterable[MemberRef] = (),
        *,
        copy_of: Iterable[MemberRef] = (),
        joins: MemberRef | None = None,
        rarity: KeyRarity | None = None,
    ) -> None:
        """Add the next article. References to articles are to earlier ones of the batch.

        ``rarity`` is that of keys from this article on, where the articles of the batch did not arrive together.

        It joins the first of ``copy_of``, which have the same words, that no cannot-link forbids. Otherwise it is
        compared with ``candidates`` (stories that are not in ``stored`` are left out) and with earlier articles that
        share keys and pass the prefilter. It then joins ``joins`` whatever the evidence, unless a cannot-link forbids
        it, or else its best match. Other matches are merged with that only if it is a match too: name what a must-link
        or ``joins`` names among the candidates to have it compared.
        """
        self._rarity = rarity or self._rarity
        number = len(self._cluster_of)
        own = self._linked[number].root() if number in self._linked else Cluster()
        for ref in copy_of:
            original = self._find(ref)
            if original and own.allows(original):
                self.exact_copies[number] = ref
                self._place(number, original.unite(own))
                return
        compared = self._candidates(text, own, candidates)
        chosen = self._find(joins) if joins else None
        if chosen and own.allows(chosen):
            own = chosen.unite(own)
        self._add_text(number, text, own, compared)

    def _add_text(self, number: int, text: ClusterText, own: Cluster, compared: Sequence[Cluster]) -> None:
        """Add an article to ``own`` if it has members, else to the most similar match; merge the other matches.

        If it is in ``own`` without evidence, it is no reason to merge anything with that.
        """
        ranked = self._ranked(number, text, compared)
        matching = [cluster for cluster, match in ranked if match.verdict.same]
        is_linked = bool(own.stored or own.articles)
        target = own if is_linked or not matching else matching[0].unite(own)
        self._new += not (target.stored or target.articles)
        target.texts.append(text)
        # the longest text is good enough here; `update_canonical` chooses when the batch is written
        if not target.canonical or (not target.stored and text.features.tokens > target.canonical.features.tokens):
            target.canonical = text
        self._place(number, target)
        self._postings.add(text.keys, target.articles[0])
        if not is_linked or any(cluster.root() is target for cluster in matching):
            for cluster in matching:
                self._merge(target, cluster, text)

    def _place(self, number: int, cluster: Cluster) -> None:
        cluster.articles.append(number)
        self._cluster_of.append(cluster)

    def _candidates(self, text: ClusterText, own: Cluster, candidates: Iterable[MemberRef]) -> list[Cluster]:
        """Return the clusters to compare a text with, each once, without those that its cluster ``own`` must not join.

        Earlier articles of the batch that share keys are found here, and pass the prefilter.
        """
        clusters = [cluster for ref in candidates if (cluster := self._find(ref))]
        for other, shared in self._postings.candidates(text.keys).items():
            cluster = self._cluster_of[other].root()
            if passes_prefilter(shared, text.simhash, (member.simhash for member in cluster.texts)):
                clusters.append(cluster)
        return [cluster for cluster in {id(c): c for c in clusters}.values() if own.allows(cluster)]

    def _named(self, ref: MemberRef) -> Cluster:
        """Return the cluster of an article or a story that a link names."""
        if isinstance(ref, New):
            cluster = self._linked.setdefault(ref.position, Cluster())
        else:
            cluster = self._stored.setdefault(ref.id, Cluster(stored=[ref.id]))
        cluster.members |= {ref}
        return cluster

    def _find(self, ref: MemberRef) -> Cluster | None:
        """Return the present cluster of an earlier article or of a story; None if the story was not given."""
        cluster = self._stored.get(ref.id) if isinstance(ref, StoredStory) else self._cluster_of[ref.position]
        return cluster.root() if cluster else None

    def _ranked(self, number: int, text: ClusterText, clusters: Sequence[Cluster]) -> _Ranked:
        """Return the clusters with the verdict on each, the most similar first, and add these to ``matches``."""
        if not clusters:  # as of most articles
            return []
        compared = [texts_to_compare(text, cluster, self._window) for cluster in clusters]
        pairs = [(text, other) for texts in compared for other in texts]
        judged = iter(self._judge(pairs, posted=1))
        ranked = []
        for cluster, texts in zip(clusters, compared, strict=True):
            pair_verdicts = list(islice(judged, len(texts)))
            if any(verdict.similarity for verdict in pair_verdicts):  # else next to nothing is shared: not recorded
                ranked.append((cluster, self._match(number, cluster, texts, pair_verdicts)))
        ranked.sort(key=lambda item: _rank(item[1].verdict), reverse=True)
        self.matches += [match for _, match in ranked]
        return ranked

    def _judge(self, pairs: Sequence[tuple[ClusterText, ClusterText]], *, posted: int) -> list[Verdict]:
        rarity = replace(self._rarity, stories=self._rarity.stories + self._new)
        return self._verdicts.judge(pairs, rarity, self._key_counts, posted=posted)

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
        """Merge two clusters that ``text`` matches, if most of their copies agree and no cannot-link forbids it."""
        first, second = first.root(), second.root()
        if first is second or not first.allows(second):
            return
        firsts, seconds = texts_to_compare(text, first, self._window), texts_to_compare(text, second, self._window)
        pairs = [(a, b) for a in firsts for b in seconds]
        judged = self._judge(pairs, posted=2)
        candidates = [t for t in (text, first.canonical, second.canonical) if t]
        if self._most_agree(judged) or _longest_agrees(candidates, pairs, judged):
            first.unite(second)

    def _match(
        self, number: int, cluster: Cluster, texts: Sequence[ClusterText], pair_verdicts: Sequence[Verdict]
    ) -> Match:
        """Return the verdict on an article and a story: the best pair, if the canonical text or most agree."""
        best = max(range(len(texts)), key=lambda i: _rank(pair_verdicts[i]))
        verdict = pair_verdicts[best]
        canonical = next(
            (v for text, v in zip(texts, pair_verdicts, strict=True) if text is cluster.canonical), verdict
        )
        if verdict.same and not (canonical.same or self._most_agree(pair_verdicts)):
            verdict = replace(verdict, same=False, before=_FEW_AGREE)
        return Match(number, texts[best].key, verdict)

    def _most_agree(self, pair_verdicts: Sequence[Verdict]) -> bool:
        agreement = self._verdicts.judgement.agreement
        return 2 * sum(verdict.similarity >= agreement for verdict in pair_verdicts) > len(pair_verdicts)


def _rank(verdict: Verdict) -> tuple[float, float]:
    """Order verdicts: the model is as sure of many copies as it can be, so the shared phrases decide between them."""
    return round(verdict.similarity, 3), verdict.evidence.grams_jaccard


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
