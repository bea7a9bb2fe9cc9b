"""Decide to which story each reprocessed article belongs. Nothing is written here.

It may run twice, without and under the placement lock, with the same verdicts. Corrections of an editor are kept, and
an article whose words did not change stays in its story.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson
from sqlalchemy import Connection

from worker.article import Relation
from worker.fingerprint.article import Prepared
from worker.match import KeyRarity
from worker.match.metadata import ArticleMetadata
from worker.reprocess.story_ids import StoryIdMap, assign_story_ids
from worker.store import candidate_queries, reprocess, revisions, stories
from worker.store.candidate_queries import CandidateText, NewArticle
from worker.store.reprocess import StoredArticle
from worker.stories import candidates, rows
from worker.stories.batch_match import in_batch_duplicates
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import BatchClusterer, Match
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.references import MemberRef, New, Stored, StoredStory, TextRef
from worker.stories.verdict_cache import VerdictCache
from worker.window import ArticleTimes, Window

_Pair = tuple[MemberRef, MemberRef]


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
    exact: dict[int, TextRef] = field(default_factory=dict)  # position -> the article with the same words

    @property
    def stories(self) -> set[int]:
        """The stored stories that are affected."""
        return self.story_ids.touched | {
            article.stored.story_id for article in (*self.to_reassign, *self.metadata_only)
        }


@dataclass
class _StoryContext:
    """What the decision depends on: the rest of the articles' stories, exact copies, the stories to compare with."""

    own: list[int]  # by position: its current story
    left: dict[int, list[CandidateText]]
    same: dict[int, tuple[int, int]]  # position -> (story, article) with the same words
    duplicates: dict[int, int]  # position -> that of an earlier article with the same words
    candidates: dict[int, list[int]] = field(default_factory=dict)  # position -> stored stories, without its own
    versions: set[int] = field(default_factory=set)  # positions: their ids keep them in their stories


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
    )
    texts = [_text(*pair) for pair in zip(decision.articles, decision.to_reassign, strict=True)]
    stored, rarity = _load_candidates(connection, cache, decision.articles, texts, context, window)
    positions = {article: position for position, article in enumerate(ids)}
    known = {*own, *(cluster.stored[0] for cluster in stored)}
    must_link, cannot_link = _corrections(connection, known, positions)
    must_link += _versions(connection, context, known, positions)
    clusterer = BatchClusterer(
        stored,
        verdicts,
        window,
        rarity=rarity,
        must_link=must_link,
        cannot_link=cannot_link,
    )
    for position, text in enumerate(texts):
        clusterer.add(
            text,
            _candidates(position, context),
            copy_of=_originals(position, decision, context, window),
            joins=_stays_with(position, decision.to_reassign, context),
        )
    decision.matches = clusterer.matches
    decision.exact = {
        position: ref if isinstance(ref, New) else Stored(context.same[position][1])
        for position, ref in clusterer.exact_copies.items()
    }
    canonicals = stories.canonicals(connection, set(own) - context.left.keys())
    heads = {story: positions[article] for story, (article, _) in canonicals.items()}
    decision.story_ids = assign_story_ids(clusterer.clusters(), heads)


def _text(new: NewArticle, article: ReprocessedArticle) -> ClusterText:
    prepared = article.prepared
    print_ = prepared.fingerprint
    features = prepared.features
    known = ArticleMetadata(prepared.cleaned.title, prepared.article.url, new.when.published, features.language)
    return ClusterText(New(new.number), prepared.features, print_.simhash, new.when, print_.sketch, new.keys, known)


def _load_candidates(
    connection: Connection,
    cache: FeatureCache,
    articles: Sequence[NewArticle],
    texts: Sequence[ClusterText],
    context: _StoryContext,
    window: Window,
) -> tuple[list[Cluster], KeyRarity]:
    """Return the stored stories that the articles may join, and set ``context.candidates``.

    Other stories are candidates by the rule for new articles; an article's own story always is one.
    """
    shared, rarity = candidates.stories_sharing_keys(connection, cache, articles, window)
    empty = set(context.own) - context.left.keys()
    others = {
        position: {story: keys for story, keys in ids.items() if story != context.own[position] and story not in empty}
        for position, ids in shared.items()
    }
    missing = {story for ids in others.values() for story in ids} - context.left.keys()
    read = candidate_queries.story_texts(connection, sorted(missing)) | context.left
    texts_by_story = candidates.with_current_simhashes(connection, cache, read)
    context.candidates = candidates.prefiltered(texts_by_story, texts, others)
    to_load = {
        position: [*([own] if own in context.left else []), *context.candidates.get(position, ())]
        for position, own in enumerate(context.own)
    }
    stored = candidates.load_clusters(connection, cache, texts, texts_by_story, to_load)
    loaded = {cluster.stored[0] for cluster in stored}
    same = sorted({story for story, _ in context.same.values()} - loaded)
    return [*stored, *(Cluster(stored=[story]) for story in same)], rarity


def _corrections(
    connection: Connection, known: set[int], positions: Mapping[int, int]
) -> tuple[list[_Pair], list[_Pair]]:
    """Return the must-links and the cannot-links between these stories and the articles (id -> position)."""
    must_link: list[_Pair] = []
    cannot_link: list[_Pair] = []
    for article, story, other, other_story, same in reprocess.corrections_between(connection, known, [*positions]):
        first = StoredStory(story) if article is None else New(positions[article])
        second = StoredStory(other_story) if other is None else New(positions[other])
        if same and story == other_story and first != second:
            must_link.append((first, second))
        elif not same and story != other_story:
            cannot_link.append((first, second))
    return must_link, cannot_link


def _versions(
    connection: Connection, context: _StoryContext, known: set[int], positions: Mapping[int, int]
) -> list[_Pair]:
    """Return must-links between articles of one id that are in one story, and set ``context.versions``.

    A person may have separated others.
    """
    must_link: list[_Pair] = []
    for article, before, story in revisions.consecutive(connection, sorted(known)):
        first, second = (New(positions[i]) if i in positions else StoredStory(story) for i in (article, before))
        if first != second:
            must_link.append((first, second))
            context.versions |= {ref.position for ref in (first, second) if isinstance(ref, New)}
    return must_link


def _candidates(position: int, context: _StoryContext) -> list[MemberRef]:
    """Return what an article is compared with: its own story, and earlier articles that were in it, come first."""
    own = context.own[position]
    neighbours = [New(i) for i in range(position) if context.own[i] == own]
    return [StoredStory(own), *map(StoredStory, context.candidates.get(position, ())), *neighbours]


def _stays_with(position: int, articles: Sequence[ReprocessedArticle], context: _StoryContext) -> MemberRef | None:
    """Return what an article whose words are the same stays with: the rest of its story, or an earlier such article."""
    own = context.own[position]
    if not articles[position].same_words:
        return None
    if own in context.left:
        return StoredStory(own)
    return next((New(i) for i in range(position) if context.own[i] == own and articles[i].same_words), None)


def _originals(position: int, decision: Decision, context: _StoryContext, window: Window) -> list[MemberRef]:
    """Return what an article is an exact copy of; where an editor separated exact copies, the next one applies."""
    article, new, own = decision.to_reassign[position], decision.articles[position], context.own[position]
    originals: list[MemberRef] = []
    if (duplicate := context.duplicates.get(position)) is not None:
        others = [other for other in decision.articles[:position] if other.text_hash == new.text_hash]
        near = [o.number for o in others if context.own[o.number] == own and window.contains(new.when, o.when)]
        originals += [New(duplicate), *map(New, near[:1])]
    if position in context.same:
        story, _ = context.same[position]
        # a text was in its story before its exact copies
        if not (article.same_words and story == own and article.stored.relation != Relation.EXACT):
            originals.append(StoredStory(story))
    if position in context.versions:  # the id decides where the words are in another story
        return [ref for ref in originals if own == (context.own[ref.position] if isinstance(ref, New) else ref.id)]
    return originals
