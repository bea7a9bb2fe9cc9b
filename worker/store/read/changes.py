"""The change feed: changes to stories in commit order.

Ids are assigned under the placement lock, so they become visible in order: a client that resumes after the last id
that it saw gets every change exactly once. After a restore, ids of lost changes are given again, in another epoch: id
and epoch together name one change forever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.errors import CopydeskError
from worker.store.id_search import first_since
from worker.store.models import changes as changes_table

#: Postgres wakes the sessions that LISTEN to it at each commit that changed a story.
CHANNEL = "copydesk_changes"
#: Rows of one query.
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: ``created``, ``copy`` (``article_id`` was added), ``canonical`` (now ``article_id``), ``merged``
    (``other_story_id`` is now part of this story), ``split`` (this story was split from ``other_story_id``), ``moved``
    (``article_id`` came from there), ``reprocessed`` (the text or fingerprint of ``article_id`` was recomputed),
    ``erased`` (``article_id`` is gone), ``translation`` and ``translation-removed`` (this story and ``other_story_id``
    are, or are no longer, linked as one dispatch in two languages). ``epoch`` differs after a restore.
    """  # noqa: D205  one sentence

    id: int
    at: datetime
    kind: str
    story_id: int
    article_id: int | None
    other_story_id: int | None
    epoch: UUID


class LostPositionError(CopydeskError):
    """The reader's position is in a history that a restore has replaced."""


# the epoch that a change with the id {0} is of
_EPOCH = "(SELECT epoch FROM feed_epochs WHERE begins_after < {0} ORDER BY number DESC LIMIT 1)"
_ROWS = f"SELECT id, at, kind, story_id, article_id, other_story_id, {_EPOCH.format('changes.id')} FROM changes"


def changes(connection: Connection, after: int, limit: int) -> list[ChangeRow]:
    """Return at most ``limit`` changes with an id above ``after``, oldest first."""
    rows = connection.execute(
        text(f"{_ROWS} WHERE id > :after ORDER BY id LIMIT :limit"), {"after": after, "limit": limit}
    )
    return [ChangeRow(*row) for row in rows]


def changes_between(
    connection: Connection, after: int, until: int, kinds: list[str] | None, limit: int
) -> list[ChangeRow]:
    """Return at most ``limit`` changes with ids above ``after`` up to ``until``, of these ``kinds``, oldest first."""
    of_kinds = "" if kinds is None else " AND kind = ANY(:kinds)"
    rows = connection.execute(
        text(f"{_ROWS} WHERE id > :after AND id <= :until{of_kinds} ORDER BY id LIMIT :limit"),
        {"after": after, "until": until, "kinds": kinds, "limit": limit},
    )
    return [ChangeRow(*row) for row in rows]


def first_epoch(connection: Connection) -> tuple[UUID, datetime]:
    """Return the epoch with which this archive began, which stays the same over restores, and its time."""
    row = connection.execute(text("SELECT epoch, began_at FROM feed_epochs ORDER BY number LIMIT 1")).one()
    return row.epoch, row.began_at


def first_change_since(connection: Connection, time: datetime) -> int:
    """Return the id of the first change at ``time`` or later; one above the newest id if there is none."""
    return first_since(connection, changes_table.c.at, time)


def check_position(connection: Connection, after: int, epoch: UUID | None) -> None:
    """Check that the change ``after``, which the reader got with this ``epoch``, is in this feed.

    Raises:
        LostPositionError: the database was restored from a backup that is older than that change.
    """
    if not after or epoch is None:
        return
    known: bool = connection.execute(
        text(f"SELECT {_EPOCH.format(':after')} = :epoch AND EXISTS (SELECT FROM changes WHERE id = :after)"),
        {"after": after, "epoch": epoch},
    ).scalar_one()
    if not known:
        raise LostPositionError(
            f"Change {after} of epoch {epoch} is not in this feed: the database was restored from an older backup. "
            "Discard what you derived from the feed, and read it from the beginning."
        )


def stored(engine: Engine, after: int, epoch: UUID | None = None) -> Iterator[ChangeRow]:
    """Yield the stored changes after the id ``after``, which the reader got with this ``epoch``.

    Raises:
        LostPositionError: the database was restored from a backup without that change.
    """
    while True:
        with engine.connect() as connection:
            check_position(connection, after, epoch)
            page = changes(connection, after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after, epoch = page[-1].id, page[-1].epoch
