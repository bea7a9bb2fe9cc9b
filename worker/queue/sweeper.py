"""The scheduler: enqueue files again that no worker will process; index articles, watch stories, link translations.

An advisory lock lets one scheduler sweep at a time. It uses only the database's clock.
"""

import random
import threading
import time

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from worker import archive
from worker.article import ProcessKind
from worker.process import log
from worker.process.stall_guard import exit_on_stall, progress
from worker.queue.batching import enqueue
from worker.queue.heartbeat import Heartbeat
from worker.queue.indexing import Indexer
from worker.queue.messages import next_message_ids
from worker.queue.reviewing import GrowthWatch
from worker.queue.translating import Translator
from worker.settings import Settings
from worker.store import heartbeats, recovery
from worker.store.errors import message
from worker.store.locks import try_lock_sweeper

logger = log.get(__name__)

#: By how much sweeps vary. Workers ask Redis every second, and it serves the one that has waited longest. In upgrades,
#: with regular sweeps, a worker that can't read new messages got each repetition of one, 30 times in a row.
_JITTER = 0.2


def sweep(settings: Settings, engine: Engine) -> int:
    """Enqueue lost files again, quarantine those that have no attempts left; return the number of files enqueued.

    A file that was tried before gets its own message: if it ends its worker again, no other file is delayed.
    """
    first = next_message_ids(settings)
    if first is None:
        return 0  # Redis can't be reached; the files wait in the ledger
    with engine.begin() as connection:
        exhausted = recovery.quarantine_exhausted(connection, settings.max_attempts)
        stuck = recovery.requeue_lost(connection, settings.max_attempts, first)
        recovery.close_parents(connection)
    for file in exhausted:
        logger.error("a file ended its worker too often and is quarantined", file=file.id)
        if file.sha256 is not None and file.parent_id is None:
            reason = f"The worker was ended {settings.max_attempts} times while it held this file."
            archive.quarantine(settings, file.sha256, file.path, reason)
    if stuck:
        logger.info("files were stuck and are enqueued again", files=len(stuck))
        tried = [file.id for file in stuck if file.attempts]
        enqueue(settings, [(file.id, file.size) for file in stuck if not file.attempts], separately=tried)
    return len(stuck)


def run(settings: Settings, engine: Engine, stopping: threading.Event) -> None:
    """Sweep every few seconds until ``stopping``; while another scheduler runs, wait to take its place."""
    beat = Heartbeat(engine, ProcessKind.SCHEDULER)
    trouble = ""
    with exit_on_stall(settings.silent_seconds):
        while not stopping.wait(settings.sweep_seconds):
            progress()
            try:
                _sweep_while_leading(settings, engine, stopping, beat)
                trouble = ""
            except DBAPIError as error:
                if message(error) != trouble:
                    logger.warning("sweeping continues when the database can be reached", reason=message(error))
                trouble = message(error)
            beat.beat(trouble)
    beat.end()


def _sweep_while_leading(settings: Settings, engine: Engine, stopping: threading.Event, beat: Heartbeat) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
        try:
            if try_lock_sweeper(lock):
                _lead(settings, engine, lock, stopping, beat)
        finally:
            lock.invalidate()  # the session holds the lock: back in the pool it would keep every scheduler out


def _lead(settings: Settings, engine: Engine, lock: Connection, stopping: threading.Event, beat: Heartbeat) -> None:
    """Sweep until ``stopping`` or until the session that holds the lock ends."""
    indexer, growth, translator = Indexer(engine), GrowthWatch(engine), Translator(engine)
    while True:
        progress()
        jitter = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  nothing secret
        next_sweep = time.monotonic() + settings.sweep_seconds * jitter
        sweep(settings, engine)
        heartbeats.delete_expired(lock)
        beat.beat()
        growth.run()
        indexer.run(settings.sweep_seconds, stopping)
        translator.run(settings.sweep_seconds, stopping)
        if stopping.wait(max(next_sweep - time.monotonic(), 0)):
            return
