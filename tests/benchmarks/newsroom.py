"""Cluster articles one by one as the service does, without its database.

Sketch index, at most four texts of a candidate story, verdicts, drift threshold and merging are those of the service.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.benchmarks.sketch_index import SketchIndex
from worker.features import Features
from worker.fingerprint import Fingerprint, fingerprint
from worker.fingerprint.simhash import hamming
from worker.match import (
    Evidence,
    Member,
    Verdict,
    choose_canonical,
    combine_witnesses,
    evidence,
    may_merge,
    may_stay_in_cluster,
    middle_text_agrees,
    verdict,
)
from worker.stories.cluster import TEXTS_A_STORY, middle_text

MOST_MEMBERS = 12
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Story:
    """Members by article number, in order of arrival, and the canonical article."""

    members: list[int]
    canonical: int


@dataclass
class Newsroom:
    """Clusters articles by number; ``read`` counts the candidate stories of each article."""

    features: list[Features]
    stories: dict[int, Story] = field(default_factory=dict)
    story_of: dict[int, int] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    candidates: dict[int, set[int]] = field(default_factory=dict)
    joins: list[tuple[int, int, Verdict]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._index = SketchIndex()
        self._prints: dict[int, Fingerprint] = {}
        self._seen: dict[tuple[int, int], tuple[Evidence, Verdict]] = {}

    def add(self, number: int) -> None:
        """Add an article."""
        self._prints[number] = fingerprint(self.features[number])
        keys = self._prints[number].sketch.tolist()
        candidates = list(dict.fromkeys(self._root(story) for story, _ in self._index.candidates(keys)))
        self.read[number], self.candidates[number] = len(candidates), set(candidates)
        ranked = sorted(self._verdicts(number, candidates), key=lambda item: -item[1].similarity)
        matching = [story for story, best in ranked if best.same]
        home = matching[0] if matching else self._open(number)
        if matching:
            self.joins.append((number, self.stories[home].canonical, ranked[0][1]))
            self._add(home, number)
        self._index.add(home, keys)
        for story in matching[1:]:
            home = self._merge(home, story, number)
        for story, best in ranked:
            if not best.same and best.likely and self._matches_now(home, self._root(story)):
                home = self._merge(home, story, number)

    def _verdicts(self, number: int, stories: list[int]) -> Iterator[tuple[int, Verdict]]:
        """Yield the verdict on each candidate story; refused verdicts keep `likely`."""
        for story in stories:
            yield story, self._against(number, story)

    def _against(self, number: int, story: int) -> Verdict:
        texts = self._texts(number, story)
        verdicts = [self._pair(number, other)[1] for other in texts]
        decided = combine_witnesses(verdicts, lambda i, j: self._pair(texts[i], texts[j])[0])
        canonical = self.stories[story].canonical
        if decided and may_stay_in_cluster(self._pair(number, canonical)[1]):
            return decided
        best = max(verdicts, key=lambda v: v.similarity)
        return replace(best, same=False)

    def _matches_now(self, home: int, other: int) -> bool:
        """Return whether ``other``, which was only likely, matches now that ``home`` has another copy."""
        if home == other or len(self.stories[home].members) < 2:
            return False
        return self._against(self.stories[other].canonical, home).same

    def _texts(self, number: int, story: int) -> list[int]:
        """Return the canonical text and the nearest by SimHash."""
        mine, canonical = self._prints[number].simhash, self.stories[story].canonical
        members = self.stories[story].members
        order = sorted(members, key=lambda m: (m != canonical, hamming(mine, self._prints[m].simhash)))
        return order[:TEXTS_A_STORY]

    def _pair(self, a: int, b: int) -> tuple[Evidence, Verdict]:
        key = (min(a, b), max(a, b))
        if key not in self._seen:
            numbers = evidence(self.features[key[0]], self.features[key[1]])
            self._seen[key] = numbers, verdict(numbers)
        return self._seen[key]

    def _open(self, number: int) -> int:
        self.stories[number] = Story([number], number)
        self.story_of[number] = number
        return number

    def _add(self, story: int, number: int) -> None:
        self.stories[story].members.append(number)
        self.story_of[number] = story
        self._choose_canonical(story)

    def _choose_canonical(self, story_id: int) -> None:
        story = self.stories[story_id]
        longest = sorted(story.members, key=lambda m: -self.features[m].tokens)[:MOST_MEMBERS]
        best, _ = choose_canonical([Member(self.features[m], _NO_TIME) for m in longest])
        story.canonical = longest[best]

    def _merge(self, home: int, other: int, number: int) -> int:
        """Merge two stories if the article is enough to join them; return the story that ``home`` is now."""
        home, other = self._root(home), self._root(other)
        if home == other:
            return home
        first, second = self.stories[home].canonical, self.stories[other].canonical
        to_first, to_second = (self._pair(number, c)[1] for c in (first, second))
        grown = min(len(self.stories[story].members) for story in (home, other)) > 1
        if not may_merge(to_first, to_second, self._pair(first, second)[1], both_have_several_texts=grown):
            return home
        if not all(self._middle_agrees(story, number) for story in (home, other)):
            return home
        gone = self.stories.pop(other)
        for member in gone.members:
            self.story_of[member] = home
        self.stories[home].members += gone.members
        self._choose_canonical(home)
        self._moved[other] = home
        return home

    def _middle_agrees(self, story: int, number: int) -> bool:
        """Return whether the middle text of a story, by distance from the article, agrees with it."""
        middle = middle_text([self._prints[m] for m in self.stories[story].members], self._prints[number].simhash)
        member = next((m for m in self.stories[story].members if self._prints[m] is middle), None)
        return member is None or member == number or middle_text_agrees(self._pair(member, number)[1])

    _moved: dict[int, int] = field(default_factory=dict)

    def _root(self, story: int) -> int:
        while story in self._moved:
            story = self._moved[story]
        return story
