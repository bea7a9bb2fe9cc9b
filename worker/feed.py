"""Settled files go in; ledger rows and Celery messages come out. The way from the inbox to the queue.

The order makes a crash at any line harmless: bytes into the archive, row committed, file out of the inbox, message
sent.
"""

import os
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from worker import log
from worker.errors import RetryError
from worker.heartbeat import Heartbeat
from worker.intake import batches, receive
from worker.settings import Settings
from worker.store import ledger, recovery
from worker.tasks import send
from worker.watch import Sighting, Watch

logger = log.get(__name__)

#: Files claimed in one transaction: enough to make its cost small, few enough to keep their stay in memory short.
CLAIM_FILES = 200


def claim(
    settings: Settings, engine: Engine, paths: Sequence[bytes], *, move: bool
) -> tuple[dict[bytes, int], list[ledger.Delivery]]:
    """Take files in: bytes into the archive, rows into the ledger, messages into the queue.

    Returns the new ledger ids by delivery key, and all deliveries.

    Raises:
        RetryError: the archive can't be written; nothing of this call is in the ledger then.
    """
    deliveries = [receive(settings, path, move=move) for path in paths]
    with engine.begin() as connection:
        gone = [d.path for d in deliveries if d.vanished]
        elsewhere = ledger.taken(connection, gone) if gone else set()
        deliveries = [d for d in deliveries if not (d.vanished and d.path in elsewhere)]
        new = ledger.claim(connection, deliveries)
    if move:
        for delivery in deliveries:
            if delivery.sha256 is not None:
                with suppress(FileNotFoundError):
                    os.unlink(delivery.path)  # noqa: PTH108  a path of bytes
    sizes = [(new[d.key], d.size) for d in deliveries if d.key in new and not d.reason]
    send(batches(sizes, settings.batch_files, settings.batch_bytes))
    return new, deliveries


def receive_all(settings: Settings, engine: Engine, paths: Sequence[bytes]) -> list[int]:
    """Take files into the ledger without a message for them: for whoever processes them at once."""
    deliveries = [receive(settings, path, move=False) for path in paths]
    with engine.begin() as connection:
        return sorted(ledger.claim(connection, deliveries).values())


def run(settings: Settings, engine: Engine, watch: Watch) -> None:
    """Feed the queue from the inbox until ``watch.stop`` is called."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    watch.listen()
    beat = Heartbeat(engine, "watcher")
    trouble = ""
    while watch.wait():
        try:
            _cycle(settings, engine, watch)
            trouble = ""
        except (RetryError, OperationalError, InterfaceError, OSError) as error:
            told = str(getattr(error, "orig", error))
            if told != trouble:
                logger.warning("files wait in the inbox until this is mended", reason=told)
            trouble = told
        beat.touch(trouble)


def _cycle(settings: Settings, engine: Engine, watch: Watch) -> None:
    if not settings.inbox.is_dir():
        raise RetryError(f"The inbox {settings.inbox} is gone. Is its disk mounted?")
    ready = watch.scan()
    if not ready:
        return
    with engine.connect() as connection:
        room = settings.max_waiting_files - recovery.backlog(connection)
    for start in range(0, min(len(ready), max(room, 0)), CLAIM_FILES):
        _take(settings, engine, watch, ready[start : start + CLAIM_FILES])


def _take(settings: Settings, engine: Engine, watch: Watch, files: Sequence[Sighting]) -> None:
    move = settings.finished_files == "archive"
    _, deliveries = claim(settings, engine, [file.path for file in files], move=move)
    stays = {d.path for d in deliveries if not move or d.reason}
    for file in files:
        if file.path in stays:
            watch.settling.leave(file)
    for refused in (d for d in deliveries if d.reason):
        logger.warning("a file can't be taken", path=os.fsdecode(refused.path), reason=refused.reason)
