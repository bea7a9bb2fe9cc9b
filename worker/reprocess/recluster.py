"""Stored articles that were made anew go in, with what is left of their stories; the stories that will be come out.

As `worker/plan.py` does for new articles, but these have a past: an article whose words are the same stays where it
is, and what a person said of articles, not only of stories, counts. Pure, like the plan.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from worker.stories.cluster import Pairs, Plan, Story, Text
from worker.window import Window


@dataclass(frozen=True, slots=True)
class Again:
    """A stored article to be placed again, in the order of ids.

    ``label`` stands for it in what a person said (stories stand there by their ids) · ``offered`` are stored stories to
    compare it with · ``beside`` the places of earlier ones that were in its story · ``twin`` an earlier one with the
    same words · ``same`` a stored story with the same words · ``stays`` the stored story or, as ``-1 - place``, the
    earlier one that it stays with whatever the evidence says.
    """

    text: Text
    label: int
    offered: Sequence[int] = ()
    beside: Sequence[int] = ()
    twin: int | None = None
    same: int | None = None
    stays: int | None = None


class Replan(Plan):
    """Plans articles that were made anew: each is given to ``again``, in order.

    ``never`` are pairs of labels that a person said are not the same.
    """

    def __init__(
        self, stored: Sequence[Story], pairs: Pairs, window: Window, never: Collection[frozenset[int]]
    ) -> None:
        super().__init__(stored, pairs, window)
        self._apart = never
        self._labels: list[int] = []  # by place
        self.twins: dict[int, int] = {}  # place -> the earlier one with the same words that it followed
        self.same: list[int] = []  # places of those that followed their stored story with the same words

    def again(self, one: Again) -> None:
        """Place the next article."""
        place = len(self._homes)
        self._labels.append(one.label)
        if one.twin is not None and not self._barred([one.label], self._homes[one.twin].now()):
            self.follow(other=one.twin)
            self.twins[place] = one.twin
        elif one.same is not None and not self._barred([one.label], self._stored[one.same].now()):
            self.follow(story=one.same)
            self.same.append(place)
        else:
            self._receive(one)

    def _receive(self, one: Again) -> None:
        number = len(self._homes)
        near = [self._stored[story].now() for story in one.offered if story in self._stored]
        near += [self._homes[other].now() for other in (*one.beside, *self._posted.sharing(one.text.keys))]
        near = [story for story in {id(s): s for s in near}.values() if not self._barred([one.label], story)]
        ranked = self._ranked(number, one.text, near)
        joined = [story for story, found in ranked if found.verdict.same]
        if one.stays is not None:
            stays = (self._stored[one.stays] if one.stays >= 0 else self._homes[-1 - one.stays]).now()
            joined = [stays, *(story for story in joined if story is not stays)]
        home = joined[0] if joined else Story()
        self._join(home, number, one.text)
        for story in joined[1:]:
            self._merge(home, story, one.text)
        for story, found in ranked:
            if found.verdict.likely and not found.verdict.same and self._second_look(home.now(), story.now()):
                self._merge(home, story, one.text)

    def _barred(self, labels: Sequence[int], story: Story) -> bool:
        """Tell whether a person said of one of these that it is not the same as something of a story."""
        return any(frozenset((a, b)) in self._apart for a in labels for b in self._stands(story))

    def _stands(self, story: Story) -> list[int]:
        return [*story.stored, *(self._labels[place] for place in story.articles)]

    def _merge(self, one: Story, two: Story, text: Text) -> None:
        if not self._barred(self._stands(one.now()), two.now()):
            super()._merge(one, two, text)
