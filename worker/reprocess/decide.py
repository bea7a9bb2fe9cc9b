"""Articles made anew go in with how they stand; where each belongs now comes out. Nothing is written.

It may be decided twice, without and under the placement lock, from the same verdicts. What a person joined or kept
apart stays so, and words that are the same stay where they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson
from sqlalchemy import Connection

from worker.article import Relation
from worker.fingerprint.article import Prepared
from worker.reprocess.recluster import Again, Replan
from worker.reprocess.story_ids import Homes, rehome
from worker.store import index, reprocess, stories
from worker.store.reprocess import Old
from worker.stories import candidates, rows
from worker.stories.assign import twins
from worker.stories.candidates import Shelf
from worker.stories.cluster import Judged, Pairs, Story, Text
from worker.window import When, Window


@dataclass(frozen=True, slots=True)
class Made:
    """An article made anew, and as it stands."""

    id: int
    prepared: Prepared
    stands: Old

    @property
    def text_changed(self) -> bool:
        """Whether a reader sees another text or headline."""
        cleaned, was = self.prepared.cleaned, self.stands
        return (cleaned.text, cleaned.title, cleaned.language) != (was.text, was.title, was.language)

    @property
    def same_words(self) -> bool:
        """Whether the words are the same, so that no verdict can change."""
        return self.prepared.fingerprint.text_hash == bytes(self.stands.text_hash)

    @property
    def judged_again(self) -> bool:
        """Whether what it is found or judged by changed."""
        mark, was = self.prepared.fingerprint, self.stands
        found = mark.text_hash, mark.simhash, mark.sketch.tolist(), self.prepared.cleaned.published_at
        return self.text_changed or found != (bytes(was.text_hash), bytes(was.simhash), was.sketch, was.published_at)

    @property
    def unchanged(self) -> bool:
        """Whether only its versions need to be noted."""
        cleaned, was = self.prepared.cleaned, self.stands
        facts = orjson.loads(orjson.dumps(rows.facts(cleaned)))  # as they come back from the database
        notes = facts, dict(cleaned.changes) or None
        return not self.judged_again and notes == (was.facts, was.changes or None)


@dataclass
class Decision:
    """What is to be written: ``again`` by place in ``homes``, ``restated`` where they are."""

    again: list[Made]
    restated: list[Made]
    probes: list[index.Probe]
    homes: Homes = field(default_factory=Homes)
    judged: list[Judged] = field(default_factory=list)
    twins: dict[int, int] = field(default_factory=dict)  # place -> earlier place with the same words
    same: dict[int, int] = field(default_factory=dict)  # place -> stored article with the same words

    @property
    def stories(self) -> set[int]:
        """The stored stories that are touched."""
        return self.homes.touched | {one.stands.story_id for one in (*self.again, *self.restated)}


@dataclass
class _Ground:
    """What the articles are placed on: what is left of their stories, who has their words, what a person said."""

    own: list[int]  # by place: the story that it stands in
    left: dict[int, list[index.StoryText]]
    same: dict[int, tuple[int, int]]  # place -> (story, article) with the same words
    twins: dict[int, int]
    labels: dict[int, int]  # label -> place
    apart: set[frozenset[int]] = field(default_factory=set)  # of labels
    bound: list[tuple[int, int]] = field(default_factory=list)  # of labels


def decide(connection: Connection, shelf: Shelf, made: Sequence[Made], pairs: Pairs, window: Window) -> Decision:
    """Judge again those whose words, fingerprint or time changed, by what stands in the tables now."""
    shelf.keep_up(index.marks(connection))
    stands = reprocess.load(connection, [one.id for one in made])
    made = [replace(one, stands=stands[one.id]) for one in made]
    again = [one for one in made if one.judged_again]
    found = Decision(
        again, [one for one in made if not one.judged_again], [_probe(p, one) for p, one in enumerate(again)]
    )
    if again:
        _plan(connection, shelf, found, pairs, window)
    return found


def _probe(place: int, one: Made) -> index.Probe:
    mark = one.prepared.fingerprint
    when = When(one.prepared.cleaned.published_at, one.stands.arrived_at)
    return index.Probe(place, mark.text_hash, mark.sketch.tolist(), when)


def _plan(connection: Connection, shelf: Shelf, found: Decision, pairs: Pairs, window: Window) -> None:
    ids = [one.id for one in found.again]
    own = [one.stands.story_id for one in found.again]
    ground = _Ground(
        own=own,
        left=reprocess.left(connection, set(own), ids),
        same=reprocess.same_words(connection, found.probes, own, ids, window),
        twins=twins(found.probes, window),
        labels={-one: place for place, one in enumerate(ids)},
    )
    texts = [
        Text(-1 - probe.number, one.prepared.features, one.prepared.fingerprint.simhash, probe.when, probe.keys)
        for probe, one in zip(found.probes, found.again, strict=True)
    ]
    shared = candidates.sharing(connection, shelf, found.probes, window)
    offered = _offered(shared, ground)
    others = {story for ids in offered.values() for story in ids} - ground.left.keys()
    stored = candidates.stories(
        connection, shelf, texts, {**index.texts(connection, sorted(others)), **ground.left}, offered
    )
    known = {story.stored[0] for story in stored}
    stored += [Story(stored=[one]) for one in sorted({story for story, _ in ground.same.values()} - known)]
    _ask(connection, ground, {*own, *(story.stored[0] for story in stored)})
    plan = Replan(stored, pairs, window, ground.apart)
    for place, one in enumerate(found.again):
        plan.again(_again(place, one, texts[place], offered[place], ground, found.again))
    found.judged, found.twins = plan.judged, plan.twins
    found.same = {place: ground.same[place][1] for place in plan.same}
    canonicals = stories.canonicals(connection, set(own) - ground.left.keys())
    heads = {story: ground.labels[-article] for story, (article, _) in canonicals.items()}
    found.homes = rehome(plan.stories(), heads, ground.labels, ground.bound, ground.apart)


def _offered(shared: Mapping[int, Iterable[int]], ground: _Ground) -> dict[int, list[int]]:
    """Return the stories to compare each article with: its own first, where something is left of that."""
    empty = set(ground.own) - ground.left.keys()
    found = {}
    for place, own in enumerate(ground.own):
        near = [story for story in shared.get(place, ()) if story != own and story not in empty]
        found[place] = [own, *near] if own in ground.left else near
    return found


def _ask(connection: Connection, ground: _Ground, known: set[int]) -> None:
    """Take to heart what a person said: of articles that are placed again by their labels, of others by their story."""
    for article, story, other, other_story, same in reprocess.said(connection, known):
        one = -article if -article in ground.labels else story
        two = -other if -other in ground.labels else other_story
        if same and story == other_story and one != two:
            ground.bound.append((one, two))
        elif not same and story != other_story:
            ground.apart.add(frozenset((one, two)))


def _again(place: int, one: Made, text: Text, offered: Sequence[int], ground: _Ground, again: Sequence[Made]) -> Again:
    own = ground.own[place]
    beside = [p for p in range(place) if ground.own[p] == own]
    same = ground.same[place][0] if place in ground.same else None
    if one.same_words and same == own and one.stands.relation != Relation.EXACT:
        same = None  # it was there before its exact copies
    return Again(
        text=text,
        label=-one.id,
        offered=offered,
        beside=beside,
        twin=ground.twins.get(place),
        same=same,
        stays=_stays(place, one, ground, [p for p in beside if again[p].same_words]),
    )


def _stays(place: int, one: Made, ground: _Ground, unchanged: Sequence[int]) -> int | None:
    """Return what an article stays with: what a person joined it to, or its story where its words are the same."""
    for pair in ground.bound:
        if -one.id in pair:
            other = pair[1] if pair[0] == -one.id else pair[0]
            if other >= 0 and other in ground.left:
                return other
            if other < 0 and ground.labels[other] < place:
                return -1 - ground.labels[other]
    if not one.same_words:
        return None
    if ground.own[place] in ground.left:
        return ground.own[place]
    return -1 - unchanged[0] if unchanged else None
