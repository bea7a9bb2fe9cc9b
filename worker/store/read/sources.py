"""Which publishers are first, and which publishers copy which, over the newest stories that have copies."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

from worker.store.read.publishers import FILE_NAME, PUBLISHER, publisher_name

#: The source of article ``a`` as it names it: as delivered, else the host of its URL.
SOURCE = "coalesce(a.source, substring(a.url FROM '://([^/:?#]+)'))"
_HOST = re.compile("://([^/:?#]+)")
#: Newest stories with copies that are counted: 5,000 take over a second of processor time in an archive of a million
#: articles.
MOST_STORIES = 2_000
#: Articles counted per story, about the first that arrived: a source that comes later copies what many already have.
_MOST_ARTICLES = 50
#: Rows returned by each query.
_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A publisher in stories with copies: its number of stories, how often it was first, its delay in the others.

    Spellings that differ in case are one publisher, under the most frequent of them.
    ``source`` finds its stories, as in ``StoryFilter``; None if it is the name of a file.
    """

    name: str
    source: str | None
    stories: int
    first: int
    delay: timedelta | None  # median delay after the first source


@dataclass(frozen=True, slots=True)
class CopyingRow:
    """``copier`` published ``stories`` stories in which ``first`` was first, with a median ``delay``."""

    first: str
    copier: str
    stories: int
    delay: timedelta


#: The publisher of article ``a``, else the name of its file after a character that no publisher begins with.
_NAME = f"coalesce({PUBLISHER}, chr(1) || encode({FILE_NAME}, 'hex'))"
#: For each story and publisher: when it first published the story, and who was first overall. An arrival is not
#: compared with a date: articles without one count only in stories where none has one, and there nobody was first.
#: Nor was the only publisher with a date, since it is not known when the others published.
_SEEN = f"""
    WITH chosen AS (
        SELECT id FROM stories WHERE merged_into IS NULL AND articles > 1 ORDER BY last_seen DESC LIMIT :stories),
    seen AS (
        SELECT c.id AS story, lower(a.name) AS key, mode() WITHIN GROUP (ORDER BY a.name) AS name,
            min(a.seen_at) AS at, min(a.id) AS article, bool_or(a.is_dated) AS is_dated
        FROM chosen c CROSS JOIN LATERAL (
            SELECT {_NAME} AS name, a.seen_at, a.id, a.published_at IS NOT NULL AS is_dated,
                bool_or(a.published_at IS NOT NULL) OVER () AS has_dated
            FROM (SELECT * FROM articles WHERE story_id = c.id LIMIT :articles) AS a
            JOIN files f ON f.id = a.file_id) AS a
        WHERE a.is_dated = a.has_dated
        GROUP BY 1, 2),
    named AS (SELECT key, mode() WITHIN GROUP (ORDER BY name) AS name FROM seen GROUP BY key),
    ranked AS (
        SELECT story, key, at, is_dated, first_value(key) OVER w AS leader, first_value(at) OVER w AS led,
            count(*) OVER (PARTITION BY story) > 1 AS has_rival
        FROM seen WINDOW w AS (PARTITION BY story ORDER BY at, article))"""

_SOURCES = text(f"""{_SEEN}
    SELECT n.name, count(*) AS stories, count(*) FILTER (WHERE key = leader AND is_dated AND has_rival) AS first,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY at - led) FILTER (WHERE key <> leader AND is_dated) AS delay
    FROM ranked JOIN named n USING (key) GROUP BY key, n.name ORDER BY 3 DESC, 2 DESC, 1 LIMIT :rows""")

_COPYING = text(f"""{_SEEN}
    SELECT l.name, n.name, count(*) AS stories, percentile_cont(0.5) WITHIN GROUP (ORDER BY at - led) AS delay
    FROM ranked r JOIN named n USING (key) JOIN named l ON l.key = r.leader
    WHERE r.key <> leader AND is_dated GROUP BY leader, r.key, l.name, n.name ORDER BY 3 DESC, 1, 2 LIMIT :rows""")

_VALUES = {"stories": MOST_STORIES, "articles": _MOST_ARTICLES, "rows": _MOST_ROWS}


def source_of(source: str | None, url: str | None) -> str | None:
    """Return the same for an article that is not stored yet."""
    host = _HOST.search(url) if source is None and url else None
    return host.group(1) if host else source


def sources(connection: Connection) -> list[SourceRow]:
    """Return the publishers of stories with copies, ordered by how often they were first."""
    rows = connection.execute(_SOURCES, _VALUES)
    return [SourceRow(_shown(name), None if _is_file(name) else name, *others) for name, *others in rows]


def copying(connection: Connection) -> list[CopyingRow]:
    """Return pairs of a first publisher and one that published after it, most frequent pairs first."""
    rows = connection.execute(_COPYING, _VALUES)
    return [CopyingRow(_shown(first), _shown(copier), *others) for first, copier, *others in rows]


def _shown(name: str) -> str:
    """Return a value of ``_NAME`` as text."""
    return publisher_name(None, bytes.fromhex(name[1:])) if _is_file(name) else publisher_name(name, None)


def _is_file(name: str) -> bool:
    return name[:1] == "\x01"
