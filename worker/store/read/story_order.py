"""List live stories by the number of their copies or sources, and sort what a search found in the same ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, text

from worker.store.read import story_search
from worker.store.read.publishers import PUBLISHER_KEY
from worker.store.read.stories import StoryRow, StorySort, story_rows, story_values
from worker.store.read.story_filter import StoryFilter, conditions, narrowed
from worker.store.read.story_search import FoundStory, Position, SearchResults

#: Stories whose sources are counted, those with the most copies: a story has no more sources than copies. With 200
#: articles of each, this takes 0.2 s.
MOST_COMPARED = 300
_MOST_ARTICLES = 200
#: Matching articles of a search whose stories are sorted, the newest.
MOST_SORTED = 2_000
_COPIES = "s.articles DESC, s.id DESC"
#: No story has more articles: a position may hold any number, also one that is not finite.
_LARGEST = 2**31 - 1

_SOURCES = """
    SELECT c.id, (
        SELECT count(DISTINCT publisher) FROM (
            SELECT {publisher} AS publisher FROM articles a WHERE a.story_id = c.id LIMIT :articles) AS copies)
    FROM (SELECT s.id FROM stories s WHERE {conditions} ORDER BY {order} LIMIT :compared) AS c"""


@dataclass(frozen=True, slots=True)
class SortedStories:
    """Stories in an order; ``is_all`` is false if only those with the most copies were sorted by their sources."""

    rows: list[StoryRow]
    is_all: bool = True


def sorted_stories(
    connection: Connection, filters: StoryFilter, sort: StorySort, *, after: Position | None, limit: int
) -> SortedStories:
    """Return the stories that match ``filters`` in this order, after a position in it (see ``position``)."""
    if sort == StorySort.NEWEST:
        by_time = story_rows(connection, filters, after=cast("tuple[datetime, int] | None", after), limit=limit)
        return SortedStories(by_time)
    where, values = conditions(connection, filters, order="articles")
    if sort == StorySort.COPIES:
        if after:
            where.append("(s.articles, s.id) < (:after_articles, :after_id)")
            values |= {"after_articles": int(min(_LARGEST, cast("float", after[0]))), "after_id": after[1]}
        return SortedStories([StoryRow(**row) for row in story_values(connection, where, values, limit, _COPIES)])
    counted = _sources(connection, where, values)
    ranked = sorted(counted[:MOST_COMPARED], reverse=True)
    following = [story for rank, story in ranked if not after or (rank, story) < after][:limit]
    return SortedStories(_rows(connection, following), len(counted) <= MOST_COMPARED)


def _sources(connection: Connection, where: Sequence[str], values: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return (number of sources, story) of the stories with the most copies that meet all conditions, one too many."""
    query = _SOURCES.format(conditions=" AND ".join(where), publisher=PUBLISHER_KEY, order=_COPIES)
    rows = connection.execute(text(query), {**values, "compared": MOST_COMPARED + 1, "articles": _MOST_ARTICLES})
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
    among = narrowed(connection, filters).among(story_search.stories_of(connection, found.newest))
    shown = sorted_stories(connection, among, sort, after=after, limit=limit)
    results = story_search.results(connection, found, _found(connection, found, shown.rows), after=after)
    return replace(results, is_sorted=shown.is_all)


def _found(connection: Connection, found: story_search.Matches, rows: Sequence[StoryRow]) -> list[FoundStory]:
    articles = story_search.matching_articles(connection, found.wanted, [row.id for row in rows])
    return [story_search.found_story(row, articles.get(row.id, row.canonical_article_id)) for row in rows]
