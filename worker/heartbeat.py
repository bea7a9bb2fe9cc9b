"""Tells the database that a process is alive and what holds it up, for ``status`` and health checks."""

import os
import socket
import time

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

#: How often a process writes its heartbeat at the most.
BEAT_SECONDS = 5
#: A process that was silent this long counts as gone: several beats, and longer than a slow batch.
SILENT_SECONDS = 60
#: True for a heartbeat that counts, asked with ``silent``. One of a time to come was written before the clock was set
#: back, and says nothing: who lives writes another.
LATELY = "seen_at BETWEEN now() - make_interval(secs => :silent) AND now() + make_interval(secs => :silent)"

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

    def touch(self, note: str = "") -> None:
        """Write a heartbeat, unless one was written a moment ago; ``note`` says what holds the process up."""
        if not note and time.monotonic() - self._last < BEAT_SECONDS:
            return
        self._last = time.monotonic()
        try:
            with self._engine.begin() as connection:
                connection.execute(_TOUCH, {"process": self._process, "kind": self._kind, "note": note or None})
        except SQLAlchemyError:
            self._last = 0.0


def living(engine: Engine, kind: str, host: str | None = None) -> int:
    """Return the number of processes of a kind that gave a sign of life lately, on ``host`` or anywhere."""
    with engine.connect() as connection:
        count: int = connection.execute(
            text(f"SELECT count(*) FROM heartbeats WHERE kind = :kind AND process LIKE :process AND {LATELY}"),
            {"kind": kind, "process": f"{kind}:{host or '%'}:%", "silent": SILENT_SECONDS},
        ).scalar_one()
    return count
