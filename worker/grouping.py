"""Verdicts of a batch go in, groups come out: which new articles form one story, and with which stored ones.

Runs under the placement lock. Single link over verified pairs, with two guards and one second chance: stories are only
merged where their canonical texts have enough in common, what a person has separated stays apart, and a pair that was
merely likely is looked at again once its group has a second, unlike copy to agree with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy import Connection

from worker.assign import Edge, Group, assign
from worker.candidates import TEXTS_A_STORY, Judged, Shelf
from worker.features import Features
from worker.fingerprint import hamming
from worker.match import Verdict, agreed, evidence, floor, verdict
from worker.prepare import Prepared
from worker.store import index, stories

#: Likely pairs of a batch that get a second look; there are hardly ever more, save in a batch made to be slow.
MOST_SECOND_LOOKS = 50


@dataclass
class Grouping:
    """Groups the articles of one batch; ``where`` holds the present story of each stored article that matters."""

    connection: Connection
    shelf: Shelf
    batch: Sequence[Prepared]
    judged: Sequence[Judged]
    edges: list[Edge]
    where: dict[int, int]
    never: set[frozenset[int]] = field(default_factory=set)

    def groups(self) -> list[Group]:
        """Return the groups; each article of the batch stands in one."""
        self.edges += [self._edge(one) for one in self.judged if one.verdict.same]
        found = self._assigned()
        if more := [self._edge(one, seen) for one, seen in self._second_looks(found)]:
            self.edges += more
            found = self._assigned()
        return found

    def _edge(self, one: Judged, seen: Verdict | None = None) -> Edge:
        strength = (seen or one.verdict).similarity
        return Edge(one.number, strength, other=one.other_number, story=self.where.get(one.other_id or 0))

    def _assigned(self) -> list[Group]:
        found = assign(len(self.batch), self.edges, self.never)
        if apart := set(self._too_far_apart(found)):
            self.never |= apart
            found = assign(len(self.batch), self.edges, self.never)
        return found

    def _too_far_apart(self, groups: Sequence[Group]) -> Iterator[frozenset[int]]:
        """Yield stories that an article bridges although their canonical texts have too little in common."""
        merging = [group.stories for group in groups if len(group.stories) > 1]
        canonical = stories.canonicals(self.connection, {story for ids in merging for story in ids}) if merging else {}
        kept = self.shelf.get(self.connection, {article for article, _ in canonical.values()})
        for ids in merging:
            for a, b in combinations([story for story in ids if story in canonical], 2):
                if not floor(evidence(kept[canonical[a][0]], kept[canonical[b][0]])):
                    yield frozenset((a, b))

    def _second_looks(self, groups: Sequence[Group]) -> Iterator[tuple[Judged, Verdict]]:
        """Yield the likely pairs of different groups that two unlike copies of one side confirm."""
        home = {number: place for place, group in enumerate(groups) for number in group.articles}
        of_story = {story: place for place, group in enumerate(groups) for story in group.stories}
        likely = [one for one in self.judged if one.verdict.likely and not one.verdict.same]
        likely.sort(key=lambda one: -one.verdict.similarity)
        for one in likely[:MOST_SECOND_LOOKS]:
            mine = groups[home[one.number]]
            if one.other_number is not None:
                theirs = groups[home[one.other_number]]
            else:
                story = self.where[one.other_id or 0]
                theirs = groups[of_story[story]] if story in of_story else Group(stories=[story])
            if mine is not theirs and (seen := self._confirmed(one, mine, theirs)):
                yield one, seen

    def _confirmed(self, one: Judged, mine: Group, theirs: Group) -> Verdict | None:
        other = self._texts(theirs)
        me = self.batch[one.number]
        them = self._other(one)
        return _against(me.features, me.fingerprint.simhash, other) or _against(*them, self._texts(mine))

    def _other(self, one: Judged) -> tuple[Features, bytes]:
        if one.other_number is not None:
            other = self.batch[one.other_number]
            return other.features, other.fingerprint.simhash
        kept = self.shelf.get(self.connection, [one.other_id or 0])[one.other_id or 0]
        return kept, b""

    def _texts(self, group: Group) -> list[tuple[Features, bytes]]:
        """Return the different texts of a group with their SimHashes, the stored ones first."""
        stored = [text for texts in index.texts(self.connection, group.stories).values() for text in texts]
        kept = self.shelf.get(self.connection, [text.id for text in stored])
        found = [(kept[text.id], text.simhash) for text in stored if text.id in kept]
        return found + [(self.batch[n].features, self.batch[n].fingerprint.simhash) for n in group.articles]


def _against(alone: Features, simhash: bytes, texts: Sequence[tuple[Features, bytes]]) -> Verdict | None:
    """Return the verdict that joins a text to a story of at least two, if some of them agree on it."""
    if len(texts) < 2:
        return None
    near = sorted(texts, key=lambda text: hamming(simhash, text[1]))[:TEXTS_A_STORY] if simhash else texts
    chosen = [found for found, _ in near[:TEXTS_A_STORY]]
    verdicts = [verdict(evidence(alone, text)) for text in chosen]
    return agreed(verdicts, [evidence(a, b) for a, b in combinations(chosen, 2)])
