"""New articles go in, the verdicts on their candidates come out: stored stories, and each other.

Candidates come from the sketch index before the placement lock is taken; under the lock only what was committed since
is looked at. Features of stored articles are made from their texts and kept for the next batches.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations

from sqlalchemy import Connection

from worker.features import Features, features
from worker.fingerprint import hamming
from worker.match import Evidence, Verdict, agreed, evidence, floor, verdict
from worker.posted import Posted
from worker.prepare import Prepared
from worker.store import index
from worker.window import When, Window

#: Texts of one story that a new article is compared with: the canonical one and those nearest by SimHash.
TEXTS_A_STORY = 3
#: Stored articles whose features a worker keeps: some 10 KB each.
_KEPT_FEATURES = 2_000


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a new article (by its place in the batch) and a stored or new one."""

    number: int
    verdict: Verdict
    evidence: Evidence
    other_id: int | None = None  # a stored article
    other_number: int | None = None  # or another one of the batch


@dataclass
class Shelf:
    """Features of stored articles, by article id; texts never change under an id, save by ``reprocess``."""

    _kept: dict[int, Features] = field(default_factory=dict)

    def get(self, connection: Connection, ids: Iterable[int]) -> dict[int, Features]:
        """Return the features of these articles, loading the texts of those that are not kept, in one statement."""
        wanted = set(ids)
        found = {i: self._kept[i] for i in wanted if i in self._kept}
        for stored in index.load(connection, sorted(wanted - found.keys())).values():
            found[stored.id] = features(stored.text, stored.title, stored.language)
            self.put(stored.id, found[stored.id])
        return found

    def put(self, article_id: int, found: Features) -> None:
        """Keep the features of an article that was just stored: its copies often follow at once."""
        self._kept[article_id] = found
        if len(self._kept) > _KEPT_FEATURES:
            del self._kept[next(iter(self._kept))]  # the oldest

    def clear(self) -> None:
        """Forget all, as after a transaction that failed: ids that it took may be given to other articles."""
        self._kept.clear()


def probes(batch: Sequence[Prepared], now: datetime) -> list[index.Probe]:
    """Return what finding candidates of each article needs; ``now`` is when the batch arrived."""
    return [
        index.Probe(
            number=number,
            text_hash=one.fingerprint.text_hash,
            keys=one.fingerprint.sketch.tolist(),
            when=When(one.cleaned.published_at, now),
        )
        for number, one in enumerate(batch)
    ]


def stored(
    connection: Connection,
    shelf: Shelf,
    batch: Sequence[Prepared],
    asked: Sequence[index.Probe],
    window: Window,
) -> list[Judged]:
    """Judge each article of ``asked`` against the stored stories that share keys with it."""
    found = index.shared(connection, asked)
    texts = index.texts(connection, sorted({story for stories in found.values() for story in stories}))
    chosen: dict[tuple[int, int], list[index.StoryText]] = {}
    for probe in asked:
        for story in found.get(probe.number, ()):
            near = [text for text in texts.get(story, ()) if window.holds(probe.when, text.when)]
            chosen[probe.number, story] = _nearest(batch[probe.number], near)
    kept = shelf.get(connection, {text.id for story in chosen.values() for text in story})
    judged: list[Judged] = []
    for (number, _), story_texts in chosen.items():
        judged += _against_story(number, batch[number], [text for text in story_texts if text.id in kept], kept)
    return judged


def _nearest(one: Prepared, texts: Sequence[index.StoryText]) -> list[index.StoryText]:
    """Return the texts of one story to compare with: the canonical one, and the nearest by SimHash."""
    order = sorted(texts, key=lambda text: (not text.canonical, hamming(one.fingerprint.simhash, text.simhash)))
    return order[:TEXTS_A_STORY]


def _against_story(
    number: int, one: Prepared, texts: Sequence[index.StoryText], kept: Mapping[int, Features]
) -> list[Judged]:
    """Judge an article against some texts of one story: a pair decides, or two unlike texts together."""
    pairs = [_pair(number, one, text, kept[text.id]) for text in texts]
    best = max(pairs, key=lambda pair: pair.verdict.similarity, default=None)
    if best is None:
        return []
    if not best.verdict.same and sum(pair.verdict.likely for pair in pairs) > 1:
        between = [evidence(kept[a.id], kept[b.id]) for a, b in combinations(texts, 2)]
        if together := agreed([pair.verdict for pair in pairs], between):
            pairs[pairs.index(best)] = replace(best, verdict=together)
    canonical = next((pair for pair, text in zip(pairs, texts, strict=True) if text.canonical), None)
    if canonical is None or floor(canonical.evidence):
        return pairs
    return [replace(pair, verdict=_too_far(pair.verdict)) for pair in pairs]


def _pair(number: int, one: Prepared, text: index.StoryText, other: Features) -> Judged:
    shown = evidence(one.features, other, hamming(one.fingerprint.simhash, text.simhash))
    return Judged(number, verdict(shown), shown, other_id=text.id)


def _too_far(found: Verdict) -> Verdict:
    """Refuse a link into a story whose canonical text has too little in common: chains would drift."""
    if not found.same:
        return found
    return replace(
        found, same=False, reason=f"Too far from the canonical article of its story, though alike: {found.reason}"
    )


def newer(
    connection: Connection,
    shelf: Shelf,
    batch: Sequence[Prepared],
    asked: Sequence[index.Probe],
    found: Sequence[index.Newer],
    window: Window,
) -> list[Judged]:
    """Judge each article of ``asked`` against those that were committed since its candidates were read."""
    others = {other.id: other for other in found}
    posted = Posted()
    for one in found:
        posted.post(one.sketch, one.id, one.story_id)
    near = {
        probe.number: [i for i in posted.sharing(probe.keys) if window.holds(probe.when, others[i].when)]
        for probe in asked
    }
    kept = shelf.get(connection, {i for ids in near.values() for i in ids})
    judged = []
    for number, ids in near.items():
        enough: Counter[int] = Counter()
        for other in (i for i in ids if i in kept):
            story = others[other].story_id
            if enough[story] < TEXTS_A_STORY:
                shown = evidence(batch[number].features, kept[other])
                judged.append(Judged(number, verdict(shown), shown, other_id=other))
                enough[story] += judged[-1].verdict.same
    return judged


def within(batch: Sequence[Prepared], asked: Sequence[index.Probe], window: Window) -> list[Judged]:
    """Judge the articles of ``asked`` against each other; a pair is judged once, from its later article."""
    probes = {probe.number: probe for probe in asked}
    group: dict[int, int] = {}  # the first article of what looks like one story so far
    posted = Posted()
    judged = []
    for number in sorted(probes):
        group[number] = number
        enough: Counter[int] = Counter()
        for other in posted.sharing(probes[number].keys):
            of = group[other]
            if enough[of] < TEXTS_A_STORY and window.holds(probes[number].when, probes[other].when):
                shown = evidence(batch[number].features, batch[other].features)
                judged.append(Judged(number, verdict(shown), shown, other_number=other))
                if judged[-1].verdict.same:
                    enough[of] += 1
                    group[number] = min(group[number], of)
        posted.post(probes[number].keys, number, group[number])
    return judged
