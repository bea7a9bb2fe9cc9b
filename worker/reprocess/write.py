"""A decision on articles made anew goes in; articles, stories, keys, links and the change feed are written.

Under the placement lock, in the transaction that says that these articles are done.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from worker.article import ChangeKind, Relation
from worker.reprocess.decide import Decision, ReprocessedArticle
from worker.store import articles, index, reprocess, sketches, stories
from worker.store.reprocess import Versions
from worker.stories import rows as article_rows
from worker.stories.candidates import FeatureCache
from worker.stories.update_canonical import update_canonicals
from worker.window import ArticleTimes

#: Stands where no better reason is known yet; settling finds one.
_LONGEST = "It is the longest of the copies that are left."


@dataclass
class _WriteState:
    """The stories after all: by place of each article, and those that are touched."""

    home: list[int]
    was: list[int]  # the story that each was in, as it is called now
    new: set[int]
    touched: set[int]
    fresh: set[int] = field(default_factory=set)  # articles whose relation is to be found anew
    told: list[stories.StoryChange] = field(default_factory=list)


def write(connection: Connection, shelf: FeatureCache, found: Decision, versions: Versions) -> set[int]:
    """Write a decision; return the stories that were made for it."""
    places = _stories(connection, found)
    places.fresh |= stories.merge(connection, found.story_ids.merges)
    reprocess.update_articles(
        connection,
        [*_judged(found, places, versions), *(_restated(one, found, versions) for one in found.metadata_only)],
    )
    for one in found.to_reassign:
        shelf.put(one.id, one.prepared.features)
    if found.to_reassign:
        _mend(connection, found, places)
        ids = [one.id for one in found.to_reassign]
        by_people = reprocess.delete_match_decisions(connection, ids)
        links = article_rows.match_decisions(found.matches, found.duplicates, found.same, ids)
        articles.explain(connection, [one for one in links if (one.article_id, one.other_id) not in by_people])
        told = update_canonicals(connection, shelf, sorted(places.touched), fresh=frozenset(places.fresh))
        reprocess.copy_titles(connection, places.touched)
        stories.record_changes(connection, [*places.told, *told])
    return places.new


def _stories(connection: Connection, found: Decision) -> _WriteState:
    """Make the stories that are new, and tell what moved where."""
    homes, merges = found.story_ids.stories, found.story_ids.merges
    asked = sorted({home for home in homes.values() if home < 0}, reverse=True)
    ids = dict(zip(asked, articles.take_ids(connection, "stories", len(asked)), strict=True))
    home = [ids.get(homes[place], homes[place]) for place in range(len(found.to_reassign))]
    was = [merges.get(one.stored.story_id, one.stored.story_id) for one in found.to_reassign]
    places = _WriteState(
        home, was, set(ids.values()), {*home, *was, *(merges.get(s, s) for s in found.story_ids.touched)}
    )
    places.fresh = {one.id for one in found.to_reassign}
    places.told = [
        stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead) for dead, kept in sorted(merges.items())
    ]
    made: dict[int, stories.NewStory] = {}
    for place, one in enumerate(found.to_reassign):
        story, cleaned = home[place], one.prepared.cleaned
        if story in places.new and story not in made:
            seen = _seen(found, place)
            made[story] = stories.NewStory(story, one.id, cleaned.title, cleaned.language, seen, seen)
            places.told.append(stories.StoryChange(ChangeKind.SPLIT, story, one.id, other_story_id=was[place]))
        elif story != was[place]:
            places.told.append(stories.StoryChange(ChangeKind.MOVED, story, one.id, other_story_id=was[place]))
        places.told.append(stories.StoryChange(ChangeKind.REPROCESSED, story, one.id))
    stories.create(connection, list(made.values()))
    return places


def _seen(found: Decision, place: int) -> datetime:
    when = found.articles[place].when
    return when.published or when.arrived


def _judged(found: Decision, places: _WriteState, versions: Versions) -> list[articles.Row]:
    follow = found.duplicates.keys() | found.same.keys()
    rows = []
    for place, one in enumerate(found.to_reassign):
        row = article_rows.article_row(one.prepared, found.articles[place], place in follow, one.id, places.home[place])
        relation = Relation.EXACT if place in follow else Relation.NEAR  # settling finds the true one
        rows.append(_marked(replace(row, relation=relation), versions))
    return rows


def _restated(one: ReprocessedArticle, found: Decision, versions: Versions) -> articles.Row:
    """Return an article whose words and place are the same, with what cleaning found this time."""
    was = one.stored
    probe = index.NewArticle(0, was.text_hash, was.sketch, ArticleTimes(was.published_at, was.arrived_at))
    row = article_rows.article_row(
        one.prepared, probe, False, one.id, found.story_ids.merges.get(was.story_id, was.story_id)
    )
    return _marked(replace(row, relation=was.relation, similarity=was.similarity), versions)


def _marked(row: articles.Row, versions: Versions) -> articles.Row:
    return replace(row, cleaner_version=versions.cleaner, fingerprint_version=versions.fingerprint)


def _mend(connection: Connection, found: Decision, places: _WriteState) -> None:
    """Let every touched story have its texts, its keys, its counts and a canonical article of its own."""
    promoted = reprocess.promote(connection, places.touched, {bytes(one.stored.text_hash) for one in found.to_reassign})
    lost = reprocess.stories_without_canonical(connection, places.touched)
    stories.set_canonical(connection, {story: (article, _LONGEST) for story, article in lost.items()})
    places.told += [
        stories.StoryChange(ChangeKind.CANONICAL, story, article) for story, article in sorted(lost.items())
    ]
    stories.recount(connection, places.touched)
    anew = {one.id for one in found.to_reassign}
    canonicals = stories.canonicals(connection, places.touched)
    # what stands beside a canonical article of other words has another relation to it
    stale = [story for story, (article, _) in canonicals.items() if article in anew or story in lost]
    beside = stories.different_texts(connection, stale)
    places.fresh |= promoted.keys() | {text.id for texts in beside.values() for text in texts}
    _keys(connection, found, places, promoted)


def _keys(connection: Connection, found: Decision, places: _WriteState, promoted: dict[int, list[int]]) -> None:
    reprocess.delete_keys(connection, places.touched, {key for one in found.to_reassign for key in one.stored.sketch})
    follow = found.duplicates.keys() | found.same.keys()
    pairs = {
        (key, places.home[place])
        for place, probe in enumerate(found.articles)
        if place not in follow
        for key in probe.keys
    }
    where = index.stories_of(connection, sorted(promoted))
    pairs |= {(key, where[article]) for article, keys in promoted.items() for key in keys}
    keys, stories_of_keys = zip(*pairs, strict=True) if pairs else ((), ())
    sketches.insert_keys(connection, keys, stories_of_keys)
