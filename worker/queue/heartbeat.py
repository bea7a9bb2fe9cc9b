"""Tells the database that a process is alive and what holds it up, for ``status`` and health checks."""

import os
import socket
import time
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from worker.store.models import heartbeats

#: How often a process writes its heartbeat at the most.
BEAT_SECONDS = 5
#: A process that was silent this long counts as gone: several beats, and longer than a slow batch.
SILENT_SECONDS = 60
#: Heartbeats of processes that ended long ago are removed.
_FORGET_SECONDS = 20 * SILENT_SECONDS

_TOUCH = text("""
    INSERT INTO heartbeats (process, kind, note) VALUES (:process, :kind, :note)
    ON CONFLICT (process) DO UPDATE SET seen_at = now(), note = excluded.note""")


class Heartbeat:
    """The heartbeat of one process; a database that is gone is no reason to stop."""

    def __init__(self, engine: Engine, kind: str, pid: int | None = None) -> None:
        self._engine = engine
        self._kind = kind
        self._process = f"{kind}:{socket.gethostname()}:{pid or os.getpid()}"
        self._last = 0.0

    def beat(self, note: str = "") -> None:
        """Write a heartbeat, unless one was written a moment ago; ``note`` says what holds the process up."""
        if not note and time.monotonic() - self._last < BEAT_SECONDS:
            return
        self._last = time.monotonic()
        try:
            with self._engine.begin() as connection:
                connection.execute(_TOUCH, {"process": self._process, "kind": self._kind, "note": note or None})
        except SQLAlchemyError:
            self._last = 0.0


def seen_within(seconds: float = SILENT_SECONDS) -> ColumnElement[bool]:
    """Return what holds for a heartbeat of the last ``seconds``.

    One of a time to come was written before the clock was set back, and says nothing: who lives writes another.
    """
    span = timedelta(seconds=seconds)
    return heartbeats.c.seen_at.between(func.now() - span, func.now() + span)


def count_by_kind(connection: Connection) -> dict[str, int]:
    """Return the numbers of processes, by kind, that gave a sign of life lately; kinds without one are left out."""
    kind = heartbeats.c.kind
    found = connection.execute(select(kind, func.count()).where(seen_within()).group_by(kind))
    return dict(found.all())


def count(engine: Engine, kind: str, host: str | None = None) -> int:
    """Return the number of processes of a kind that gave a sign of life lately, on ``host`` or anywhere."""
    named = heartbeats.c.process.like(f"{kind}:{host or '%'}:%")
    with engine.connect() as connection:
        count: int = connection.execute(
            select(func.count()).where(heartbeats.c.kind == kind, named, seen_within())
        ).scalar_one()
    return count


def delete_expired(connection: Connection) -> None:
    """Remove the heartbeats of processes that ended long ago."""
    connection.execute(delete(heartbeats).where(~seen_within(_FORGET_SECONDS)))
