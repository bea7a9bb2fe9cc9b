"""New articles go in, the verdicts on their candidates come out: stored stories, and each other.

Candidates come from the sketch index before the placement lock is taken; under the lock only what was committed since
is looked at. Features of stored articles are made from their texts and kept for the next batches.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from worker.features import Features, features
from worker.fingerprint import MOST_CANDIDATES, SHARED_KEYS, hamming
from worker.match import Evidence, Verdict, evidence, floor, verdict
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
        missing = [i for i in wanted if i not in self._kept]
        if len(self._kept) + len(missing) > _KEPT_FEATURES:
            for old in list(self._kept)[: max(len(missing), _KEPT_FEATURES // 4)]:
                if old not in wanted:
                    del self._kept[old]
        for stored in index.load(connection, missing).values():
            self._kept[stored.id] = features(stored.text, stored.title, stored.language)
        return {i: self._kept[i] for i in wanted if i in self._kept}

    def put(self, article_id: int, found: Features) -> None:
        """Keep the features of an article that was just stored: its copies often follow at once."""
        self._kept[article_id] = found


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
    found = index.shared(connection, asked, SHARED_KEYS)
    texts = index.texts(connection, sorted({story for stories in found.values() for story in stories}))
    chosen: dict[int, list[int]] = {}
    for probe in asked:
        offered = [texts.get(story, []) for story in found.get(probe.number, [])]
        near = (
            _nearest(batch[probe.number], [t for t in story if window.holds(probe.when, t.when)]) for story in offered
        )
        chosen[probe.number] = [i for ids in near for i in ids][:MOST_CANDIDATES]
    kept = shelf.get(connection, {i for ids in chosen.values() for i in ids})
    story_of = {text.id: text.story_id for story in texts.values() for text in story}
    canonicals = {text.story_id: text.id for story in texts.values() for text in story if text.canonical}
    judged = []
    for number, ids in chosen.items():
        shown = {i: evidence(batch[number].features, kept[i]) for i in ids if i in kept}
        for other, one in shown.items():
            canonical = shown.get(canonicals.get(story_of[other], 0))
            judged.append(Judged(number, _with_floor(verdict(one), canonical), one, other_id=other))
    return judged


def _nearest(one: Prepared, texts: Sequence[index.StoryText]) -> list[int]:
    """Return the texts of one story to compare with: the canonical one, and the nearest by SimHash."""
    order = sorted(texts, key=lambda text: (not text.canonical, hamming(one.fingerprint.simhash, text.simhash)))
    return [text.id for text in order[:TEXTS_A_STORY]]


def _with_floor(found: Verdict, canonical: Evidence | None) -> Verdict:
    """Refuse a link into a story whose canonical text has too little in common: chains would drift."""
    if not found.same or canonical is None or floor(canonical):
        return found
    return Verdict(
        same=False,
        relation=found.relation,
        similarity=found.similarity,
        reason=f"too far from the canonical article of its story, though alike: {found.reason}",
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
    when = {other.id: other.when for other in found}
    pairs = _sharing([(other.id, other.sketch) for other in found], asked)
    kept = shelf.get(connection, {other for _, other in pairs})
    judged = []
    for probe, other in pairs:
        if other in kept and window.holds(probe.when, when[other]):
            shown = evidence(batch[probe.number].features, kept[other])
            judged.append(Judged(probe.number, verdict(shown), shown, other_id=other))
    return judged


def within(batch: Sequence[Prepared], asked: Sequence[index.Probe], window: Window) -> list[Judged]:
    """Judge the articles of ``asked`` against each other; a pair is judged once, from its later article."""
    when = {one.number: one.when for one in asked}
    judged = []
    for probe, other in _sharing([(one.number, one.keys) for one in asked], asked):
        if other < probe.number and window.holds(probe.when, when[other]):
            shown = evidence(batch[probe.number].features, batch[other].features)
            judged.append(Judged(probe.number, verdict(shown), shown, other_number=other))
    return judged


def _sharing(
    others: Iterable[tuple[int, Sequence[int]]], asked: Sequence[index.Probe]
) -> list[tuple[index.Probe, int]]:
    """Return the pairs that share ``SHARED_KEYS`` keys or more; keys that too many have are left out."""
    posted: dict[int, list[int]] = defaultdict(list)
    for other, keys in others:
        for key in keys:
            posted[key].append(other)
    pairs = []
    for probe in asked:
        counts: Counter[int] = Counter()
        for key in probe.keys:
            holders = posted.get(key, ())
            if len(holders) <= index.HOT_KEY:
                counts.update(holders)
        pairs += [(probe, other) for other, count in counts.items() if count >= SHARED_KEYS]
    return pairs
