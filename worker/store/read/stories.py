"""List live stories, and read one story with its copies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from worker.display import escape_path
from worker.store.read.articles import WHOLE_TEXT
from worker.store.read.copied import COPIED_IN_STORY
from worker.store.read.related import RelatedStory, related_stories
from worker.store.read.status import STATUS
from worker.store.read.story_filter import StoryFilter, conditions, narrowed
from worker.store.read.translations import TranslatedStory, source_of, translated_stories
from worker.translation.source import LikelySource

#: Rows per page when a whole list is read.
_PAGE = 500
#: Characters of the text that replace a missing title.
_OPENING_CHARS = 120


class StorySort(StrEnum):
    """The order of a list of stories."""

    NEWEST = "newest"
    #: most copies first
    COPIES = "copies"
    #: most sources first, among the stories with the most copies
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story in a list. ``copies`` counts the articles except the canonical one, by relation; ``status`` is its."""

    id: int
    title: str | None
    opening: str
    language: str
    articles: int
    texts: int
    copies: dict[str, int]
    canonical_article_id: int
    source_path: str
    first_seen: datetime
    last_seen: datetime
    status: str

    @property
    def key(self) -> tuple[datetime, int]:
        """The sort key of this row: pass it as ``after`` to continue the list after this row."""
        return self.last_seen, self.id


@dataclass(frozen=True, slots=True)
class Copy:
    """An article of a story, without its text; ``opening`` is how the text begins if there is no headline.

    ``relation`` and ``similarity`` are those to the canonical article, except of an exact copy: to the article
    ``copy_of``, which has the same words.
    """

    article_id: int
    relation: str
    copy_of: int | None
    similarity: float
    is_canonical: bool
    source_path: str
    title: str | None
    opening: str | None
    language: str
    words: int
    published_at: datetime | None
    arrived_at: datetime
    external_id: str | None
    provider: str | None
    version: int | None
    source: str | None
    author: str | None
    url: str | None
    status: str
    embargoed_until: datetime | None


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """A live story. ``asked_id`` differs from ``id`` if the requested story was merged into this one.

    ``pinned_at`` is when a person pinned the canonical article; None: it was chosen. ``status`` says whether that
    article may be published: ``usable``, ``withheld`` or ``withdrawn``. ``likely_source`` is which of the story and its
    ``translations`` was likely written first, None if there are none.
    """

    id: int
    asked_id: int
    title: str | None
    language: str
    articles: int
    texts: int
    canonical_article_id: int
    canonical_reason: str | None
    pinned_at: datetime | None
    source_path: str
    first_seen: datetime
    last_seen: datetime
    updated_at: datetime
    status: str
    embargoed_until: datetime | None
    text: str
    copies: list[Copy]
    related: list[RelatedStory]
    translations: list[TranslatedStory]
    likely_source: LikelySource | None


_STORIES = """
    SELECT s.id, s.title, left(a.text, :opening) AS opening, s.language, s.articles, s.texts,
        s.canonical_id AS canonical_article_id, f.path AS source_path, s.first_seen, s.last_seen, {status} AS status
    FROM (
        SELECT * FROM stories s WHERE {conditions} ORDER BY {order} LIMIT :limit) AS s
    JOIN articles a ON a.id = s.canonical_id JOIN files f ON f.id = a.file_id
    ORDER BY {order}"""

#: The order of stories ``s``.
NEWEST_FIRST = "s.last_seen DESC, s.id DESC"


def story_rows(
    connection: Connection, filters: StoryFilter, *, after: tuple[datetime, int] | None = None, limit: int = _PAGE
) -> list[StoryRow]:
    """Return the stories that match ``filters``, newest first, after the row whose ``key`` is ``after``."""
    return [StoryRow(**values) for values in story_values(connection, *conditions(connection, filters, after), limit)]


def story_values(
    connection: Connection, where: Sequence[str], values: Mapping[str, Any], limit: int, order: str = NEWEST_FIRST
) -> Iterator[dict[str, Any]]:
    """Yield the fields of the stories ``s`` that meet all conditions, in an order, by default newest first."""
    query = _STORIES.format(conditions=" AND ".join(where), status=STATUS, order=order)
    rows = connection.execute(text(query), {**values, "limit": limit, "opening": _OPENING_CHARS}).mappings().all()
    copies = _copies_by_relation(connection, [row["id"] for row in rows])
    for row in rows:
        yield {"copies": copies.get(row["id"], {}), **_values(row)}


def all_story_rows(connection: Connection, filters: StoryFilter) -> Iterator[StoryRow]:
    """Yield every story that matches ``filters``, read in pages; call it inside a ``snapshot``."""
    after = None
    filters = narrowed(connection, filters)
    while page := story_rows(connection, filters, after=after):
        yield from page
        after = page[-1].key


def _copies_by_relation(connection: Connection, ids: list[int]) -> dict[int, dict[str, int]]:
    rows = connection.execute(
        text("""
            SELECT a.story_id, a.relation, count(*) AS copies
            FROM articles a JOIN stories s ON s.id = a.story_id
            WHERE a.story_id = ANY(:ids) AND a.id <> s.canonical_id GROUP BY 1, 2 ORDER BY 1, 2"""),
        {"ids": ids},
    )
    copies: dict[int, dict[str, int]] = {}
    for row in rows:
        copies.setdefault(row.story_id, {})[row.relation] = row.copies
    return copies


_STORY = text(f"""
    SELECT s.id, s.title, s.language, s.articles, s.texts, s.canonical_id AS canonical_article_id, s.canonical_reason,
        a.pinned_at, f.path AS source_path, s.first_seen, s.last_seen, s.updated_at,
        {STATUS} AS status, a.embargoed_until, left(a.text, :characters) AS text
    FROM stories asked JOIN stories s ON s.id = coalesce(asked.merged_into, asked.id)
    JOIN articles a ON a.id = s.canonical_id JOIN files f ON f.id = a.file_id
    WHERE asked.id = :id""")


def story(
    connection: Connection, asked_id: int, most: int | None = None, *, most_characters: int = WHOLE_TEXT
) -> StoryDetail | None:
    """Return a story with its copies, the canonical article first, its related stories and its translations.

    The other copies are in the order of publication, then those without a date in the order of arrival. A merged story
    is followed to its root. ``most`` limits the number of copies: different texts rather than exact copies, then the
    earliest. ``most_characters`` limits the canonical text.
    """
    row = connection.execute(_STORY, {"id": asked_id, "characters": most_characters}).mappings().one_or_none()
    if row is None:
        return None
    copies, related = _copies(connection, row["id"], most), related_stories(connection, row["id"])
    translated = translated_stories(connection, row["id"])
    return StoryDetail(
        asked_id=asked_id,
        copies=copies,
        related=related,
        translations=translated,
        likely_source=source_of(connection, row["id"], translated),
        **_values(row),
    )


def _copies(connection: Connection, story_id: int, most: int | None) -> list[Copy]:
    rows = connection.execute(
        text(f"""
            SELECT a.id AS article_id, a.relation, o.id AS copy_of, a.similarity, a.id = s.canonical_id AS is_canonical,
                f.path AS source_path, a.title,
                CASE WHEN a.title IS NULL THEN left(a.text, :opening) END AS opening, a.language,
                a.words, a.published_at, a.arrived_at, a.external_id, a.provider, a.version, a.source, a.author, a.url,
                {STATUS} AS status, a.embargoed_until
            FROM (
                SELECT a.* FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.story_id = :id
                ORDER BY a.id = s.canonical_id DESC, a.relation = 'exact', a.seen_at, a.id LIMIT :most) AS a
            JOIN stories s ON s.id = a.story_id JOIN files f ON f.id = a.file_id {COPIED_IN_STORY}
            ORDER BY is_canonical DESC, a.published_at, a.arrived_at, a.id"""),
        {"id": story_id, "most": most, "opening": _OPENING_CHARS},
    )
    return [Copy(**_values(row)) for row in rows.mappings()]


def _values(row: RowMapping) -> dict[str, Any]:
    return {**row, "source_path": escape_path(row["source_path"])}
