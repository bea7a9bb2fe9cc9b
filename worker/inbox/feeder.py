"""Settled files go in; ledger rows and Celery messages come out. The way from the inbox to the queue.

The order makes a crash at any line harmless: bytes into the archive, row committed, file out of the inbox, message
sent.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from worker import archive
from worker.article import ProcessKind
from worker.display import escape_path
from worker.errors import RetryError
from worker.inbox.receiver import NotReadyError, receive, remove
from worker.inbox.scanner import Sighting
from worker.inbox.watcher import InboxWatcher
from worker.process import log
from worker.process.stall_guard import exit_on_stall, progress
from worker.queue.batching import enqueue
from worker.queue.heartbeat import Heartbeat
from worker.settings import Settings
from worker.store import ledger, recovery

logger = log.get(__name__)

#: What a database that is gone raises, as SQLAlchemy wraps it and bare.
_GONE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
#: Files claimed in one transaction: enough to make its cost small, few enough to keep their stay in memory short.
CLAIM_FILES = 400


@dataclass
class Accepted:
    """What became of files that were to be taken in: ``new`` ledger ids by delivery key, and why others must wait."""

    deliveries: list[ledger.Delivery] = field(default_factory=list)
    new: dict[bytes, int] = field(default_factory=dict)
    not_ready: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be taken for now
    not_removed: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be removed from the inbox


def accept_files(settings: Settings, engine: Engine, paths: Sequence[bytes], *, move: bool) -> Accepted:
    """Take files in: bytes into the archive, rows into the ledger, messages into the queue.

    Raises:
        RetryError: the archive can't be written; nothing of this call is in the ledger then.
    """
    taken = Accepted()
    for path in paths:
        progress()
        try:
            taken.deliveries.append(receive(settings, path, move=move))
        except NotReadyError as error:
            taken.not_ready[path] = str(error)
    with engine.begin() as connection:
        gone = [d.path for d in taken.deliveries if d.vanished]
        elsewhere = ledger.accepted_paths(connection, gone) if gone else set()
        taken.deliveries = [d for d in taken.deliveries if not (d.vanished and d.path in elsewhere)]
        taken.new = ledger.claim(connection, taken.deliveries)
        if again := [d.key for d in taken.deliveries if d.sha256 is not None and d.key not in taken.new]:
            ledger.mark_unpruned(connection, again)
    _store_pruned_again(settings, taken, move=move)
    if move:
        _remove(taken)
    enqueue(settings, [(taken.new[d.key], d.size) for d in taken.deliveries if d.key in taken.new and not d.reason])
    return taken


def _store_pruned_again(settings: Settings, taken: Accepted, *, move: bool) -> None:
    """Keep bytes again that ``prune`` removed, for older deliveries of them, before the ledger knew of this one."""
    for delivery in taken.deliveries:
        if delivery.sha256 is not None and not archive.exists(settings, delivery.sha256, delivery.path):
            with contextlib.suppress(NotReadyError):  # then it is another file by now, and a delivery of its own
                receive(settings, delivery.path, move=move)


def _remove(taken: Accepted) -> None:
    for delivery in taken.deliveries:
        if delivery.sha256 is not None:
            try:
                remove(delivery)
            except OSError as error:
                taken.not_removed[delivery.path] = str(error.strerror)


def accept_without_enqueuing(settings: Settings, engine: Engine, paths: Sequence[bytes]) -> list[int]:
    """Take files into the ledger without a message for them: for whoever processes them at once."""
    deliveries = [receive(settings, path, move=False) for path in paths]
    with engine.begin() as connection:
        return sorted(ledger.claim(connection, deliveries).values())


def run(settings: Settings, engine: Engine, watch: InboxWatcher) -> None:
    """Feed the queue from the inbox until ``watch.stop`` is called."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    watch.start_events()
    beat = Heartbeat(engine, ProcessKind.WATCHER)
    trouble = ""
    with exit_on_stall(settings.silent_seconds):
        while watch.wait():
            progress()
            try:
                _cycle(settings, engine, watch, beat)
                trouble = ""
            except (RetryError, *_GONE, OSError) as error:
                told = str(getattr(error, "orig", error))
                if told != trouble:
                    logger.warning("files wait in the inbox until this is mended", reason=told)
                trouble = told
            beat.beat(trouble)


def _cycle(settings: Settings, engine: Engine, watch: InboxWatcher, beat: Heartbeat) -> None:
    if not settings.inbox.is_dir():
        raise RetryError(f"The inbox {settings.inbox} is gone. Is its disk mounted?")
    most = settings.max_waiting_files
    if watch.tracker.waiting > most and _room(settings, engine) < most // 4:
        return  # a full inbox behind a full queue: a few files at a time cost more each
    if not watch.has_settled_files():
        return
    room = _room(settings, engine)
    while room > 0 and not watch.stopping and (files := watch.next_files(min(room, CLAIM_FILES))):
        _accept(settings, engine, watch, files)
        room -= len(files)
        beat.beat()


def _room(settings: Settings, engine: Engine) -> int:
    """Return how many files more may wait in the queue."""
    with engine.connect() as connection:
        return settings.max_waiting_files - recovery.backlog(connection)


def _accept(settings: Settings, engine: Engine, watch: InboxWatcher, files: Sequence[Sighting]) -> None:
    move = settings.finished_files == "archive"
    files = watch.unchanged(files)
    taken = accept_files(settings, engine, [file.path for file in files], move=move)
    stays = taken.not_removed.keys() | {d.path for d in taken.deliveries if not move or d.reason}
    for file in files:
        if file.path in stays:
            watch.tracker.ignore_until_changed(file)
    for refused in (d for d in taken.deliveries if d.reason and d.key in taken.new):
        logger.warning("a file can't be taken", path=escape_path(refused.path), reason=refused.reason)
    for path, reason in taken.not_ready.items():
        logger.warning("a file waits in the inbox", path=escape_path(path), reason=reason)
    for path, reason in taken.not_removed.items():
        logger.warning("a file was taken, but can't be removed from the inbox", path=escape_path(path), reason=reason)
