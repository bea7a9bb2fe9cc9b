"""Accept settled files: from the inbox into the archive, the ledger and the queue.

The order makes a crash at any line harmless: store the bytes in the archive, commit the row, remove the file from the
inbox, send the message.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from worker import archive
from worker.article import ProcessKind
from worker.display import escape_path
from worker.errors import RetryError
from worker.inbox.posted import room
from worker.inbox.receiver import NotReadyError
from worker.inbox.sources import is_in_bucket, receive, remove
from worker.inbox.together import each
from worker.inbox.watch import InboxWatch
from worker.process import log
from worker.process.stall_guard import exit_on_stall, progress
from worker.queue.batching import enqueue
from worker.queue.heartbeat import Heartbeat
from worker.scanner import EntryState
from worker.settings import Settings
from worker.store import ledger

logger = log.get(__name__)

#: The errors of an unreachable database, wrapped by SQLAlchemy or bare.
_UNREACHABLE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
#: Files accepted in one transaction: enough to make its cost small, few enough to hold them in memory only briefly.
ACCEPT_FILES = 400

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass
class Accepted:
    """The result of accepting files: ``new`` ledger ids by delivery key, and why the other files must wait."""

    deliveries: list[ledger.Delivery] = field(default_factory=list)
    new: dict[bytes, int] = field(default_factory=dict)
    not_ready: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be accepted yet
    not_removed: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be removed from the inbox
    not_removed_yet: dict[bytes, str] = field(default_factory=dict)  # the same, for what may pass by itself


def accept_files(settings: Settings, engine: Engine, paths: Sequence[bytes], *, move: bool) -> Accepted:
    """Accept files: store their bytes in the archive, insert rows into the ledger, enqueue them.

    Raises:
        RetryError: the archive can't be written; then this call has added nothing to the ledger.
    """
    accepted = Accepted()
    for path, result in _each(settings, lambda path: _receive(settings, path, move=move), paths):
        if isinstance(result, NotReadyError):
            accepted.not_ready[path] = str(result)
        else:
            accepted.deliveries.append(result)
    with engine.begin() as connection:
        gone = [d.path for d in accepted.deliveries if d.vanished]
        already_accepted = ledger.accepted_paths(connection, gone) if gone else set()
        accepted.deliveries = [d for d in accepted.deliveries if not (d.vanished and d.path in already_accepted)]
        accepted.new = ledger.claim(connection, accepted.deliveries)
        if again := [d.key for d in accepted.deliveries if d.sha256 is not None and d.key not in accepted.new]:
            ledger.mark_unpruned(connection, again)
    _store_pruned_again(settings, accepted, move=move)
    if move:
        _remove(settings, accepted)
    readable = (d for d in accepted.deliveries if d.key in accepted.new and not d.reason)
    enqueue(settings, [(accepted.new[d.key], d.size) for d in readable])
    return accepted


def _each(
    settings: Settings, do: Callable[[_Item], _Result], items: Sequence[_Item]
) -> Iterator[tuple[_Item, _Result]]:
    """Yield each item with what ``do`` returns for it: several at a time where each access is a request."""
    if archive.is_remote(settings) or is_in_bucket(settings.inbox):
        yield from each(do, items)
        return
    for item in items:
        progress()
        yield item, do(item)


def _receive(settings: Settings, path: bytes, *, move: bool) -> ledger.Delivery | NotReadyError:
    try:
        return receive(settings, path, move=move)
    except NotReadyError as error:
        return error


def _store_pruned_again(settings: Settings, accepted: Accepted, *, move: bool) -> None:
    """Store bytes again that ``prune`` removed, for an older delivery of them, between `receive` and the commit."""

    def store(delivery: ledger.Delivery) -> None:
        if delivery.sha256 is not None and not archive.exists(settings, delivery.sha256, delivery.path):
            _receive(settings, delivery.path, move=move)  # not ready: the path holds another file, a new delivery

    for _ in _each(settings, store, accepted.deliveries):
        pass


def _remove(settings: Settings, accepted: Accepted) -> None:
    def try_remove(delivery: ledger.Delivery) -> OSError | RetryError | None:
        try:
            remove(delivery)
        except (OSError, RetryError) as error:
            return error
        return None

    received = [delivery for delivery in accepted.deliveries if delivery.sha256 is not None]
    for delivery, trouble in _each(settings, try_remove, received):
        if isinstance(trouble, RetryError):
            accepted.not_removed_yet[delivery.path] = str(trouble)
        elif trouble:
            accepted.not_removed[delivery.path] = str(trouble.strerror)


def accept_without_enqueuing(settings: Settings, engine: Engine, paths: Sequence[bytes]) -> list[int]:
    """Accept files without messages, for a caller that processes them itself; return their ledger ids."""
    deliveries = [receive(settings, path, move=False) for path in paths]
    with engine.begin() as connection:
        return sorted(ledger.claim(connection, deliveries).values())


def run(settings: Settings, engine: Engine, watch: InboxWatch) -> None:
    """Accept the files of the inbox until ``watch.stop`` is called."""
    watch.start()
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


def _cycle(settings: Settings, engine: Engine, watch: InboxWatch, beat: Heartbeat) -> None:
    watch.require_inbox()
    limit = settings.max_waiting_files
    if watch.tracker.waiting > limit and room(settings, engine) < limit // 4:
        return  # inbox and queue are full: to accept a few files at a time costs more per file
    if not watch.has_settled_files():
        return
    left = room(settings, engine)
    while left > 0 and not watch.stopping and (files := watch.next_files(min(left, ACCEPT_FILES))):
        _accept(settings, engine, watch, files)
        left -= len(files)
        beat.beat()


def _accept(settings: Settings, engine: Engine, watch: InboxWatch, files: Sequence[EntryState]) -> None:
    move = settings.finished_files == "archive"
    files = watch.unchanged(files)
    accepted = accept_files(settings, engine, [file.path for file in files], move=move)
    remaining = accepted.not_removed.keys() | {d.path for d in accepted.deliveries if not move or d.reason}
    waiting = accepted.not_ready | accepted.not_removed_yet
    for file in files:
        if file.path in remaining:
            watch.tracker.ignore_until_changed(file)
        elif (why := waiting.get(file.path)) and watch.tracker.postpone(file):
            logger.warning("a file waits in the inbox", path=escape_path(file.path), reason=why)
    for refused in (d for d in accepted.deliveries if d.reason and d.key in accepted.new):
        logger.warning("a file can't be accepted", path=escape_path(refused.path), reason=refused.reason)
    for path, reason in accepted.not_removed.items():
        logger.warning("a file was accepted but can't be removed from the inbox", path=escape_path(path), reason=reason)
