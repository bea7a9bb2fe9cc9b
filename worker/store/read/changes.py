"""The change feed: changes to stories in commit order.

Ids are assigned under the placement lock, so they become visible in order: a client that resumes after the last id
that it saw gets every change exactly once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: ``created``, ``copy`` (``article_id`` was added), ``canonical`` (now ``article_id``), ``merged``
    (``other_story_id`` is now part of this story), ``split`` (this story was split from ``other_story_id``), ``moved``
    (``article_id`` came from there), ``reprocessed`` (the text or fingerprint of ``article_id`` was recomputed).
    """  # noqa: D205  one sentence

    id: int
    at: datetime
    kind: str
    story_id: int
    article_id: int | None
    other_story_id: int | None


def changes(connection: Connection, after: int, limit: int) -> list[ChangeRow]:
    """Return at most ``limit`` changes with an id above ``after``, oldest first."""
    rows = connection.execute(
        text(
            "SELECT id, at, kind, story_id, article_id, other_story_id FROM changes"
            " WHERE id > :after ORDER BY id LIMIT :limit"
        ),
        {"after": after, "limit": limit},
    )
    return [ChangeRow(*row) for row in rows]
