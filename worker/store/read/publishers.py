"""Who published the copies of stories: the source that an article names, else its site, its agency or its file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from worker.display import escape_path, escape_text

#: The publisher of article ``a``: its source, else the host of its URL without "www.", else the agency of its dateline.
PUBLISHER = (
    "coalesce(nullif(a.source, ''), lower(substring(a.url FROM '://(?:[wW]{3}[.])?([^/:?#]+)')),"
    " nullif(a.facts ->> 'agency', ''))"
)
#: The same in lower case, for comparisons. The index of articles has this expression.
PUBLISHER_KEY = (
    "lower(coalesce(nullif(a.source, ''), substring(a.url FROM '://(?:[wW]{3}[.])?([^/:?#]+)'),"
    " nullif(a.facts ->> 'agency', '')))"
)
#: The name of file ``f`` without its folders, as bytes: an article without a publisher came from there.
FILE_NAME = "decode(substring(encode(f.path, 'escape') FROM '[^/]+/?$'), 'escape')"
#: Publishers of a story that are returned, the earliest first: more do not fit a screen.
_MOST_PUBLISHERS = 30
#: Articles read per story of a list, about the first that arrived: to find the earliest of thousands, all are read.
_MOST_ARTICLES = 200


def publisher_name(publisher: str | None, file_name: bytes | None) -> str:
    """Return the publisher, or else the name of the file."""
    return escape_text(publisher) if publisher else escape_path(file_name or b"unknown")


@dataclass(frozen=True, slots=True)
class PublisherRow:
    """A publisher of a story: its first article, its number of copies, and its delay after the first publisher.

    ``first_at`` is when it first published the story, or, without a date, when that arrived. An arrival is not compared
    with a date of publication: ``delay`` is None for a publisher without a date in a story where others have one.
    """

    name: str
    article_id: int
    first_at: datetime
    copies: int
    delay: timedelta | None


@dataclass(frozen=True, slots=True)
class StoryPublishers:
    """The names of a story's publishers, the earliest first, and the languages of its articles.

    Spellings that differ in case are one publisher, under the most frequent of them.
    """

    names: list[str]
    languages: list[str]


_OF_STORY = text(f"""
    SELECT mode() WITHIN GROUP (ORDER BY publisher) AS publisher, file_name, (array_agg(id ORDER BY published_at, seen_at, id))[1] AS article_id,
        coalesce(min(published_at), min(seen_at)) AS first_at, count(*) AS copies, count(published_at) > 0 AS is_dated
    FROM (
        SELECT a.id, a.seen_at, a.published_at, {PUBLISHER} AS publisher, CASE WHEN {PUBLISHER} IS NULL THEN {FILE_NAME} END AS file_name
        FROM articles a JOIN files f ON f.id = a.file_id WHERE a.story_id = :id) AS named
    GROUP BY lower(publisher), 2 ORDER BY 6 DESC, 4, 3 LIMIT :most""")  # noqa: E501  one expression

_OF_STORIES = text(f"""
    SELECT s.id, a.publisher, a.file_name, a.language, min(a.seen_at) AS first_at,
        count(*) AS copies
    FROM unnest(CAST(:ids AS int[])) AS s (id) CROSS JOIN LATERAL (
        SELECT {PUBLISHER} AS publisher, CASE WHEN {PUBLISHER} IS NULL THEN {FILE_NAME} END AS file_name,
            a.language, a.seen_at
        FROM (SELECT * FROM articles WHERE story_id = s.id LIMIT :articles) AS a JOIN files f ON f.id = a.file_id) AS a
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 5, 2, 3""")


def publishers(connection: Connection, story_id: int) -> list[PublisherRow]:
    """Return the publishers of a live story in the order of their first copies, those without a date last."""
    rows = connection.execute(_OF_STORY, {"id": story_id, "most": _MOST_PUBLISHERS}).all()
    return [
        PublisherRow(
            publisher_name(row.publisher, row.file_name),
            row.article_id,
            row.first_at,
            row.copies,
            row.first_at - rows[0].first_at if row.is_dated else None,
        )
        for row in rows
    ]


def publishers_of(connection: Connection, story_ids: Sequence[int]) -> dict[int, StoryPublishers]:
    """Return publishers and languages of stories by id, from the earliest articles of each."""
    found: dict[int, StoryPublishers] = {}
    spellings: dict[int, dict[str, Counter[str]]] = {}
    for row in connection.execute(_OF_STORIES, {"ids": list(story_ids), "articles": _MOST_ARTICLES}):
        story = found.setdefault(row.id, StoryPublishers([], []))
        name = publisher_name(row.publisher, row.file_name)
        same = spellings.setdefault(row.id, {}).setdefault(name.lower(), Counter())
        same[name] += row.copies
        story.languages.extend([row.language] if row.language not in story.languages else [])
    for number, by_name in spellings.items():
        found[number].names.extend(same.most_common(1)[0][0] for same in by_name.values())
    return found
