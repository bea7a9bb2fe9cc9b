"""The log of corrections: one row for each, by which it is shown and undone. Write under the placement lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.article import CorrectionKind


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """What a correction did, as it is stored; the fields are those of `LoggedCorrection`."""

    kind: CorrectionKind
    article_id: int
    other_id: int | None = None
    story_id: int | None = None
    other_story_id: int | None = None
    moved: Sequence[int] = ()
    pinned_before: datetime | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedCorrection:
    """A stored correction. ``made_by`` is None for a command.

    ``story_id`` is where the ``moved`` articles are after it, ``other_story_id`` where they were before. ``moved`` is
    None if an earlier version of Copydesk made it, which did not store this. ``newest_article`` was the largest id of
    an article then. ``undoes`` is the correction that this one undid, ``undone_by`` the one that undid this.
    """

    id: int
    kind: str
    article_id: int
    other_id: int | None
    story_id: int | None
    other_story_id: int | None
    moved: list[int] | None
    newest_article: int | None
    pinned_before: datetime | None
    note: str | None
    made_at: datetime
    made_by: str | None
    undoes: int | None
    undone_by: int | None


_SELECT = """
    SELECT l.id, l.kind, l.article_id, l.other_id, l.story_id, l.other_story_id, l.moved, l.newest_article,
        l.pinned_before, l.note, l.made_at, l.made_by, l.undoes, u.id AS undone_by
    FROM correction_log l LEFT JOIN correction_log u ON u.undoes = l.id"""


def insert(connection: Connection, new: NewCorrection, note: str | None, made_by: str | None) -> int:
    """Store a correction and return its id."""
    statement = text("""
        INSERT INTO correction_log (kind, article_id, other_id, story_id, other_story_id, moved, newest_article,
            pinned_before, note, made_by, undoes)
        SELECT :kind, :article, :other, :story, :other_story, CAST(:moved AS int[]), coalesce(max(id), 0),
            :pinned_before, :note, :made_by, :undoes FROM articles RETURNING id""")
    values = {
        "kind": new.kind,
        "article": new.article_id,
        "other": new.other_id,
        "story": new.story_id,
        "other_story": new.other_story_id,
        "moved": list(new.moved),
        "pinned_before": new.pinned_before,
        "note": note,
        "made_by": made_by,
        "undoes": new.undoes,
    }
    return int(connection.execute(statement, values).scalar_one())


def logged(connection: Connection, ids: Collection[int]) -> list[LoggedCorrection]:
    """Return those of these corrections that exist, in the order in which they were made."""
    rows = connection.execute(text(f"{_SELECT} WHERE l.id = ANY(:ids) ORDER BY l.id"), {"ids": list(ids)})
    return [LoggedCorrection(*row) for row in rows]


def page(connection: Connection, limit: int | None, *, before: int | None = None) -> list[LoggedCorrection]:
    """Return at most ``limit`` corrections, the newest first, with ids below ``before``; with None all."""
    rows = connection.execute(
        text(f"{_SELECT} WHERE l.id < coalesce(:before, l.id + 1) ORDER BY l.id DESC LIMIT :limit"),
        {"before": before, "limit": limit},
    )
    return [LoggedCorrection(*row) for row in rows]


def of_story(connection: Connection, story_id: int, limit: int) -> list[LoggedCorrection]:
    """Return the corrections that name an article of a story, the newest first."""
    rows = connection.execute(
        text(f"""{_SELECT} WHERE l.article_id IN (SELECT id FROM articles WHERE story_id = :story)
            OR l.other_id IN (SELECT id FROM articles WHERE story_id = :story) ORDER BY l.id DESC LIMIT :limit"""),
        {"story": story_id, "limit": limit},
    )
    return [LoggedCorrection(*row) for row in rows]


def newest_undoable(connection: Connection) -> LoggedCorrection | None:
    """Return the last correction that is neither an undo nor undone."""
    row = connection.execute(
        text(f"{_SELECT} WHERE l.kind <> :undo AND u.id IS NULL ORDER BY l.id DESC LIMIT 1"),
        {"undo": CorrectionKind.UNDO},
    ).one_or_none()
    return LoggedCorrection(*row) if row else None


def later_pin(connection: Connection, made: LoggedCorrection) -> int | None:
    """Return the last correction of the pin of the same article after this one that was not undone."""
    found: int | None = connection.execute(
        text("""
            SELECT max(l.id) FROM correction_log l
            WHERE l.article_id = :article AND l.id > :id AND l.kind IN (:pin, :unpin)
                AND NOT EXISTS (SELECT FROM correction_log u WHERE u.undoes = l.id)"""),
        {"article": made.article_id, "id": made.id, "pin": CorrectionKind.PIN, "unpin": CorrectionKind.UNPIN},
    ).scalar_one()
    return found
