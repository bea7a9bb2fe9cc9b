"""Read the copies of a story for its page: a sample of many in time, and the versions that providers sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.store.read.copied import COPIED_IN_STORY

#: Versions of a story that are compared, the newest first: a live report has up to fifty, and two comparisons take
#: 1 ms.
_MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class TimedCopy:
    """An article of a story and its time: when it was published, or else arrived (then it is not ``is_dated``).

    ``relation`` is that to the canonical article; an exact copy of another text has the relation of that text.
    """

    article_id: int
    relation: str
    is_canonical: bool
    at: datetime
    is_dated: bool


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an article as its provider sent it; ``text`` may be cut."""

    article_id: int
    provider: str
    external_id: str
    version: int | None
    at: datetime
    title: str | None
    language: str
    text: str


_TIMED = text(f"""
    SELECT id, relation, is_canonical, seen_at, is_dated FROM (
        SELECT a.id, CASE WHEN o.id <> s.canonical_id THEN o.relation ELSE a.relation END AS relation,
            a.id = s.canonical_id AS is_canonical, a.seen_at, a.published_at IS NOT NULL AS is_dated,
            row_number() OVER (ORDER BY a.published_at IS NULL, a.seen_at, a.id) - 1 AS number,
            count(a.published_at) OVER () AS dated, count(*) OVER () AS articles
        FROM articles a JOIN stories s ON s.id = a.story_id {COPIED_IN_STORY} WHERE a.story_id = :id) AS numbered
    WHERE is_canonical OR number IN (dated - 1, articles - 1)
        OR number % greatest((articles + :most - 1) / :most, 1) = 0
    ORDER BY number""")

_VERSIONS = text("""
    SELECT * FROM (
        SELECT a.id, a.provider, a.external_id, a.version, a.seen_at, a.title, a.language,
            left(a.text, :characters) AS text, count(*) OVER (PARTITION BY a.provider, a.external_id) AS versions
        FROM articles a
        WHERE a.story_id = :id AND a.revision_key IS NOT NULL AND a.relation <> 'exact'
        ORDER BY coalesce(a.version, -1) DESC, a.seen_at DESC, a.id DESC LIMIT :most) AS sent
    WHERE versions > 1 ORDER BY provider, external_id, coalesce(version, -1), seen_at, id""")


def timed_copies(connection: Connection, story_id: int, most: int) -> list[TimedCopy]:
    """Return all copies, those with a date first, in order of time; of more than ``most`` an even sample.

    The first and the last with a date, and the last that arrived without one, are in each sample.
    """
    return [TimedCopy(*row) for row in connection.execute(_TIMED, {"id": story_id, "most": most})]


def versions(connection: Connection, story_id: int, *, most_characters: int) -> list[list[StoredVersion]]:
    """Return the versions that a story has, the oldest first, in a list for each id of a provider."""
    values = {"id": story_id, "most": _MOST_VERSIONS, "characters": most_characters}
    by_id: dict[tuple[str, str], list[StoredVersion]] = {}
    for row in connection.execute(_VERSIONS, values):
        by_id.setdefault((row.provider, row.external_id), []).append(StoredVersion(*row[:-1]))
    return [sent for sent in by_id.values() if len(sent) > 1]
