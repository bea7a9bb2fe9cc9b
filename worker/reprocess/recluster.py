"""Cluster reprocessed articles again, with what is left of their stories.

Like `BatchClusterer` for new articles, with two differences: an article whose words did not change stays in its story,
and an editor's corrections apply to articles, not only to stories. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from worker.match import KeyRarity
from worker.stories.cluster import BatchClusterer, IdPairs
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.verdict_cache import VerdictCache
from worker.window import Window


@dataclass(frozen=True, slots=True)
class ReprocessedText:
    """A stored article to cluster again; articles are in the order of ids.

    ``label`` identifies it in corrections (where a story is its id) · ``candidates``: stored stories to compare it with
    · ``previous_neighbours``: positions of earlier articles that were in its story · ``duplicate_of``: the position of
    an earlier one with the same words · ``exact_match``: a stored story with the same words · ``stays``: the stored
    story or, as ``-1 - position``, the earlier article that it stays with whatever the evidence.
    """

    text: ClusterText
    label: int
    candidates: Sequence[int] = ()
    previous_neighbours: Sequence[int] = ()
    duplicate_of: int | None = None
    exact_match: int | None = None
    stays: int | None = None


class Reclusterer(BatchClusterer):
    """Clusters reprocessed articles: pass each, in order, to `add_reprocessed`.

    ``cannot_link``: pairs of labels that an editor separated.
    """

    def __init__(
        self,
        stored: Sequence[Cluster],
        verdicts: VerdictCache,
        window: Window,
        cannot_link: IdPairs,
        rarity: KeyRarity,
    ) -> None:
        super().__init__(stored, verdicts, window, rarity=rarity)
        self._forbidden = cannot_link
        self._labels: list[int] = []  # by position
        self.duplicates: dict[int, int] = {}  # position -> that of the earlier exact copy whose cluster it joined
        self.exact_matches: list[int] = []  # positions of articles that joined the story of a stored exact copy

    def add_reprocessed(self, article: ReprocessedText) -> None:
        """Add the next article."""
        number, label, other, story = len(self._cluster_of), article.label, article.duplicate_of, article.exact_match
        self._labels.append(label)
        if other is not None and not self._is_forbidden([label], self._cluster_of[other].root()):
            self.add_exact_copy(other=other)
            self.duplicates[number] = other
        elif story is not None and not self._is_forbidden([label], self._stored[story].root()):
            self.add_exact_copy(story=story)
            self.exact_matches.append(number)
        else:
            self._add_text(article)

    def _add_text(self, article: ReprocessedText) -> None:
        number = len(self._cluster_of)
        clusters = [self._stored[story].root() for story in article.candidates if story in self._stored]
        others = (*article.previous_neighbours, *self._postings.candidates(article.text.keys))
        clusters += [self._cluster_of[other].root() for other in others]
        distinct = {id(cluster): cluster for cluster in clusters}.values()
        allowed = [cluster for cluster in distinct if not self._is_forbidden([article.label], cluster)]
        ranked = self._ranked(number, article.text, allowed)
        matching = [cluster for cluster, match in ranked if match.verdict.same]
        if (stays := article.stays) is not None:
            old = (self._stored[stays] if stays >= 0 else self._cluster_of[-1 - stays]).root()
            matching = [old, *(cluster for cluster in matching if cluster is not old)]
        self._join_all(matching, number, article.text)

    def _is_forbidden(self, labels: Sequence[int], cluster: Cluster) -> bool:
        """Return whether an editor separated any of these labels from a member of the cluster."""
        return any(frozenset((a, b)) in self._forbidden for a in labels for b in self._members(cluster))

    def _members(self, cluster: Cluster) -> list[int]:
        return [*cluster.stored, *(self._labels[number] for number in cluster.articles)]

    def _merge(self, first: Cluster, second: Cluster, text: ClusterText) -> None:
        if not self._is_forbidden(self._members(first.root()), second.root()):
            super()._merge(first, second, text)
