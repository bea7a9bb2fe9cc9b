"""Accept settled files: from the inbox into the archive, the ledger and the queue.

The order makes a crash at any line harmless: store the bytes in the archive, commit the row, remove the file from the
inbox, send the message.
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
from worker.inbox.scanner import EntryState
from worker.inbox.watcher import InboxWatcher
from worker.process import log
from worker.process.stall_guard import exit_on_stall, progress
from worker.queue.batching import enqueue
from worker.queue.heartbeat import Heartbeat
from worker.settings import Settings
from worker.store import ledger, recovery

logger = log.get(__name__)

#: The errors of an unreachable database, wrapped by SQLAlchemy or bare.
_UNREACHABLE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
#: Files accepted in one transaction: enough to make its cost small, few enough to hold them in memory only briefly.
ACCEPT_FILES = 400


@dataclass
class Accepted:
    """The result of accepting files: ``new`` ledger ids by delivery key, and why the other files must wait."""

    deliveries: list[ledger.Delivery] = field(default_factory=list)
    new: dict[bytes, int] = field(default_factory=dict)
    not_ready: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be accepted yet
    not_removed: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be removed from the inbox


def accept_files(settings: Settings, engine: Engine, paths: Sequence[bytes], *, move: bool) -> Accepted:
    """Accept files: store their bytes in the archive, insert rows into the ledger, enqueue them.

    Raises:
        RetryError: the archive can't be written; then this call has added nothing to the ledger.
    """
    accepted = Accepted()
    for path in paths:
        progress()
        try:
            accepted.deliveries.append(receive(settings, path, move=move))
        except NotReadyError as error:
            accepted.not_ready[path] = str(error)
    with engine.begin() as connection:
        gone = [d.path for d in accepted.deliveries if d.vanished]
        already_accepted = ledger.accepted_paths(connection, gone) if gone else set()
        accepted.deliveries = [d for d in accepted.deliveries if not (d.vanished and d.path in already_accepted)]
        accepted.new = ledger.claim(connection, accepted.deliveries)
        if again := [d.key for d in accepted.deliveries if d.sha256 is not None and d.key not in accepted.new]:
            ledger.mark_unpruned(connection, again)
    _store_pruned_again(settings, accepted, move=move)
    if move:
        _remove(accepted)
    readable = (d for d in accepted.deliveries if d.key in accepted.new and not d.reason)
    enqueue(settings, [(accepted.new[d.key], d.size) for d in readable])
    return accepted


def _store_pruned_again(settings: Settings, accepted: Accepted, *, move: bool) -> None:
    """Store bytes again that ``prune`` removed, for an older delivery of them, between `receive` and the commit."""
    for delivery in accepted.deliveries:
        if delivery.sha256 is not None and not archive.exists(settings, delivery.sha256, delivery.path):
            with contextlib.suppress(NotReadyError):  # then the path holds another file, which is a new delivery
                receive(settings, delivery.path, move=move)


def _remove(accepted: Accepted) -> None:
    for delivery in accepted.deliveries:
        if delivery.sha256 is not None:
            try:
                remove(delivery)
            except OSError as error:
                accepted.not_removed[delivery.path] = str(error.strerror)


def accept_without_enqueuing(settings: Settings, engine: Engine, paths: Sequence[bytes]) -> list[int]:
    """Accept files without messages, for a caller that processes them itself; return their ledger ids."""
    deliveries = [receive(settings, path, move=False) for path in paths]
    with engine.begin() as connection:
        return sorted(ledger.claim(connection, deliveries).values())


def run(settings: Settings, engine: Engine, watch: InboxWatcher) -> None:
    """Accept the files of the inbox until ``watch.stop`` is called."""
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
            except (RetryError, *_UNREACHABLE, OSError) as error:
                reason = str(getattr(error, "orig", error))
                if reason != trouble:
                    logger.warning("files wait in the inbox until this is fixed", reason=reason)
                trouble = reason
            beat.beat(trouble or watch.failures())
    beat.end()


def _cycle(settings: Settings, engine: Engine, watch: InboxWatcher, beat: Heartbeat) -> None:
    if not settings.inbox.is_dir():
        raise RetryError(f"The inbox {settings.inbox} is gone. Is its disk mounted?")
    limit = settings.max_waiting_files
    if watch.tracker.waiting > limit and _room(settings, engine) < limit // 4:
        return  # inbox and queue are full: to accept a few files at a time costs more per file
    if not watch.has_settled_files():
        return
    room = _room(settings, engine)
    while room > 0 and not watch.stopping and (files := watch.next_files(min(room, ACCEPT_FILES))):
        _accept(settings, engine, watch, files)
        room -= len(files)
        beat.beat()


def _room(settings: Settings, engine: Engine) -> int:
    """Return how many more files may wait in the queue."""
    with engine.connect() as connection:
        return settings.max_waiting_files - recovery.backlog(connection)


def _accept(settings: Settings, engine: Engine, watch: InboxWatcher, files: Sequence[EntryState]) -> None:
    move = settings.finished_files == "archive"
    files = watch.unchanged(files)
    accepted = accept_files(settings, engine, [file.path for file in files], move=move)
    remaining = accepted.not_removed.keys() | {d.path for d in accepted.deliveries if not move or d.reason}
    for file in files:
        if file.path in remaining:
            watch.tracker.ignore_until_changed(file)
        elif (why := accepted.not_ready.get(file.path)) and watch.tracker.postpone(file):
            logger.warning("a file waits in the inbox", path=escape_path(file.path), reason=why)
    for refused in (d for d in accepted.deliveries if d.reason and d.key in accepted.new):
        logger.warning("a file can't be accepted", path=escape_path(refused.path), reason=refused.reason)
    for path, reason in accepted.not_removed.items():
        logger.warning("a file was accepted but can't be removed from the inbox", path=escape_path(path), reason=reason)
