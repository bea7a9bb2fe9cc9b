"""The SQL conditions on stories ``s`` for what their articles say: source, relation and status.

They are fast for rare and for frequent values, which Postgres can't distinguish in advance: up to ``_FEW`` articles,
the stories are looked up by id; above it, a scan of the newest stories soon meets enough of them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from worker.article import PublicationStatus, Relation
from worker.store.read.publishers import PUBLISHER_KEY
from worker.store.read.status import STATUS

_FEW = 5_000
_CANONICAL_STATUS = f"(SELECT {STATUS} FROM articles a WHERE a.id = s.canonical_id)"


def source_condition(connection: Connection, name: str) -> tuple[str, dict[str, Any]]:
    """Return the condition on stories of which this source published a copy, and its bind values.

    Case does not matter, nor does `www.` before the host of an address.
    """
    matches = f"{PUBLISHER_KEY} IN (lower(:source), lower(:source_host))"
    values = {"source": name, "source_host": name.casefold().removeprefix("www.")}
    return _any_article(connection, "source", matches, values)


def relation_condition(connection: Connection, relation: Relation) -> tuple[str, dict[str, Any]]:
    """Return the condition on stories that have a copy of this relation."""
    return _any_article(connection, "relation", f"a.relation = '{relation}'", {})


def status_condition(connection: Connection, status: PublicationStatus) -> tuple[str, dict[str, Any]]:
    """Return the condition on stories whose canonical article has this status now."""
    of_canonical = f"{_CANONICAL_STATUS} = '{status}'"
    if status == PublicationStatus.USABLE:
        return of_canonical, {}
    found, values = _any_article(connection, "status", f"a.status = '{status}'", {})
    return f"{found} AND {of_canonical}", values


def _any_article(
    connection: Connection, name: str, matches: str, values: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the condition on stories of which any article matches, and its bind values."""
    query = text(f"SELECT a.story_id FROM articles a WHERE {matches} LIMIT :few")
    story_ids = list(connection.execute(query, {**values, "few": _FEW + 1}).scalars())
    if len(story_ids) <= _FEW:
        return f"s.id = ANY(:of_{name})", {f"of_{name}": sorted(set(story_ids))}
    # OFFSET keeps Postgres from turning this into a join that starts with all matching articles
    return f"EXISTS (SELECT FROM articles a WHERE a.story_id = s.id AND {matches} OFFSET 0)", dict(values)
