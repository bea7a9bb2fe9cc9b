"""Say that the service is up as soon as all of its parts are, and stop it when its data folder is removed."""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from worker.article import ProcessKind
from worker.cli import output
from worker.settings import Settings
from worker.store import heartbeats
from worker.web.listener import address

_POLL_SECONDS = 0.5
#: Longer than a look takes while the database answers.
END_SECONDS = 2.0
#: A start takes 3 s on an idle machine; after this long, the parts that are missing are named.
_LATE_SECONDS = 60


def ready(settings: Settings) -> str:
    """Return what to say when the service is up: where to put files, where the pages are, and how to correct."""
    port = settings.web_port
    place = settings.web_url or (address(settings.web_host, port) if port else "the address in the log above")
    correct = "to correct there, sign in with a token: copydesk token add NAME --scope write"
    if settings.web_token:
        file = os.environ.get("COPYDESK_WEB_TOKEN_FILE")
        correct = f"to correct there, sign in with the token in {file or 'COPYDESK_WEB_TOKEN'}"
    return f"Copydesk is up. Put files into {settings.inbox}; stop with Ctrl-C.\nPages: {place} ({correct})"


def watch(
    engine: Engine,
    parts: Sequence[ProcessKind],
    stopping: threading.Event,
    folder_exists: Callable[[], bool],
    ready: str,
) -> None:
    """Print ``ready`` when every part has sent a heartbeat; set ``stopping`` when the data folder is gone."""
    began: float | None = time.monotonic()
    up = False
    while not stopping.wait(_POLL_SECONDS):
        if not folder_exists():
            output.say("The data folder was removed: stopping.")
            stopping.set()
        elif not up and not (missing := missing_parts(engine, parts)):
            up = True
            output.say(ready)
        elif not up and began and time.monotonic() - began > _LATE_SECONDS:
            began = None
            output.say(f"Still waiting for: {', '.join(missing)}. Their messages are above; see also: copydesk status")


def missing_parts(engine: Engine, parts: Sequence[ProcessKind]) -> list[str]:
    """Return those of the parts of which no child of this process has sent a heartbeat."""
    try:
        with engine.connect() as connection:
            living = heartbeats.living(connection, socket.gethostname())
    except SQLAlchemyError:
        living = {}
    ours = {kind for pid, kind in living.items() if _parent(pid) == os.getpid()}
    return [str(kind) for kind in parts if kind not in ours]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0
