"""List live stories by the number of their copies or sources, and sort what a search found in the same ways."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, text

from worker.store.read import story_search
from worker.store.read.publishers import PUBLISHER_KEY
from worker.store.read.stories import StoryFilter, StoryRow, StorySort, conditions, story_rows, story_values
from worker.store.read.story_search import FoundStory, Position, SearchResults

#: Stories whose sources are counted, those with the most copies: a story has no more sources than copies. With 200
#: articles of each, this takes 0.2 s.
MOST_COMPARED = 300
_MOST_ARTICLES = 200
#: Matching articles of a search whose stories are sorted, the newest.
MOST_SORTED = 2_000
_MOST_COPIES_FIRST = "s.articles DESC, s.id DESC"

_SOURCES = """
    SELECT c.id, (
        SELECT count(DISTINCT publisher) FROM (
            SELECT {publisher} AS publisher FROM articles a WHERE a.story_id = c.id LIMIT :articles) AS copies)
    FROM (SELECT s.id FROM stories s WHERE {conditions} ORDER BY {order} LIMIT :compared) AS c"""


def sorted_stories(
    connection: Connection, filters: StoryFilter, sort: StorySort, *, after: Position | None, limit: int
) -> list[StoryRow]:
    """Return the stories that match ``filters`` in this order, after a position in it (see ``position``)."""
    if sort == StorySort.NEWEST:
        return story_rows(connection, filters, after=cast("tuple[datetime, int] | None", after), limit=limit)
    where, values = conditions(connection, filters)
    if sort == StorySort.COPIES:
        if after:
            where.append("(s.articles, s.id) < (:after_articles, :after_id)")
            values |= {"after_articles": int(cast("float", after[0])), "after_id": after[1]}
        return [StoryRow(**row) for row in story_values(connection, where, values, limit, _MOST_COPIES_FIRST)]
    ranked = sorted(_sources(connection, where, values), reverse=True)
    return _rows(connection, [story for rank, story in ranked if not after or (rank, story) < after][:limit])


def _sources(connection: Connection, where: Sequence[str], values: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return (number of sources, story) of the stories with the most copies that meet all conditions."""
    query = _SOURCES.format(conditions=" AND ".join(where), publisher=PUBLISHER_KEY, order=_MOST_COPIES_FIRST)
    rows = connection.execute(text(query), {**values, "compared": MOST_COMPARED, "articles": _MOST_ARTICLES})
    return [(sources, story) for story, sources in rows]


def _rows(connection: Connection, ids: Sequence[int]) -> list[StoryRow]:
    """Return stories in the order of their ids here."""
    rows = {row["id"]: row for row in story_values(connection, ["s.id = ANY(:shown)"], {"shown": list(ids)}, len(ids))}
    return [StoryRow(**rows[story]) for story in ids]


def position(connection: Connection, row: StoryRow, sort: StorySort) -> Position:
    """Return the position of a row in this order: pass it as ``after`` to continue the list after this row."""
    if sort == StorySort.NEWEST:
        return row.key
    if sort == StorySort.COPIES:
        return float(row.articles), row.id
    [(sources, _)] = _sources(connection, ["s.id = :id"], {"id": row.id})
    return float(sources), row.id


def sorted_results(
    connection: Connection,
    typed: str,
    filters: StoryFilter,
    sort: StorySort,
    *,
    after: Position | None,
    limit: int,
    seconds: float,
) -> SearchResults:
    """Return the stories of the newest ``MOST_SORTED`` articles that match ``typed``, in this order."""
    found = story_search.matches(connection, typed, MOST_SORTED, seconds)
    among = replace(filters, ids=tuple(sorted(story_search.stories_of(connection, found.newest))))
    rows = sorted_stories(connection, among, sort, after=after, limit=limit)
    return story_search.results(connection, found, _found(connection, found, rows), after=after)


def _found(connection: Connection, found: story_search.Matches, rows: Sequence[StoryRow]) -> list[FoundStory]:
    articles = story_search.matching_articles(connection, found.wanted, [row.id for row in rows])
    return [story_search.found_story(row, articles.get(row.id, row.canonical_article_id)) for row in rows]
