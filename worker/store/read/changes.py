"""The change feed: what happened to stories, in the order of commits. Ids only grow, and none appears late.

They are given under the placement lock, so whoever remembers the last id that it saw misses nothing and gets nothing
twice.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: ``created``, ``copy`` (``article_id`` was added), ``canonical`` (it is ``article_id`` now),
    ``merged`` (``other_story_id`` is part of it now), ``split`` (it was taken out of ``other_story_id``), ``moved``
    (``article_id`` came from there), ``reprocessed`` (the text or fingerprint of ``article_id`` was made anew).
    """  # noqa: D205  one sentence

    id: int
    at: datetime
    kind: str
    story_id: int
    article_id: int | None
    other_story_id: int | None


def changes(connection: Connection, after: int, limit: int) -> list[ChangeRow]:
    """Return the changes behind the id ``after``, the oldest first."""
    rows = connection.execute(
        text(
            "SELECT id, at, kind, story_id, article_id, other_story_id FROM changes"
            " WHERE id > :after ORDER BY id LIMIT :limit"
        ),
        {"after": after, "limit": limit},
    )
    return [ChangeRow(*row) for row in rows]


def last_change(connection: Connection) -> int:
    """Return the id of the newest change; 0 where there is none."""
    newest: int = connection.execute(text("SELECT coalesce(max(id), 0) FROM changes")).scalar_one()
    return newest
