"""A batch of new articles and the stories that they may belong to go in; the stories that will be come out.

Articles are taken one by one, as if each came alone: one joins the stories whose copies match it, and merges them
where it may; a story that was merely likely gets a second look once its article has found a home with unlike copies.
Pure: it is made without a lock, and made again under it, from the same verdicts, when others committed meanwhile.
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
    evidence_of,
    may_merge,
    may_stay_in_cluster,
    middle_text_agrees,
    verdicts,
)
from worker.window import ArticleTimes, Window

#: Texts of one story that a new article is compared with: the canonical one and those nearest by SimHash. The fourth
#: is a witness more for the freest rewrites: five pairs of 904 more, for 14 % more comparisons among stories of twelve
#: copies, 10 % of five, and none where a story has three texts at the most.
TEXTS_A_STORY = 4
#: A story of so many texts is only merged by an article that goes with its middle one too: pages of one site share
#: their frame, so that a page may be alike another article's page but not what was extracted from it.
HAS_MIDDLE = 3
_TOO_FAR = "Too far from the canonical article of its story, though alike. "


@dataclass(slots=True)
class ClusterText:
    """A text to compare. ``key`` is the id of a stored article, or ``-1 - number`` of one of the batch."""

    key: int
    features: Features
    simhash: bytes
    when: ArticleTimes
    keys: Sequence[int] = ()


@dataclass(slots=True)
class Cluster:
    """A story as planned: the stored stories it is made of, its new articles, its texts, the canonical one.

    A story that only receives copies with the same words needs no texts. Of a stored story with more texts than are
    loaded, ``middles`` holds the one that is neither near nor far from an article of the batch, by that one's key.
    """

    stored: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    texts: list[ClusterText] = field(default_factory=list)
    canonical: ClusterText | None = None
    middles: dict[int, ClusterText] = field(default_factory=dict)
    merged_into: "Cluster | None" = None  # the story that it was merged into

    def middle(self, text: ClusterText) -> ClusterText | None:
        """Return the text of the story that is neither near nor far from ``text``, where it has enough of them."""
        if text.key in self.middles:
            return self.middles[text.key]
        return middle_text(self.texts, text.simhash)

    def root(self) -> "Cluster":
        """Return the story that this one is by now."""
        story = self
        while story.merged_into:
            story = story.merged_into
        return story


class HasSimhash(Protocol):
    """A text as far as distances need it."""

    @property
    def simhash(self) -> bytes:
        """32 bytes."""


Near = TypeVar("Near", bound=HasSimhash)


def middle_text(texts: Sequence[Near], simhash: bytes) -> Near | None:
    """Return the text in the middle by distance from ``simhash``; None of fewer than `HAS_MIDDLE`."""
    if len(texts) < HAS_MIDDLE:
        return None
    return sorted(texts, key=lambda text: hamming(text.simhash, simhash))[len(texts) // 2]


@dataclass(slots=True)
class Match:
    """The verdict on a new article (by its place in the batch) and one story, with the text that decided."""

    number: int
    other: int  # the key of the other text
    verdict: Verdict


@dataclass
class VerdictCache:
    """Verdicts on pairs by their keys, with their evidence, computed once."""

    seen: dict[tuple[int, int], Verdict] = field(default_factory=dict)

    def compare(self, pairs: Iterable[tuple[ClusterText, ClusterText]]) -> None:
        """Compare many pairs at once: what is foreseen costs a quarter of what is found out one by one."""
        new = {(a.key, b.key): (a, b) for a, b in pairs if (a.key, b.key) not in self.seen}
        distances = [hamming(a.simhash, b.simhash) for a, b in new.values()]
        found = evidence_of([(a.features, b.features) for a, b in new.values()], distances, whole=False)
        self.seen.update(zip(new, verdicts(list(found)), strict=True))

    def judged(self, a: int, b: int) -> Verdict | None:
        """Return the verdict on the texts with these keys, in this order, where they were compared."""
        return self.seen.get((a, b))

    def __call__(self, a: ClusterText, b: ClusterText) -> Verdict:
        """Compare ``a`` with ``b``, in this order."""
        if (a.key, b.key) not in self.seen:
            self.compare([(a, b)])
        return self.seen[a.key, b.key]


def predict_pairs(
    texts: Iterable[ClusterText], near: Mapping[int, Sequence[int]], stored: Iterable[Cluster], window: Window
) -> Iterator[tuple[ClusterText, ClusterText]]:
    """Yield nearly all pairs that planning these new texts will ask for; ``near``: stored stories by number."""
    stories = {story.stored[0]: story for story in stored}
    posted = PostingIndex()
    by_number: dict[int, ClusterText] = {}
    for text in texts:
        number = -1 - text.key
        for story in near.get(number, ()):
            if story in stories:
                yield from ((text, other) for other in _compared(text, stories[story], window))
        for other, shared in posted.candidates(text.keys).items():
            if passes_prefilter(shared, text.simhash, (by_number[other].simhash,)):
                yield text, by_number[other]
        posted.add(text.keys, number)
        by_number[number] = text


def _compared(text: ClusterText, story: Cluster, window: Window) -> list[ClusterText]:
    """Return those of a story's texts that a new one is compared with: the canonical one and the nearest."""
    texts = [other for other in story.texts if window.contains(text.when, other.when)]
    if len(texts) > 1:
        texts.sort(key=lambda other: (other is not story.canonical, hamming(text.simhash, other.simhash)))
    return texts[:TEXTS_A_STORY]


class BatchClusterer:
    """Plans one batch: every article of it is given to ``receive`` or ``follow``, in order."""

    def __init__(
        self, stored: Sequence[Cluster], pairs: VerdictCache, window: Window, never: Collection[frozenset[int]] = ()
    ) -> None:
        self.matches: list[Match] = []
        self._pairs = pairs
        self._window = window
        self._cannot_link = never
        self._stored = {story.stored[0]: story for story in stored}
        self._cluster_of: list[Cluster] = []  # by number
        self._postings = PostingIndex()

    def clusters(self) -> list[Cluster]:
        """Return the planned stories that hold articles of the batch, in the order of their first one."""
        return list({id(home.root()): home.root() for home in self._cluster_of}.values())

    def add_exact_copy(self, *, story: int | None = None, other: int | None = None) -> None:
        """Put the next article where one with the same words is: in a stored story, or with ``other`` of the batch."""
        home = (self._cluster_of[other] if other is not None else self._stored[story or 0]).root()
        home.articles.append(len(self._cluster_of))
        self._cluster_of.append(home)

    def add(self, text: ClusterText, offered: Sequence[int]) -> None:
        """Place the next article; ``offered`` are the stored stories that share keys with it."""
        number = len(self._cluster_of)
        near = [self._stored[one].root() for one in offered if one in self._stored]
        for other, shared in self._postings.candidates(text.keys).items():
            story = self._cluster_of[other].root()
            if passes_prefilter(shared, text.simhash, (one.simhash for one in story.texts)):
                near.append(story)
        ranked = self._ranked(number, text, list({id(story): story for story in near}.values()))
        joined = [story for story, found in ranked if found.verdict.same]
        home = joined[0] if joined else Cluster()
        self._join(home, number, text)
        for story in joined[1:]:
            self._merge(home, story, text)
        for story, found in ranked:
            if found.verdict.likely and not found.verdict.same and self._second_look(home.root(), story.root()):
                self._merge(home, story, text)

    def _join(self, home: Cluster, number: int, text: ClusterText) -> None:
        home.texts.append(text)
        home.articles.append(number)
        # what is chosen well once it is stored needs only be long here
        if not home.canonical or (not home.stored and text.features.tokens > home.canonical.features.tokens):
            home.canonical = text
        self._cluster_of.append(home)
        self._postings.add(text.keys, home.articles[0])

    def _ranked(self, number: int, text: ClusterText, stories: Sequence[Cluster]) -> list[tuple[Cluster, Match]]:
        """Return the stories with the verdict on each, the most alike first, and keep the verdicts."""
        found = [(story, one) for story in stories if (one := self._against(number, text, story))]
        found.sort(key=lambda one: -one[1].verdict.similarity)
        self.matches += [one for _, one in found]
        return found

    def _against(self, number: int, text: ClusterText, story: Cluster) -> Match | None:
        """Judge a text against the nearest of a story's: a pair decides, or unlike ones together."""
        texts = _compared(text, story, self._window)
        judged = [self._pairs(text, other) for other in texts]
        if not any(one.similarity for one in judged):
            return None  # next to nothing is shared with any: not worth telling of
        best = max(range(len(texts)), key=lambda i: judged[i].similarity)
        decided = combine_witnesses(judged, lambda i, j: self._pairs(texts[i], texts[j]).evidence)
        if decided and story.canonical and not may_stay_in_cluster(self._pairs(text, story.canonical)):
            decided = replace(decided, same=False, before=f"{_TOO_FAR}{decided.before}")
        return Match(number, texts[best].key, decided or replace(judged[best], same=False))

    def _second_look(self, home: Cluster, other: Cluster) -> bool:
        """Tell whether a story that was merely likely matches now that ``home`` has another copy."""
        if home is other or len(home.texts) < 2 or not other.canonical:
            return False
        found = self._against(0, other.canonical, home)
        return found is not None and found.verdict.same

    def _merge(self, one: Cluster, two: Cluster, text: ClusterText) -> None:
        """Merge two stories if ``text`` may bridge them and nobody forbade it."""
        one, two = one.root(), two.root()
        if one is two or not one.canonical or not two.canonical:
            return
        if any(frozenset((a, b)) in self._cannot_link for a in one.stored for b in two.stored):
            return
        to_one, to_other = (self._pairs(text, story.canonical) for story in (one, two) if story.canonical)
        grown = min(len(one.texts), len(two.texts)) > 1
        if not may_merge(to_one, to_other, self._pairs(one.canonical, two.canonical), grown=grown):
            return
        if not (self._middle_agrees(one, text) and self._middle_agrees(two, text)):
            return
        kept, gone = (one, two) if one.stored or not two.stored else (two, one)
        kept.texts += gone.texts
        kept.stored += gone.stored
        kept.articles += gone.articles
        kept.middles = {**gone.middles, **kept.middles}
        gone.merged_into = kept

    def _middle_agrees(self, story: Cluster, text: ClusterText) -> bool:
        """Tell whether the middle one of a story's texts, if it has one, goes with the text that would merge it."""
        between = story.middle(text)
        return between is None or middle_text_agrees(self._pairs(text, between))
