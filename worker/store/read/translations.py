"""Read the links between stories that are one dispatch in two languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.store.read.sources import SOURCE
from worker.translation.source import DispatchVersion, LikelySource, likely_source

#: Characters of the text that replace a missing title.
_OPENING_CHARS = 120

#: Selects the stories that story ``s`` is linked with as translations.
TRANSLATED = """
    SELECT other_id AS id, similarity, reason FROM translations WHERE story_id = s.id AND same = 1
    UNION ALL
    SELECT story_id AS id, similarity, reason FROM translations WHERE other_id = s.id AND same = 1"""

#: The condition on stories ``s`` that exist in at least ``languages`` languages.
IN_LANGUAGES = """s.id IN (
    SELECT own.id FROM (
        SELECT story_id AS id, other_id AS other FROM translations WHERE same = 1
        UNION ALL SELECT other_id, story_id FROM translations WHERE same = 1) AS link
    JOIN stories own ON own.id = link.id JOIN stories t ON t.id = link.other
    GROUP BY own.id HAVING count(DISTINCT t.language) FILTER (WHERE t.language <> own.language) >= :languages - 1)"""

_OF_STORY = text(f"""
    SELECT t.id AS story_id, t.language, link.similarity, link.reason, t.title,
        left(c.text, {_OPENING_CHARS}) AS opening, t.articles,
        (SELECT count(DISTINCT lower({SOURCE})) FROM articles a WHERE a.story_id = t.id) AS sources,
        t.first_seen, t.last_seen, c.facts ->> 'dateline' AS dateline, c.facts ->> 'agency' AS agency
    FROM stories s CROSS JOIN LATERAL ({TRANSLATED}) AS link
    JOIN stories t ON t.id = link.id JOIN articles c ON c.id = t.canonical_id
    WHERE s.id = :id ORDER BY t.first_seen, t.id""")

_OWN = text("""
    SELECT s.id, s.language, s.first_seen, c.facts ->> 'dateline', c.facts ->> 'agency'
    FROM stories s JOIN articles c ON c.id = s.canonical_id WHERE s.id = :id""")

_NEWEST = """
    SELECT t.story_id, t.other_id AS other_story_id, s.language, o.language AS other_language, s.title,
        o.title AS other_title, s.first_seen, o.first_seen AS other_first_seen, t.similarity, t.reason, t.decided_at
    FROM translations t JOIN stories s ON s.id = t.story_id JOIN stories o ON o.id = t.other_id
    WHERE t.same = 1 {condition} ORDER BY t.decided_at DESC, t.story_id DESC, t.other_id DESC LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class TranslatedStory:
    """A story that is the same dispatch in another language.

    ``similarity``: the probability of it, 0 to 1 · ``sources``: the number of different known sources of its articles ·
    ``dateline``, ``agency``: what the canonical article names.
    """

    story_id: int
    language: str
    similarity: float
    reason: str
    title: str | None
    opening: str
    articles: int
    sources: int
    first_seen: datetime
    last_seen: datetime
    dateline: str | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class TranslationLink:
    """Two stories that are one dispatch in two languages; the first has the greater id."""

    story_id: int
    other_story_id: int
    language: str
    other_language: str
    title: str | None
    other_title: str | None
    first_seen: datetime
    other_first_seen: datetime
    similarity: float
    reason: str
    decided_at: datetime


def translated_stories(connection: Connection, story_id: int) -> list[TranslatedStory]:
    """Return the stories that are a live story in other languages, the earliest first."""
    return [TranslatedStory(**row) for row in connection.execute(_OF_STORY, {"id": story_id}).mappings()]


def source_of(connection: Connection, story_id: int, others: Sequence[TranslatedStory]) -> LikelySource | None:
    """Return which of a story and its translations is likely the one that was written first."""
    if not others:
        return None
    own = connection.execute(_OWN, {"id": story_id}).one()
    return likely_source(
        [
            DispatchVersion(*own),
            *(DispatchVersion(t.story_id, t.language, t.first_seen, t.dateline, t.agency) for t in others),
        ]
    )


def newest_translations(
    connection: Connection, limit: int | None, language: str | None = None
) -> list[TranslationLink]:
    """Return at most ``limit`` links, the newest first; with ``language`` those to or from it."""
    condition = "AND lower(:language) IN (lower(s.language), lower(o.language))" if language else ""
    values = {"limit": limit} | ({"language": language} if language else {})
    rows = connection.execute(text(_NEWEST.format(condition=condition)), values)
    return [TranslationLink(**row) for row in rows.mappings()]
