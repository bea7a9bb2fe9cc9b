"""Record in the database that a process is alive and what keeps it waiting, for ``status`` and health checks."""

import contextlib
import os
import socket
import threading
import time

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from worker.article import ProcessKind
from worker.store import heartbeats

#: The shortest time between two heartbeats of a process.
BEAT_SECONDS = 5
#: A database that does not answer must not hold up the stop of a process; without removal the heartbeat expires.
_END_SECONDS = 5.0


class Heartbeat:
    """The heartbeat of one process. A database that can't be reached does not stop it."""

    def __init__(self, engine: Engine, kind: ProcessKind, pid: int | None = None) -> None:
        self._engine = engine
        self._kind = kind
        self._process = f"{kind}:{socket.gethostname()}:{pid or os.getpid()}"
        self._last = 0.0

    def beat(self, note: str = "", lag: int | None = None) -> None:
        """Write a heartbeat unless the last one is recent.

        ``note`` says what keeps the process waiting, ``lag`` how many messages wait at its source.
        """
        if not note and time.monotonic() - self._last < BEAT_SECONDS:
            return
        self._last = time.monotonic()
        try:
            with self._engine.begin() as connection:
                heartbeats.write(connection, self._process, self._kind, note or None, lag)
        except SQLAlchemyError:
            self._last = 0.0

    def end(self) -> None:
        """Remove the heartbeat, so that a process that stops cleanly no longer counts as alive."""
        remover = threading.Thread(target=self._remove, daemon=True)
        remover.start()
        remover.join(_END_SECONDS)

    def _remove(self) -> None:
        with contextlib.suppress(SQLAlchemyError), self._engine.begin() as connection:
            heartbeats.remove(connection, self._process)
