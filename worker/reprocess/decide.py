"""Decide to which story each reprocessed article belongs. Nothing is written here.

It may run twice, without and under the placement lock, with the same verdicts. Corrections of an editor are kept, and
an article whose words did not change stays in its story.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson
from sqlalchemy import Connection

from worker.article import Relation
from worker.fingerprint.article import Prepared
from worker.reprocess.recluster import Reclusterer, ReprocessedText
from worker.reprocess.story_ids import StoryIdMap, assign_story_ids
from worker.store import candidate_queries, reprocess, revisions, stories
from worker.store.candidate_queries import CandidateText, NewArticle
from worker.store.reprocess import StoredArticle
from worker.stories import candidates, rows
from worker.stories.assign import in_batch_duplicates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import Match
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.verdict_cache import VerdictCache
from worker.window import ArticleTimes, Window


@dataclass(frozen=True, slots=True)
class ReprocessedArticle:
    """An article as computed now and as stored."""

    id: int
    prepared: Prepared
    stored: StoredArticle

    @property
    def text_changed(self) -> bool:
        """Whether the visible text, headline or language changed."""
        cleaned, was = self.prepared.cleaned, self.stored
        return (cleaned.text, cleaned.title, cleaned.language) != (was.text, was.title, was.language)

    @property
    def same_words(self) -> bool:
        """Whether the words are the same, so that no verdict changes."""
        return self.prepared.fingerprint.text_hash == bytes(self.stored.text_hash)

    @property
    def judged_again(self) -> bool:
        """Whether anything that decides its story changed."""
        new, was = self.prepared.fingerprint, self.stored
        now = new.text_hash, new.simhash, new.sketch.tolist(), self.prepared.cleaned.published_at
        return self.text_changed or now != (bytes(was.text_hash), bytes(was.simhash), was.sketch, was.published_at)

    @property
    def unchanged(self) -> bool:
        """Whether only its versions must be updated."""
        cleaned, was = self.prepared.cleaned, self.stored
        facts = orjson.loads(orjson.dumps(rows.stored_metadata(cleaned)))  # as read from the database
        notes = facts, dict(cleaned.changes) or None
        return not self.judged_again and notes == (was.facts, was.changes or None)


@dataclass
class Decision:
    """What to write: articles ``to_reassign``, with their ``story_ids``, and those that stay in their story."""

    to_reassign: list[ReprocessedArticle]
    metadata_only: list[ReprocessedArticle]
    articles: list[NewArticle]
    story_ids: StoryIdMap = field(default_factory=StoryIdMap)
    matches: list[Match] = field(default_factory=list)
    duplicates: dict[int, int] = field(default_factory=dict)  # position -> that of an earlier exact copy
    same: dict[int, int] = field(default_factory=dict)  # position -> stored article with the same words

    @property
    def stories(self) -> set[int]:
        """The stored stories that are affected."""
        return self.story_ids.touched | {
            article.stored.story_id for article in (*self.to_reassign, *self.metadata_only)
        }


@dataclass
class _StoryContext:
    """What the decision depends on: the rest of the articles' stories, exact copies, corrections."""

    own: list[int]  # by position: its current story
    left: dict[int, list[CandidateText]]
    same: dict[int, tuple[int, int]]  # position -> (story, article) with the same words
    duplicates: dict[int, int]
    labels: dict[int, int]  # label -> position
    cannot_link: set[frozenset[int]] = field(default_factory=set)  # of labels
    must_link: list[tuple[int, int]] = field(default_factory=list)  # of labels


def decide(
    connection: Connection,
    cache: FeatureCache,
    articles: Sequence[ReprocessedArticle],
    verdicts: VerdictCache,
    window: Window,
) -> Decision:
    """Decide again for articles whose words, fingerprint or time changed, by the present contents of the tables."""
    cache.invalidate_if_changed(candidate_queries.high_water_marks(connection))
    stored = reprocess.load(connection, [article.id for article in articles])
    articles = [replace(article, stored=stored[article.id]) for article in articles]
    changed = [article for article in articles if article.judged_again]
    unchanged = [article for article in articles if not article.judged_again]
    decision = Decision(changed, unchanged, [_new_article(i, article) for i, article in enumerate(changed)])
    if changed:
        _recluster(connection, cache, decision, verdicts, window)
    return decision


def _new_article(position: int, article: ReprocessedArticle) -> NewArticle:
    fingerprint = article.prepared.fingerprint
    when = ArticleTimes(article.prepared.cleaned.published_at, article.stored.arrived_at)
    return NewArticle(position, fingerprint.text_hash, fingerprint.sketch.tolist(), when)


def _recluster(
    connection: Connection, cache: FeatureCache, decision: Decision, verdicts: VerdictCache, window: Window
) -> None:
    ids = [article.id for article in decision.to_reassign]
    own = [article.stored.story_id for article in decision.to_reassign]
    context = _StoryContext(
        own=own,
        left=reprocess.remaining_texts(connection, set(own), ids),
        same=reprocess.same_words(connection, decision.articles, own, ids, window),
        duplicates=in_batch_duplicates(decision.articles, window),
        labels={-article: position for position, article in enumerate(ids)},
    )
    texts = [
        ClusterText(
            -1 - new.number,
            old.prepared.features,
            old.prepared.fingerprint.simhash,
            new.when,
            old.prepared.fingerprint.sketch,
            new.keys,
        )
        for new, old in zip(decision.articles, decision.to_reassign, strict=True)
    ]
    shared, rarity = candidates.stories_sharing_keys(connection, cache, decision.articles, window)
    to_compare = _candidates(shared, context)
    others = {story for ids in to_compare.values() for story in ids} - context.left.keys()
    texts_by_story = {**candidate_queries.story_texts(connection, sorted(others)), **context.left}
    stored = candidates.load_clusters(connection, cache, texts, texts_by_story, to_compare)
    loaded = {cluster.stored[0] for cluster in stored}
    stored += [Cluster(stored=[story]) for story in sorted({story for story, _ in context.same.values()} - loaded)]
    known = {*own, *(cluster.stored[0] for cluster in stored)}
    _load_corrections(connection, context, known)
    _load_revisions(connection, context, known)
    clusterer = Reclusterer(stored, verdicts, window, context.cannot_link, rarity)
    for position, text in enumerate(texts):
        clusterer.add_reprocessed(_reprocessed_text(position, text, to_compare, context, decision.to_reassign))
    decision.matches, decision.duplicates = clusterer.matches, clusterer.duplicates
    decision.same = {position: context.same[position][1] for position in clusterer.exact_matches}
    canonicals = stories.canonicals(connection, set(own) - context.left.keys())
    heads = {story: context.labels[-article] for story, (article, _) in canonicals.items()}
    decision.story_ids = assign_story_ids(
        clusterer.clusters(), heads, context.labels, context.must_link, context.cannot_link
    )


def _candidates(shared: Mapping[int, Iterable[int]], context: _StoryContext) -> dict[int, list[int]]:
    """Return the stories to compare each article with; its own story, unless nothing else is left of it, is first."""
    empty = set(context.own) - context.left.keys()
    to_compare = {}
    for position, own in enumerate(context.own):
        others = [story for story in shared.get(position, ()) if story != own and story not in empty]
        to_compare[position] = [own, *others] if own in context.left else others
    return to_compare


def _load_corrections(connection: Connection, context: _StoryContext, known: set[int]) -> None:
    """Load corrections: on articles that are clustered again by their labels, on others by their stories."""
    for article, story, other, other_story, same in reprocess.corrections_between(connection, known):
        first = -article if -article in context.labels else story
        second = -other if -other in context.labels else other_story
        if same and story == other_story and first != second:
            context.must_link.append((first, second))
        elif not same and story != other_story:
            context.cannot_link.add(frozenset((first, second)))


def _load_revisions(connection: Connection, context: _StoryContext, known: set[int]) -> None:
    """Keep articles of one id together that are in one story; a person may have separated others."""
    for article, before, story in revisions.consecutive(connection, sorted(known)):
        first, second = (-i if -i in context.labels else story for i in (article, before))
        if first != second:
            context.must_link.append((first, second))


def _reprocessed_text(
    position: int,
    text: ClusterText,
    to_compare: Mapping[int, Sequence[int]],
    context: _StoryContext,
    articles: Sequence[ReprocessedArticle],
) -> ReprocessedText:
    article, own = articles[position], context.own[position]
    neighbours = [i for i in range(position) if context.own[i] == own]
    same = context.same[position][0] if position in context.same else None
    if article.same_words and same == own and article.stored.relation != Relation.EXACT:
        same = None  # it was there before its exact copies
    return ReprocessedText(
        text=text,
        label=-article.id,
        candidates=to_compare[position],
        previous_neighbours=neighbours,
        duplicate_of=context.duplicates.get(position),
        exact_match=same,
        stays=_stays(position, article, context, [i for i in neighbours if articles[i].same_words]),
    )


def _stays(position: int, article: ReprocessedArticle, context: _StoryContext, unchanged: Sequence[int]) -> int | None:
    """Return what an article stays with: what an editor joined it to, or its story if its words are the same."""
    for pair in context.must_link:
        if -article.id in pair:
            other = pair[1] if pair[0] == -article.id else pair[0]
            if other >= 0 and other in context.left:
                return other
            if other < 0 and context.labels[other] < position:
                return -1 - context.labels[other]
    if not article.same_words:
        return None
    if context.own[position] in context.left:
        return context.own[position]
    return -1 - unchanged[0] if unchanged else None
