"""A batch of new articles and the stories that they may belong to go in; the stories that will be come out.

Articles are taken one by one, as if each came alone: one joins the stories whose copies match it, and merges them
where it may; a story that was merely likely gets a second look once its article has found a home with unlike copies.
Pure: it is made without a lock, and made again under it, from the same verdicts, when others committed meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from worker.features import Features
from worker.fingerprint import hamming
from worker.match import Evidence, Verdict, agreed, bridges, evidence, floor, hopeless, verdict, vouches
from worker.posted import Posted
from worker.window import When, Window

#: Texts of one story that a new article is compared with: the canonical one and those nearest by SimHash.
TEXTS_A_STORY = 3
#: A story of so many texts is only merged if its middle one agrees: pages of one site share their frame, so that one
#: text of each may be alike while the articles are not (web articles, held out: F1 .965 without, .994 with).
HAS_MIDDLE = 3


@dataclass(frozen=True, slots=True)
class Text:
    """A text to compare. ``key`` is the id of a stored article, or ``-1 - number`` of one of the batch."""

    key: int
    features: Features
    simhash: bytes
    when: When
    keys: Sequence[int] = ()


@dataclass(slots=True)
class Story:
    """A story as planned: the stored stories it is made of, its new articles, its texts, the canonical one.

    A story that only receives copies with the same words needs no texts. Of a stored story with more texts than are
    loaded, ``middles`` holds the one that is neither near nor far from an article of the batch, by that one's key.
    """

    stored: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    canonical: Text | None = None
    middles: dict[int, Text] = field(default_factory=dict)
    became: "Story | None" = None  # the story that it was merged into

    def middle(self, text: Text) -> Text | None:
        """Return the text of the story that is neither near nor far from ``text``, where it has enough of them."""
        if text.key in self.middles:
            return self.middles[text.key]
        return middle(self.texts, text.simhash)

    def now(self) -> "Story":
        """Return the story that this one is by now."""
        story = self
        while story.became:
            story = story.became
        return story


class HasSimhash(Protocol):
    """A text as far as distances need it."""

    @property
    def simhash(self) -> bytes:
        """32 bytes."""


Near = TypeVar("Near", bound=HasSimhash)


def middle(texts: Sequence[Near], simhash: bytes) -> Near | None:
    """Return the text in the middle by distance from ``simhash``; None of fewer than `HAS_MIDDLE`."""
    if len(texts) < HAS_MIDDLE:
        return None
    return sorted(texts, key=lambda text: hamming(text.simhash, simhash))[len(texts) // 2]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a new article (by its place in the batch) and one story, with the pair that decided."""

    number: int
    other: int  # the key of the other text
    verdict: Verdict
    evidence: Evidence


@dataclass
class Pairs:
    """Evidence and verdicts of pairs by their keys, computed once."""

    seen: dict[tuple[int, int], tuple[Evidence, Verdict]] = field(default_factory=dict)
    _hopeless: dict[tuple[int, int], bool] = field(default_factory=dict)

    def hopeless(self, a: Text, b: Text) -> bool:
        """Tell at a glance that two texts have next to nothing in common: most candidates have not."""
        if (a.key, b.key) not in self._hopeless:
            self._hopeless[a.key, b.key] = hopeless(a.features, b.features)
        return self._hopeless[a.key, b.key]

    def __call__(self, a: Text, b: Text) -> tuple[Evidence, Verdict]:
        """Compare ``a`` with ``b``, in this order."""
        if (a.key, b.key) not in self.seen:
            found = evidence(a.features, b.features, hamming(a.simhash, b.simhash))
            self.seen[a.key, b.key] = found, verdict(found)
        return self.seen[a.key, b.key]


class Plan:
    """Plans one batch: every article of it is given to ``receive`` or ``follow``, in order."""

    def __init__(
        self, stored: Sequence[Story], pairs: Pairs, window: Window, never: Collection[frozenset[int]] = ()
    ) -> None:
        self.judged: list[Judged] = []
        self._pairs = pairs
        self._window = window
        self._never = never
        self._stored = {story.stored[0]: story for story in stored}
        self._homes: list[Story] = []  # by number
        self._posted = Posted()

    def stories(self) -> list[Story]:
        """Return the planned stories that hold articles of the batch, in the order of their first one."""
        return list({id(home.now()): home.now() for home in self._homes}.values())

    def follow(self, *, story: int | None = None, other: int | None = None) -> None:
        """Put the next article where one with the same words is: in a stored story, or with ``other`` of the batch."""
        home = (self._homes[other] if other is not None else self._stored[story or 0]).now()
        home.articles.append(len(self._homes))
        self._homes.append(home)

    def receive(self, text: Text, offered: Sequence[int]) -> None:
        """Place the next article; ``offered`` are the stored stories that share keys with it."""
        number = len(self._homes)
        near = [self._stored[story].now() for story in offered if story in self._stored]
        near += [self._homes[other].now() for other in self._posted.sharing(text.keys)]
        ranked = self._ranked(number, text, list({id(story): story for story in near}.values()))
        joined = [story for story, found in ranked if found.verdict.same]
        home = joined[0] if joined else Story()
        self._join(home, number, text)
        for story in joined[1:]:
            self._merge(home, story, text)
        for story, found in ranked:
            if found.verdict.likely and not found.verdict.same and self._second_look(home.now(), story.now()):
                self._merge(home, story, text)

    def _join(self, home: Story, number: int, text: Text) -> None:
        home.texts.append(text)
        home.articles.append(number)
        # what is chosen well once it is stored needs only be long here
        if not home.canonical or (not home.stored and text.features.tokens > home.canonical.features.tokens):
            home.canonical = text
        self._homes.append(home)
        self._posted.post(text.keys, home.articles[0])

    def _ranked(self, number: int, text: Text, stories: Sequence[Story]) -> list[tuple[Story, Judged]]:
        """Return the stories with the verdict on each, the most alike first, and keep the verdicts."""
        found = [(story, one) for story in stories if (one := self._against(number, text, story))]
        found.sort(key=lambda one: -one[1].verdict.similarity)
        self.judged += [one for _, one in found]
        return found

    def _against(self, number: int, text: Text, story: Story) -> Judged | None:
        """Judge a text against the nearest of a story's: a pair decides, or unlike ones together."""
        texts = [other for other in story.texts if self._window.holds(text.when, other.when)]
        texts.sort(key=lambda other: (other is not story.canonical, hamming(text.simhash, other.simhash)))
        texts = [other for other in texts[:TEXTS_A_STORY] if not self._pairs.hopeless(text, other)]
        if not texts:
            return None
        seen = [self._pairs(text, other) for other in texts]
        verdicts = [judged for _, judged in seen]
        best = max(range(len(texts)), key=lambda i: verdicts[i].similarity)
        decided = agreed(verdicts, lambda i, j: self._pairs(texts[i], texts[j])[0])
        if decided and story.canonical and not floor(self._pairs(text, story.canonical)[0]):
            why = f"Too far from the canonical article of its story, though alike. {decided.reason}"
            decided = replace(decided, same=False, reason=why)
        return Judged(number, texts[best].key, decided or replace(verdicts[best], same=False), seen[best][0])

    def _second_look(self, home: Story, other: Story) -> bool:
        """Tell whether a story that was merely likely matches now that ``home`` has another copy."""
        if home is other or len(home.texts) < 2 or not other.canonical:
            return False
        found = self._against(0, other.canonical, home)
        return found is not None and found.verdict.same

    def _merge(self, one: Story, two: Story, text: Text) -> None:
        """Merge two stories if ``text`` may bridge them and nobody forbade it."""
        one, two = one.now(), two.now()
        if one is two or not one.canonical or not two.canonical:
            return
        if any(frozenset((a, b)) in self._never for a in one.stored for b in two.stored):
            return
        between = self._pairs(one.canonical, two.canonical)[0]
        if not bridges(self._pairs(text, one.canonical)[0], self._pairs(text, two.canonical)[0], between):
            return
        if not all(self._vouched(story, other, text) for story, other in ((one, two), (two, one))):
            return
        kept, gone = (one, two) if one.stored or not two.stored else (two, one)
        kept.texts += gone.texts
        kept.stored += gone.stored
        kept.articles += gone.articles
        kept.middles = {**gone.middles, **kept.middles}
        gone.became = kept

    def _vouched(self, story: Story, other: Story, text: Text) -> bool:
        """Tell whether the middle one of a story's texts, if it has one, goes with the other story too."""
        between = story.middle(text)
        return between is None or other.canonical is None or vouches(self._pairs(between, other.canonical)[0])
