"""Filters of lists of stories, and their SQL conditions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from worker.article import PublicationStatus, Relation
from worker.store.read.by_article import article_conditions, relation_stories, source_stories, status_stories
from worker.store.read.translations import IN_LANGUAGES


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Selects live stories: all, or those that were last seen from ``since`` to before ``until``.

    ``source`` must have published a copy, ``language`` is that of the canonical article, ``articles`` is the minimum
    number of articles, ``ids`` are story ids. ``changed_from``: a change with this id or a later one names the story.
    ``relation`` is that of any copy, ``status`` that of the canonical article. Case of source and language is ignored.
    ``languages`` is the minimum number of languages in which the dispatch was found, this story's included.
    ``looked_at`` bounds the cost of a frequent source, relation or status: at most this many stories are looked at,
    the first in the order of the list.
    """

    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    language: str | None = None
    articles: int | None = None
    ids: tuple[int, ...] | None = None
    changed_from: int | None = None
    relation: Relation | None = None
    status: PublicationStatus | None = None
    languages: int | None = None
    looked_at: int | None = None
    is_narrowed: bool = False

    @property
    def is_bounded(self) -> bool:
        """Whether only the first ``looked_at`` stories are looked at, once it is ``narrowed``."""
        return self.looked_at is not None and self.ids is None and bool(self.source or self.relation or self.status)

    def among(self, ids: Iterable[int]) -> "StoryFilter":
        """Return the filter for those of its stories that have these ids."""
        return replace(self, ids=tuple(sorted(set(ids) if self.ids is None else set(ids).intersection(self.ids))))


#: Field of ``StoryFilter`` -> its condition.
_FILTERS = {
    "since": "s.last_seen >= :since",
    "until": "s.last_seen < :until",
    "language": "lower(s.language) = lower(:language)",
    "articles": "s.articles >= :articles",
    "ids": "s.id = ANY(:ids)",
    "languages": IN_LANGUAGES,
    "changed_from": "s.id IN (SELECT story_id FROM changes WHERE id >= :changed_from)",
}


def narrowed(connection: Connection, filters: StoryFilter) -> StoryFilter:
    """Return the same filter with the ids of the stories of a rare source, relation or status, looked up once."""
    if filters.is_narrowed:
        return filters
    known = replace(filters, is_narrowed=True)
    if filters.source and (found := source_stories(connection, filters.source)) is not None:
        known = replace(known.among(found), source=None)
    if filters.relation and (found := relation_stories(connection, filters.relation)) is not None:
        known = replace(known.among(found), relation=None)
    if filters.status and (found := status_stories(connection, filters.status)) is not None:
        known = known.among(found)  # of these, those whose canonical article has it now
    return known


def conditions(
    connection: Connection, filters: StoryFilter, after: tuple[datetime, int] | None = None, order: str = "last_seen"
) -> tuple[list[str], dict[str, Any]]:
    """Return the SQL conditions of a filter on stories ``s``, and their bind values.

    ``order`` is the column that the list is sorted by, the greatest first.
    """
    filters = narrowed(connection, filters)
    where = ["s.merged_into IS NULL"]
    values: dict[str, Any] = {}
    for name, condition in _FILTERS.items():
        if (value := getattr(filters, name)) is not None:
            where.append(condition)
            values[name] = list(value) if isinstance(value, tuple) else value
    if after:
        where.append("(s.last_seen, s.id) < (:after_seen, :after_id)")
        values |= {"after_seen": after[0], "after_id": after[1]}
    if filters.is_bounded:
        first = f"SELECT s.{order} FROM stories s WHERE {' AND '.join(where)} ORDER BY 1 DESC LIMIT :looked_at"
        where.append(f"s.{order} >= (SELECT min({order}) FROM ({first}) AS looked)")
        values["looked_at"] = filters.looked_at
    for condition, more in article_conditions(filters.source, filters.relation, filters.status):
        where.append(condition)
        values |= more
    return where, values


def has_more_than(connection: Connection, stories: int) -> bool:
    """Return whether there are more live stories than this number."""
    query = text("SELECT count(*) > :n FROM (SELECT FROM stories WHERE merged_into IS NULL LIMIT :n + 1) AS live")
    return bool(connection.execute(query, {"n": stories}).scalar_one())
