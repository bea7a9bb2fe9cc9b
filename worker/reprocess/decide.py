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
from worker.reprocess.recluster import Reclusterer, ReprocessedText
from worker.reprocess.story_ids import StoryIdMap, assign_story_ids
from worker.store import index, reprocess, stories
from worker.store.reprocess import StoredArticle
from worker.stories import candidates, rows
from worker.stories.assign import in_batch_duplicates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import Cluster, ClusterText, Match, VerdictCache
from worker.window import ArticleTimes, Window


@dataclass(frozen=True, slots=True)
class ReprocessedArticle:
    """An article made anew, and as it stands."""

    id: int
    prepared: Prepared
    stored: StoredArticle

    @property
    def text_changed(self) -> bool:
        """Whether a reader sees another text or headline."""
        cleaned, was = self.prepared.cleaned, self.stored
        return (cleaned.text, cleaned.title, cleaned.language) != (was.text, was.title, was.language)

    @property
    def same_words(self) -> bool:
        """Whether the words are the same, so that no verdict can change."""
        return self.prepared.fingerprint.text_hash == bytes(self.stored.text_hash)

    @property
    def judged_again(self) -> bool:
        """Whether what it is found or judged by changed."""
        mark, was = self.prepared.fingerprint, self.stored
        found = mark.text_hash, mark.simhash, mark.sketch.tolist(), self.prepared.cleaned.published_at
        return self.text_changed or found != (bytes(was.text_hash), bytes(was.simhash), was.sketch, was.published_at)

    @property
    def unchanged(self) -> bool:
        """Whether only its versions need to be noted."""
        cleaned, was = self.prepared.cleaned, self.stored
        facts = orjson.loads(orjson.dumps(rows.stored_metadata(cleaned)))  # as they come back from the database
        notes = facts, dict(cleaned.changes) or None
        return not self.judged_again and notes == (was.facts, was.changes or None)


@dataclass
class Decision:
    """What is to be written: ``again`` by place in ``homes``, ``restated`` where they are."""

    to_reassign: list[ReprocessedArticle]
    metadata_only: list[ReprocessedArticle]
    articles: list[index.NewArticle]
    story_ids: StoryIdMap = field(default_factory=StoryIdMap)
    matches: list[Match] = field(default_factory=list)
    duplicates: dict[int, int] = field(default_factory=dict)  # place -> earlier place with the same words
    same: dict[int, int] = field(default_factory=dict)  # place -> stored article with the same words

    @property
    def stories(self) -> set[int]:
        """The stored stories that are touched."""
        return self.story_ids.touched | {one.stored.story_id for one in (*self.to_reassign, *self.metadata_only)}


@dataclass
class _StoryContext:
    """What the articles are placed on: what is left of their stories, who has their words, what a person said."""

    own: list[int]  # by place: the story that it stands in
    left: dict[int, list[index.StoryText]]
    same: dict[int, tuple[int, int]]  # place -> (story, article) with the same words
    duplicates: dict[int, int]
    labels: dict[int, int]  # label -> place
    cannot_link: set[frozenset[int]] = field(default_factory=set)  # of labels
    must_link: list[tuple[int, int]] = field(default_factory=list)  # of labels


def decide(
    connection: Connection, shelf: FeatureCache, made: Sequence[ReprocessedArticle], pairs: VerdictCache, window: Window
) -> Decision:
    """Judge again those whose words, fingerprint or time changed, by what stands in the tables now."""
    shelf.invalidate_if_changed(index.high_water_marks(connection))
    stands = reprocess.load(connection, [one.id for one in made])
    made = [replace(one, stored=stands[one.id]) for one in made]
    again = [one for one in made if one.judged_again]
    found = Decision(
        again, [one for one in made if not one.judged_again], [_probe(p, one) for p, one in enumerate(again)]
    )
    if again:
        _plan(connection, shelf, found, pairs, window)
    return found


def _probe(place: int, one: ReprocessedArticle) -> index.NewArticle:
    mark = one.prepared.fingerprint
    when = ArticleTimes(one.prepared.cleaned.published_at, one.stored.arrived_at)
    return index.NewArticle(place, mark.text_hash, mark.sketch.tolist(), when)


def _plan(connection: Connection, shelf: FeatureCache, found: Decision, pairs: VerdictCache, window: Window) -> None:
    ids = [one.id for one in found.to_reassign]
    own = [one.stored.story_id for one in found.to_reassign]
    ground = _StoryContext(
        own=own,
        left=reprocess.remaining_texts(connection, set(own), ids),
        same=reprocess.same_words(connection, found.articles, own, ids, window),
        duplicates=in_batch_duplicates(found.articles, window),
        labels={-one: place for place, one in enumerate(ids)},
    )
    texts = [
        ClusterText(-1 - probe.number, one.prepared.features, one.prepared.fingerprint.simhash, probe.when, probe.keys)
        for probe, one in zip(found.articles, found.to_reassign, strict=True)
    ]
    shared = candidates.stories_sharing_keys(connection, shelf, found.articles, window)
    offered = _offered(shared, ground)
    others = {story for ids in offered.values() for story in ids} - ground.left.keys()
    stored = candidates.load_clusters(
        connection, shelf, texts, {**index.story_texts(connection, sorted(others)), **ground.left}, offered
    )
    known = {story.stored[0] for story in stored}
    stored += [Cluster(stored=[one]) for one in sorted({story for story, _ in ground.same.values()} - known)]
    _ask(connection, ground, {*own, *(story.stored[0] for story in stored)})
    plan = Reclusterer(stored, pairs, window, ground.cannot_link)
    for place, one in enumerate(found.to_reassign):
        plan.add_reprocessed(_again(place, one, texts[place], offered[place], ground, found.to_reassign))
    found.matches, found.duplicates = plan.matches, plan.duplicates
    found.same = {place: ground.same[place][1] for place in plan.exact_matches}
    canonicals = stories.canonicals(connection, set(own) - ground.left.keys())
    heads = {story: ground.labels[-article] for story, (article, _) in canonicals.items()}
    found.story_ids = assign_story_ids(plan.clusters(), heads, ground.labels, ground.must_link, ground.cannot_link)


def _offered(shared: Mapping[int, Iterable[int]], ground: _StoryContext) -> dict[int, list[int]]:
    """Return the stories to compare each article with: its own first, where something is left of that."""
    empty = set(ground.own) - ground.left.keys()
    found = {}
    for place, own in enumerate(ground.own):
        near = [story for story in shared.get(place, ()) if story != own and story not in empty]
        found[place] = [own, *near] if own in ground.left else near
    return found


def _ask(connection: Connection, ground: _StoryContext, known: set[int]) -> None:
    """Take to heart what a person said: of articles that are placed again by their labels, of others by their story."""
    for article, story, other, other_story, same in reprocess.corrections_between(connection, known):
        one = -article if -article in ground.labels else story
        two = -other if -other in ground.labels else other_story
        if same and story == other_story and one != two:
            ground.must_link.append((one, two))
        elif not same and story != other_story:
            ground.cannot_link.add(frozenset((one, two)))


def _again(
    place: int,
    one: ReprocessedArticle,
    text: ClusterText,
    offered: Sequence[int],
    ground: _StoryContext,
    again: Sequence[ReprocessedArticle],
) -> ReprocessedText:
    own = ground.own[place]
    beside = [p for p in range(place) if ground.own[p] == own]
    same = ground.same[place][0] if place in ground.same else None
    if one.same_words and same == own and one.stored.relation != Relation.EXACT:
        same = None  # it was there before its exact copies
    return ReprocessedText(
        text=text,
        label=-one.id,
        candidates=offered,
        previous_neighbours=beside,
        duplicate_of=ground.duplicates.get(place),
        exact_match=same,
        stays=_stays(place, one, ground, [p for p in beside if again[p].same_words]),
    )


def _stays(place: int, one: ReprocessedArticle, ground: _StoryContext, unchanged: Sequence[int]) -> int | None:
    """Return what an article stays with: what a person joined it to, or its story where its words are the same."""
    for pair in ground.must_link:
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
