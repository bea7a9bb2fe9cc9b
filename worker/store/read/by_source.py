"""The SQL condition on stories ``s`` for the source of any of their copies; it is fast for rare and frequent ones."""

from typing import Any

from sqlalchemy import Connection, text

from worker.store.read.sources import SOURCE

#: Postgres can't distinguish rare from frequent sources in advance. Up to this many articles, stories are looked up by
#: id; above it, a scan of the newest stories soon meets enough of them.
_FEW = 5_000


def source_condition(connection: Connection, name: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on stories of which this source published a copy, and its bind values."""
    query = text(f"SELECT a.story_id FROM articles a WHERE {SOURCE} = :source LIMIT :few")
    story_ids = list(connection.execute(query, {"source": name, "few": _FEW + 1}).scalars())
    if len(story_ids) <= _FEW:
        return "s.id = ANY(:of_source)", {"of_source": sorted(set(story_ids))}
    # OFFSET keeps Postgres from turning this into a join that starts with all matching articles
    exists = f"EXISTS (SELECT FROM articles a WHERE a.story_id = s.id AND {SOURCE} = :source OFFSET 0)"
    return exists, {"source": name}
