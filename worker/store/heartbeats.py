"""Heartbeats of processes: one row each, with the time of the latest sign of life."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, text

from worker.article import ProcessKind
from worker.store.models import heartbeats

#: A process that was silent this long counts as gone: several beats, and longer than a slow batch.
SILENT_SECONDS = 60
#: Heartbeats of processes that ended long ago are removed.
_FORGET_SECONDS = 20 * SILENT_SECONDS

_WRITE = text("""
    INSERT INTO heartbeats (process, kind, note, lag) VALUES (:process, :kind, :note, :lag)
    ON CONFLICT (process) DO UPDATE SET seen_at = now(), note = excluded.note, lag = excluded.lag""")


def write(connection: Connection, process: str, kind: ProcessKind, note: str | None, lag: int | None = None) -> None:
    """Record a heartbeat; ``note`` says what holds the process up, ``lag`` how much waits at its source."""
    connection.execute(_WRITE, {"process": process, "kind": kind, "note": note, "lag": lag})


def remove(connection: Connection, process: str) -> None:
    """Remove the heartbeat of a process that ends."""
    connection.execute(delete(heartbeats).where(heartbeats.c.process == process))


def _seen_within(seconds: float = SILENT_SECONDS) -> ColumnElement[bool]:
    """Return the condition on a heartbeat of the last ``seconds``.

    A time in the future was written before the clock was set back and proves nothing: a living process writes again.
    """
    span = timedelta(seconds=seconds)
    return heartbeats.c.seen_at.between(func.now() - span, func.now() + span)


def count_by_kind(connection: Connection) -> dict[str, int]:
    """Return the number of living processes by kind; kinds without any are left out."""
    kind = heartbeats.c.kind
    rows = connection.execute(select(kind, func.count()).where(_seen_within()).group_by(kind))
    return dict(rows.all())


def count(engine: Engine, kind: ProcessKind, host: str | None = None) -> int:
    """Return the number of living processes of a kind, on ``host`` or anywhere."""
    named = heartbeats.c.process.like(f"{kind}:{host or '%'}:%")
    statement = select(func.count()).where(heartbeats.c.kind == kind, named, _seen_within())
    with engine.connect() as connection:
        return int(connection.execute(statement).scalar_one())


def living(connection: Connection, host: str) -> dict[int, ProcessKind]:
    """Return the kinds of the living processes on ``host`` by process id."""
    columns = select(heartbeats.c.process, heartbeats.c.kind)
    rows = connection.execute(columns.where(heartbeats.c.process.like(f"%:{host}:%"), _seen_within()))
    return {int(row.process.rpartition(":")[2]): ProcessKind(row.kind) for row in rows}


def notes(connection: Connection) -> list[tuple[str, str]]:
    """Return (process, what holds it up) of the living processes that something holds up."""
    columns = select(heartbeats.c.process, heartbeats.c.note)
    rows = connection.execute(columns.where(heartbeats.c.note.is_not(None), _seen_within()))
    return [(row.process, row.note) for row in rows]


def lag(connection: Connection) -> int | None:
    """Return how many messages wait at the source, as the last living process that reads it has reported."""
    columns = select(heartbeats.c.lag).where(heartbeats.c.kind == ProcessKind.STREAM, _seen_within())
    return connection.execute(columns.order_by(heartbeats.c.seen_at.desc()).limit(1)).scalar()


def delete_expired(connection: Connection) -> None:
    """Remove the heartbeats of processes that ended long ago."""
    connection.execute(delete(heartbeats).where(~_seen_within(_FORGET_SECONDS)))
