"""Write a decision on reprocessed articles: articles, stories, keys, match decisions and the change feed.

Runs under the placement lock, in the transaction that records that these articles are done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from worker.article import ChangeKind, Relation
from worker.reprocess.decide import Decision, ReprocessedArticle
from worker.store import (
    articles,
    candidate_queries,
    reprocess,
    review,
    search_index,
    sketches,
    stories,
    translation_texts,
)
from worker.store.reprocess import Versions
from worker.stories import rows as article_rows
from worker.stories.candidates import FeatureCache
from worker.stories.divided_translations import divide
from worker.stories.references import New
from worker.stories.related import link_related
from worker.stories.review import ask_about_verdicts
from worker.stories.update_canonical import update_canonicals
from worker.window import ArticleTimes

#: A provisional reason, until `update_canonicals` chooses.
_LONGEST = "It is the longest of the copies that are left."


@dataclass
class _WriteState:
    """The new story of each article, by position, and the stories that are affected."""

    story_of: list[int]
    new: set[int]
    touched: set[int]
    fresh: set[int] = field(default_factory=set)  # articles whose relation must be determined again
    moves: set[tuple[int, int]] = field(default_factory=set)  # old and new story of the articles that another one has
    changes: list[stories.StoryChange] = field(default_factory=list)


def write(
    connection: Connection,
    cache: FeatureCache,
    decision: Decision,
    versions: Versions,
    needed: float,
    preferred_sources: Sequence[str] = (),
) -> set[int]:
    """Write a decision; return the ids of the new stories. ``needed`` is the probability that joins two articles."""
    state = _create_stories(connection, decision)
    state.fresh |= stories.merge(connection, decision.story_ids.merges)
    metadata_rows = [_metadata_row(article, decision, versions) for article in decision.metadata_only]
    reworded = _reworded(decision)
    search_index.forget(connection, reworded)
    translation_texts.forget(connection, reworded)
    reprocess.update_articles(connection, [*_reassigned_rows(decision, state, versions), *metadata_rows])
    for article in decision.to_reassign:
        cache.put(article.id, article.prepared.features)
    if decision.to_reassign:
        _repair_stories(connection, decision, state)
        ids = [article.id for article in decision.to_reassign]
        kept = reprocess.delete_match_decisions(connection, ids)
        links = article_rows.match_decisions(decision.matches, decision.exact, ids)
        automatic = [link for link in links if (link.article_id, link.other_id) not in kept]
        articles.insert_match_decisions(connection, automatic)
        link_related(connection, decision.matches, ids)
        changes = update_canonicals(
            connection,
            cache,
            sorted(state.touched),
            newly_joined=frozenset(state.fresh),
            preferred_sources=preferred_sources,
        )
        review.forget_judged(connection, ids)
        ask_about_verdicts(connection, automatic, needed)
        reprocess.copy_titles(connection, state.touched)
        stories.record_changes(connection, [*state.changes, *changes])
        divide(connection, state.moves)
    return state.new


def _reworded(decision: Decision) -> list[int]:
    """Return the articles whose searchable words are others now."""
    return [
        article.id
        for article in (*decision.to_reassign, *decision.metadata_only)
        if (article.stored.title, article.stored.text, article.stored.language)
        != (article.prepared.cleaned.title, article.prepared.cleaned.text, article.prepared.cleaned.language)
    ]


def _create_stories(connection: Connection, decision: Decision) -> _WriteState:
    """Create the new stories, and collect the changes of all articles."""
    planned, merges = decision.story_ids.stories, decision.story_ids.merges
    new = list(dict.fromkeys(ref for ref in planned.values() if isinstance(ref, New)))
    ids = dict(zip(new, articles.take_ids(connection, "stories", len(new)), strict=True))
    refs = [planned[i] for i in range(len(decision.to_reassign))]
    story_of = [ids[ref] if isinstance(ref, New) else ref.id for ref in refs]
    previous = [merges.get(a.stored.story_id, a.stored.story_id) for a in decision.to_reassign]
    touched = {*story_of, *previous, *(merges.get(s, s) for s in decision.story_ids.touched)}
    state = _WriteState(story_of, set(ids.values()), touched)
    state.fresh = {article.id for article in decision.to_reassign}
    state.moves = {(was, story) for was, story in zip(previous, story_of, strict=True) if was != story}
    state.changes = [
        stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead) for dead, kept in sorted(merges.items())
    ]
    created: dict[int, stories.NewStory] = {}
    for position, article in enumerate(decision.to_reassign):
        story, was, cleaned = story_of[position], previous[position], article.prepared.cleaned
        if story in state.new and story not in created:
            when = decision.articles[position].when
            seen = when.published or when.arrived
            created[story] = stories.NewStory(story, article.id, cleaned.title, cleaned.language, seen, seen)
            state.changes.append(stories.StoryChange(ChangeKind.SPLIT, story, article.id, other_story_id=was))
        elif story != was:
            state.changes.append(stories.StoryChange(ChangeKind.MOVED, story, article.id, other_story_id=was))
        state.changes.append(stories.StoryChange(ChangeKind.REPROCESSED, story, article.id))
    stories.create(connection, list(created.values()))
    return state


def _reassigned_rows(decision: Decision, state: _WriteState, versions: Versions) -> list[articles.Row]:
    rows = []
    for i, article in enumerate(decision.to_reassign):
        row = article_rows.article_row(
            article.prepared, decision.articles[i], i in decision.exact, article.id, state.story_of[i]
        )
        relation = (
            Relation.EXACT if i in decision.exact else Relation.NEAR
        )  # `update_canonicals` determines the relation
        rows.append(_with_versions(replace(row, relation=relation), versions))
    return rows


def _metadata_row(article: ReprocessedArticle, decision: Decision, versions: Versions) -> articles.Row:
    """Return the row of an article that keeps its words and its story, with the current results of cleaning."""
    was = article.stored
    new = candidate_queries.NewArticle(0, was.text_hash, was.sketch, ArticleTimes(was.published_at, was.arrived_at))
    story = decision.story_ids.merges.get(was.story_id, was.story_id)
    row = article_rows.article_row(article.prepared, new, False, article.id, story)
    return _with_versions(replace(row, relation=was.relation, similarity=was.similarity), versions)


def _with_versions(row: articles.Row, versions: Versions) -> articles.Row:
    return replace(row, cleaner_version=versions.cleaner, fingerprint_version=versions.fingerprint)


def _repair_stories(connection: Connection, decision: Decision, state: _WriteState) -> None:
    """Restore the texts, keys, counts and canonical article of every affected story."""
    hashes = {bytes(article.stored.text_hash) for article in decision.to_reassign}
    promoted = reprocess.promote(connection, state.touched, hashes)
    lost = reprocess.stories_without_canonical(connection, state.touched)
    stories.set_canonical(connection, {story: (article, _LONGEST) for story, article in lost.items()})
    state.changes += [
        stories.StoryChange(ChangeKind.CANONICAL, story, article) for story, article in sorted(lost.items())
    ]
    stories.recount(connection, state.touched)
    reassigned = {article.id for article in decision.to_reassign}
    canonicals = stories.canonicals(connection, state.touched)
    # a new canonical article, or new words of it, change the relation of every copy to it
    stale = [story for story, (article, _) in canonicals.items() if article in reassigned or story in lost]
    copies = stories.different_texts(connection, stale)
    state.fresh |= promoted.keys() | {text.id for texts in copies.values() for text in texts}
    _write_keys(connection, decision, state, promoted)


def _write_keys(connection: Connection, decision: Decision, state: _WriteState, promoted: dict[int, list[int]]) -> None:
    reprocess.delete_keys(
        connection, state.touched, {key for article in decision.to_reassign for key in article.stored.sketch}
    )
    pairs = {
        (key, state.story_of[position])
        for position, article in enumerate(decision.articles)
        if position not in decision.exact
        for key in article.keys
    }
    story_of = candidate_queries.stories_of(connection, sorted(promoted))
    pairs |= {(key, story_of[promoted_id]) for promoted_id, keys in promoted.items() for key in keys}
    keys, stories_of_keys = zip(*pairs, strict=True) if pairs else ((), ())
    sketches.insert_keys(connection, keys, stories_of_keys)
