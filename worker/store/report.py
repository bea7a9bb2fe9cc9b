"""What became of files: the counts that ``ingest`` shows, and all articles and links for ``evaluate``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, text

_ALL = text("""
    SELECT f.path, a.position, a.story_id, a.title, a.text, a.language FROM articles a
    JOIN files f ON f.id = a.file_id ORDER BY a.id""")

_RELATED = text("SELECT story_id, other_id FROM related_stories ORDER BY story_id, other_id")

_OPEN = text("SELECT count(*) FROM files WHERE id = ANY(:ids) AND finished_at IS NULL")

#: Every try of a file or part, every outcome of a part, every article; an article of a part belongs to its whole file.
_STEPS = text("""
    SELECT (SELECT count(*) FILTER (WHERE finished_at IS NOT NULL) + coalesce(sum(attempts), 0)
            FROM files WHERE id = ANY(:ids) OR parent_id = ANY(:ids))
         + (SELECT count(*) FROM articles WHERE file_id = ANY(:ids))""")

_ARTICLES = text("""
    SELECT coalesce(sum(articles), 0) FROM files WHERE parts IS NULL AND (id = ANY(:ids) OR parent_id = ANY(:ids))""")

_FILES = text("""
    SELECT count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'quarantined') AS quarantined
    FROM files WHERE id = ANY(:ids)""")

_RELATIONS = text("SELECT relation, count(*) AS copies FROM articles WHERE file_id = ANY(:ids) GROUP BY 1 ORDER BY 1")

_STORIES = text("""
    SELECT story_id, count(*) AS articles FROM articles WHERE file_id = ANY(:ids) GROUP BY 1 ORDER BY 2 DESC, 1""")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a set of files: counts, and the number of their articles in each story."""

    done: int
    quarantined: int
    relations: dict[str, int] = field(default_factory=dict)
    stories: dict[int, int] = field(default_factory=dict)


class PlacedArticle(NamedTuple):
    """An article of the archive, where it came from and in which story it is."""

    path: bytes
    position: int
    story_id: int
    title: str | None
    text: str
    language: str


def all_articles(connection: Connection) -> list[PlacedArticle]:
    """Return all articles of a small archive, by id."""
    return [PlacedArticle(bytes(path), *values) for path, *values in connection.execute(_ALL)]


def related_stories(connection: Connection) -> list[tuple[int, int]]:
    """Return the pairs of related stories of a small archive, of either kind."""
    return [(story, other) for story, other in connection.execute(_RELATED)]


def unfinished(connection: Connection, ids: Sequence[int]) -> int:
    """Return the number of these files without an outcome."""
    return int(connection.execute(_OPEN, {"ids": list(ids)}).scalar_one())


def steps(connection: Connection, ids: Sequence[int]) -> int:
    """Return a number that changes while files are worked on, also while a large one has no outcome for long."""
    return int(connection.execute(_STEPS, {"ids": list(ids)}).scalar_one())


def article_count(connection: Connection, ids: Sequence[int]) -> int:
    """Return the number of articles of these files so far, also of large ones that have no outcome yet."""
    return int(connection.execute(_ARTICLES, {"ids": list(ids)}).scalar_one())


def report(connection: Connection, ids: Sequence[int]) -> Report:
    """Return what became of these files."""
    values = {"ids": list(ids)}
    counts = connection.execute(_FILES, values).one()
    return Report(
        done=counts.done,
        quarantined=counts.quarantined,
        relations={row.relation: row.copies for row in connection.execute(_RELATIONS, values)},
        stories={row.story_id: row.articles for row in connection.execute(_STORIES, values)},
    )
