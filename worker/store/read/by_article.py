"""The SQL conditions on stories ``s`` for what their articles say: source, relation and status.

They are fast for rare and for frequent values, which Postgres can't distinguish in advance: up to ``_FEW`` stories are
looked up by id; above it, a scan of the first stories in the order of the list soon meets enough of them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from worker.article import PublicationStatus, Relation
from worker.store.read.publishers import PUBLISHER_KEY
from worker.store.read.status import STATUS

_FEW = 5_000
_CANONICAL_STATUS = f"(SELECT {STATUS} FROM articles a WHERE a.id = s.canonical_id)"

#: The stories of matching articles: each step finds the next story by one look into the index of the values, so that
#: thousands of articles in few stories cost no more than few articles.
_STORIES = """
    WITH RECURSIVE found (story_id, number) AS (
        (SELECT a.story_id, 1 FROM articles a WHERE {matches} ORDER BY a.story_id LIMIT 1)
        UNION ALL SELECT (
            SELECT a.story_id FROM articles a WHERE {matches} AND a.story_id > f.story_id ORDER BY a.story_id LIMIT 1),
            number + 1
        FROM found f WHERE f.story_id IS NOT NULL AND number <= :few)
    SELECT story_id FROM found WHERE story_id IS NOT NULL"""


def source_stories(connection: Connection, name: str) -> set[int] | None:
    """Return the stories of which this source published a copy, or None if they are many.

    Case does not matter, nor does `www.` before the host of an address.
    """
    matches = f"{PUBLISHER_KEY} = lower(:source)"
    found: set[int] = set()
    for spelling in {name, name.casefold().removeprefix("www.")}:
        few = _stories(connection, matches, {"source": spelling})
        if few is None:
            return None
        found |= few
    return found


def relation_stories(connection: Connection, relation: Relation) -> set[int] | None:
    """Return the stories that have a copy of this relation, or None if they are many."""
    return _stories(connection, f"a.relation = '{relation}'", {})


def status_stories(connection: Connection, status: PublicationStatus) -> set[int] | None:
    """Return the stories of which any article was given this status, or None if they are many."""
    usable = status == PublicationStatus.USABLE
    return None if usable else _stories(connection, f"a.status = '{status}'", {})


def _stories(connection: Connection, matches: str, values: Mapping[str, Any]) -> set[int] | None:
    query = text(_STORIES.format(matches=matches))
    found = set(connection.execute(query, {**values, "few": _FEW}).scalars())
    return found if len(found) <= _FEW else None


def article_conditions(
    source: str | None, relation: Relation | None, status: PublicationStatus | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the condition for each value that is given, and its bind values."""
    if source:
        host = source.casefold().removeprefix("www.")
        matches = f"{PUBLISHER_KEY} IN (lower(:source), lower(:source_host))"
        yield _any_article(matches), {"source": source, "source_host": host}
    if relation:
        yield _any_article(f"a.relation = '{relation}'"), {}
    if status:
        yield f"{_CANONICAL_STATUS} = '{status}'", {}


def _any_article(matches: str) -> str:
    # OFFSET keeps Postgres from turning this into a join that starts with all matching articles
    return f"EXISTS (SELECT FROM articles a WHERE a.story_id = s.id AND {matches} OFFSET 0)"
