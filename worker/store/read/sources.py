"""Which sources publish first, and which sources copy which, over the newest stories that have copies."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

#: The source of article ``a``: as delivered, else the host of its URL. The index has the same expression.
SOURCE = "coalesce(a.source, substring(a.url FROM '://([^/:?#]+)'))"
_HOST = re.compile("://([^/:?#]+)")
#: Newest stories with copies that are counted; reading them takes well under a second.
MOST_STORIES = 5_000
#: Articles counted per story, earliest first: a source that comes after those copies what many already have.
_MOST_ARTICLES = 50
#: Rows returned by each query.
_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in stories with copies: its number of stories, how often it was first, its delay in the others."""

    source: str
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


#: For each story and source: when the source first published it, and which source was first overall.
_SEEN = f"""
    WITH chosen AS (
        SELECT id FROM stories WHERE merged_into IS NULL AND articles > 1 ORDER BY last_seen DESC LIMIT :stories),
    seen AS (
        SELECT c.id AS story, a.source, min(a.seen_at) AS at, min(a.id) AS article
        FROM chosen c CROSS JOIN LATERAL (
            SELECT {SOURCE} AS source, a.seen_at, a.id FROM articles a
            WHERE a.story_id = c.id ORDER BY a.seen_at, a.id LIMIT :articles) AS a
        WHERE a.source IS NOT NULL GROUP BY 1, 2),
    ranked AS (
        SELECT story, source, at, first_value(source) OVER w AS leader, first_value(at) OVER w AS led
        FROM seen WINDOW w AS (PARTITION BY story ORDER BY at, article))"""

_SOURCES = text(f"""{_SEEN}
    SELECT source, count(*) AS stories, count(*) FILTER (WHERE source = leader) AS first,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY at - led) FILTER (WHERE source <> leader) AS delay
    FROM ranked GROUP BY source ORDER BY 3 DESC, 2 DESC, 1 LIMIT :rows""")

_COPYING = text(f"""{_SEEN}
    SELECT leader, source, count(*) AS stories, percentile_cont(0.5) WITHIN GROUP (ORDER BY at - led) AS delay
    FROM ranked WHERE source <> leader GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT :rows""")

_VALUES = {"stories": MOST_STORIES, "articles": _MOST_ARTICLES, "rows": _MOST_ROWS}


def source_of(source: str | None, url: str | None) -> str | None:
    """Return the same for an article that is not stored yet."""
    host = _HOST.search(url) if source is None and url else None
    return host.group(1) if host else source


def sources(connection: Connection) -> list[SourceRow]:
    """Return the sources of stories with copies, ordered by how often they were first."""
    return [SourceRow(*row) for row in connection.execute(_SOURCES, _VALUES)]


def copying(connection: Connection) -> list[CopyingRow]:
    """Return pairs of a first source and a source that published after it, most frequent pairs first."""
    return [CopyingRow(*row) for row in connection.execute(_COPYING, _VALUES)]
