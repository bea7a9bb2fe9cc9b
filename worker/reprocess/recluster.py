"""Cluster reprocessed articles again, with what is left of their stories.

Like `BatchClusterer` for new articles, with two differences: an article whose words did not change stays in its story,
and a person's corrections count for articles, not only for stories. Pure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from worker.stories.cluster import BatchClusterer, Cluster, ClusterText, VerdictCache
from worker.window import Window


@dataclass(frozen=True, slots=True)
class ReprocessedText:
    """A stored article to be placed again, in the order of ids.

    ``label`` stands for it in what a person said (stories stand there by their ids) · ``offered`` are stored stories to
    compare it with · ``beside`` the places of earlier ones that were in its story · ``twin`` an earlier one with the
    same words · ``same`` a stored story with the same words · ``stays`` the stored story or, as ``-1 - place``, the
    earlier one that it stays with whatever the evidence says.
    """

    text: ClusterText
    label: int
    candidates: Sequence[int] = ()
    previous_neighbours: Sequence[int] = ()
    duplicate_of: int | None = None
    exact_match: int | None = None
    stays: int | None = None


class Reclusterer(BatchClusterer):
    """Plans articles that were made anew: each is given to ``again``, in order.

    ``never`` are pairs of labels that a person said are not the same.
    """

    def __init__(
        self, stored: Sequence[Cluster], pairs: VerdictCache, window: Window, never: Collection[frozenset[int]]
    ) -> None:
        super().__init__(stored, pairs, window)
        self._forbidden = never
        self._labels: list[int] = []  # by place
        self.duplicates: dict[int, int] = {}  # place -> the earlier one with the same words that it followed
        self.exact_matches: list[int] = []  # places of those that followed their stored story with the same words

    def add_reprocessed(self, one: ReprocessedText) -> None:
        """Place the next article."""
        place = len(self._cluster_of)
        self._labels.append(one.label)
        if one.duplicate_of is not None and not self._is_forbidden(
            [one.label], self._cluster_of[one.duplicate_of].root()
        ):
            self.add_exact_copy(other=one.duplicate_of)
            self.duplicates[place] = one.duplicate_of
        elif one.exact_match is not None and not self._is_forbidden([one.label], self._stored[one.exact_match].root()):
            self.add_exact_copy(story=one.exact_match)
            self.exact_matches.append(place)
        else:
            self._add_text(one)

    def _add_text(self, one: ReprocessedText) -> None:
        number = len(self._cluster_of)
        near = [self._stored[story].root() for story in one.candidates if story in self._stored]
        near += [
            self._cluster_of[other].root()
            for other in (*one.previous_neighbours, *self._postings.candidates(one.text.keys))
        ]
        near = [story for story in {id(s): s for s in near}.values() if not self._is_forbidden([one.label], story)]
        ranked = self._ranked(number, one.text, near)
        joined = [story for story, found in ranked if found.verdict.same]
        if one.stays is not None:
            stays = (self._stored[one.stays] if one.stays >= 0 else self._cluster_of[-1 - one.stays]).root()
            joined = [stays, *(story for story in joined if story is not stays)]
        home = joined[0] if joined else Cluster()
        self._join(home, number, one.text)
        for story in joined[1:]:
            self._merge(home, story, one.text)
        for story, found in ranked:
            if found.verdict.likely and not found.verdict.same and self._second_look(home.root(), story.root()):
                self._merge(home, story, one.text)

    def _is_forbidden(self, labels: Sequence[int], story: Cluster) -> bool:
        """Tell whether a person said of one of these that it is not the same as something of a story."""
        return any(frozenset((a, b)) in self._forbidden for a in labels for b in self._members(story))

    def _members(self, story: Cluster) -> list[int]:
        return [*story.stored, *(self._labels[place] for place in story.articles)]

    def _merge(self, one: Cluster, two: Cluster, text: ClusterText) -> None:
        if not self._is_forbidden(self._members(one.root()), two.root()):
            super()._merge(one, two, text)
