"""Process a batch of files: lease, prepare, match, assign to stories, finish.

Every step may be interrupted: uncommitted work is done again by another worker, and committed work is not done twice,
because the ledger row, the articles and the stories of a file change in one transaction.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from worker import archive
from worker.article import BadRecord
from worker.errors import KernelError
from worker.fingerprint.article import Prepared
from worker.formats import Limits
from worker.formats.faults import is_of_machine
from worker.match.judgement import JUDGEMENTS
from worker.pipeline.erased import ErasedMeanwhileError, withhold_erased
from worker.pipeline.final_places import Move, move_bytes, move_together
from worker.pipeline.outcomes import log_outcomes
from worker.pipeline.prepare import PreparedFile, fingerprint_all, prepare, record_bad, set_back
from worker.pipeline.refused import REFUSALS, concerns_data, find_refused
from worker.process import log
from worker.process.stage_timer import StageTimer
from worker.process.trial import crash_of
from worker.settings import Settings
from worker.store import ledger, timings
from worker.store.errors import ERRORS, is_transient, message
from worker.store.locks import lock_placement
from worker.store.session import avoid_table_scans
from worker.stories.assign import assign_stories
from worker.stories.batch_match import BatchMatch, match_batch
from worker.stories.candidates import FeatureCache
from worker.window import Window

logger = log.get(__name__)
T = TypeVar("T")

#: Pauses between attempts to reach a lost database; their sum is below the time limit of a task.
RETRY_PAUSES_SECONDS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_REPORT = "Please report it with the file and the traceback above; after an update the file is processed."


@dataclass
class BatchProcessor:
    """The state of a worker process between batches: its engine, the session that proves it alive, its cache."""

    settings: Settings
    engine: Engine
    cache: FeatureCache = field(default_factory=FeatureCache)
    logs_outcomes: bool = True
    compared: int = 0  # pairs of articles compared so far, for measuring
    timer: StageTimer = field(default_factory=StageTimer)  # durations of stages, not yet written
    _session: Connection | None = None
    _worker: int = 0  # the id of the session
    _lease_owner: int = 0  # the session that leased the current files, even if it was lost since
    _leased_at: float = 0.0
    _pause: Event = field(default_factory=Event)
    _clock: Callable[[], float] = time.monotonic
    _moves: list[Move] = field(default_factory=list)  # of bytes, once the transaction is committed
    _most_characters: int = Limits().max_span_bytes  # of the texts of a batch, as of a part of a file

    def __post_init__(self) -> None:
        """Prepare the engine for the statements of every batch."""
        avoid_table_scans(self.engine)

    def process(self, ids: Sequence[int]) -> list[int]:
        """Process files; return the ids of the parts of large files, which must be enqueued next."""
        leased: list[ledger.LeasedFile] = []
        try:
            leased = self._with_retries(lambda: self._lease(ids))
            return self._commit(self._prepared(leased)) if leased else []
        except ERRORS as error:
            if is_transient(error):
                self._give_back(leased)
            else:
                self._unregister()
            raise
        except BaseException:
            self._unregister()  # out of time or memory: the next worker takes these files one by one
            raise

    def announce(self) -> None:
        """Register as a living worker before the first batch."""
        try:
            self._registered()
        except ERRORS:
            self._unregister()  # a session without its lock must not be used as if it had it

    def close(self) -> None:
        """Close the session and the engine."""
        self._unregister()
        self.engine.dispose()

    def _unregister(self) -> None:
        """End the session whose lock holds the leases, so that other workers may take the files at once."""
        if self._session:
            with suppress(*ERRORS):
                self._session.invalidate()
                self._session.close()
            self._session = None

    def _give_back(self, leased: Sequence[ledger.LeasedFile]) -> None:
        """Release files without counting an attempt, because the database was at fault."""
        self.cache.clear()  # it may have articles of the failed transaction, whose ids others will get
        if leased:
            self._with_retries(lambda: self._release(leased))

    def _prepared(self, leased: Sequence[ledger.LeasedFile]) -> list[PreparedFile]:
        """Prepare files and release the rest after half of the task's time, or when their texts fill the memory.

        Half, because writing takes time too. Packed files are small in the message and large here.
        """
        started = self._clock()
        files: list[PreparedFile] = []
        characters = 0
        with archive.reading(self.settings, [(file.sha256, file.path) for file in leased]) as open_kept:
            for number, file in enumerate(leased, 1):
                files.append(prepare(self.settings, file, self.timer, open_kept))
                characters += files[-1].characters
                if characters > self._most_characters or self._clock() - started > self.settings.task_seconds / 2:
                    self._with_retries(partial(self._release, leased[number:]))
                    break
        if any(file.cleaned and file.leased.attempts > 1 for file in files):
            self._try_out(files)
        fingerprint_all(files)
        self.timer.lap("fingerprint")
        return files

    def _try_out(self, files: Sequence[PreparedFile]) -> None:
        """Let files wait on which the kernel crashes: a worker has ended while it held them."""
        if crash := crash_of(partial(self._match_in_child, files)):
            for file in files:
                set_back(file, KernelError(f"The compiled kernel crashed on it ({crash}). {_REPORT}"))

    def _match_in_child(self, files: Sequence[PreparedFile]) -> None:
        self.engine.dispose(close=False)  # its connections belong to the parent
        fingerprint_all(files)
        with self.engine.connect() as connection:
            self._match(connection, [article for file in files for article in file.prepared])
        self.engine.dispose()

    def _release(self, leased: Sequence[ledger.LeasedFile]) -> None:
        ledger.give_back(self._registered(), [file.id for file in leased], self._lease_owner)

    def _lease(self, ids: Sequence[int]) -> list[ledger.LeasedFile]:
        session = self._registered()
        self._lease_owner = self._worker
        self._leased_at = time.monotonic()
        self.timer.start()
        leased = ledger.lease(session, ids, self._lease_owner, self.settings.max_attempts)
        self.timer.lap("claim")
        return leased

    def _registered(self) -> Connection:
        """Return the session whose lock proves this worker alive; open a new session if the old one was lost."""
        if self._session and self._session.invalidated:
            self._session.close()
            self._session = None
        if not self._session:
            self._session = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._worker = ledger.register_worker(self._session)
        return self._session

    def _with_retries(self, work: Callable[[], T]) -> T:
        """Call ``work``, again after growing pauses while the database is unavailable."""
        for pause in RETRY_PAUSES_SECONDS:
            try:
                return work()
            except DBAPIError as error:
                if not is_transient(error):
                    raise
                logger.warning("the database is gone, waiting", seconds=pause, reason=message(error))
                self._unregister()
                self._pause.wait(pause)
        return work()

    def _commit(self, files: list[PreparedFile]) -> list[int]:
        try:
            return self._commit_together(files)
        except ErasedMeanwhileError:
            return self._commit(files)
        except REFUSALS as error:
            if is_transient(error) or is_of_machine(error):
                raise
            self.cache.clear()
            if len(files) > 1:  # a file that can't be written must not affect the others
                return [part for file in files for part in self._commit([file])]
            if self._without_refused(files[0], error):
                return self._commit(files)
            logger.exception("a file could not be written", file=files[0].leased.id)
            files[0].failure = f"The database refused it: {message(error)}"
            files[0].prepared.clear()
            return self._commit_together(files)

    def _without_refused(self, file: PreparedFile, error: Exception) -> bool:
        """Make bad records of the articles of ``file`` that the database refuses; return whether some are left."""
        if len(file.prepared) < 2 or not concerns_data(error):
            return False
        refused = find_refused(file.prepared, self._attempt)
        if not refused or len(refused) == len(file.prepared):
            return False
        logger.warning("records could not be written", file=file.leased.id, records=len(refused), reason=message(error))
        file.prepared = [article for article in file.prepared if article.article.position not in refused]
        for position, reason in refused.items():
            record_bad(file, BadRecord(position, f"The database refused it: {reason}"))
        return True

    def _attempt(self, batch: Sequence[Prepared]) -> None:
        """Write articles and take everything back; raise what the database says to them."""
        try:
            with self.engine.connect() as connection, connection.begin() as transaction:
                matched = self._match(connection, batch)
                assign_stories(connection, self.cache, matched, self.settings.preferred_sources)
                transaction.rollback()
        finally:
            self.cache.clear()  # it has articles that were taken back

    def _match(self, connection: Connection, batch: Sequence[Prepared]) -> BatchMatch:
        judgement = JUDGEMENTS[self.settings.judgement]
        return match_batch(connection, self.cache, batch, Window(self.settings.window_days), judgement)

    def _commit_together(self, files: Sequence[PreparedFile]) -> list[int]:
        self.timer.start()
        with self.engine.connect() as connection:
            # committed although it writes nothing: at a ROLLBACK psycopg drops all its prepared statements
            with connection.begin():
                withhold_erased(connection, files)
                matched = self._match(connection, [article for file in files for article in file.prepared])
            self.timer.lap("match")
            self.compared += len(matched.verdicts.seen)
            with connection.begin():
                held = ledger.still_held(connection, [file.leased.id for file in files], self._lease_owner)
                all_held = len(held) == len(files)
                if all_held:
                    lock_placement(connection)
                    if withhold_erased(connection, files):  # erased since the batch was matched
                        raise ErasedMeanwhileError
                    placed = assign_stories(connection, self.cache, matched, self.settings.preferred_sources)
                    parts = self._finish(connection, files)
                    timings.add(connection, self.timer.stages)
        if all_held:
            self.timer.stages.clear()
            self.timer.lap("write")  # saved with the next batch: this one is committed
            move_together(self.settings, self._moves)
            if self.logs_outcomes:
                log_outcomes(files, placed, round(1000 * (time.monotonic() - self._leased_at)))
            return parts
        # a lease was lost meanwhile, and another worker has that file: write only those still held
        ours = [file for file in files if file.leased.id in held]
        return self._commit_together(ours) if ours else []

    def _finish(self, connection: Connection, files: Sequence[PreparedFile]) -> list[int]:
        self._moves.clear()  # of a transaction that was rolled back
        finished: list[ledger.Outcome] = []
        parts: list[int] = []
        set_back: list[int] = []
        for file in files:
            leased = file.leased
            if file.setback:
                set_back.append(leased.id)
            elif file.failure:
                ledger.fail(connection, leased.id, self._lease_owner, file.failure, self.settings.max_attempts)
                if leased.attempts >= self.settings.max_attempts:
                    self._move_bytes_to_place(leased, file.failure)
            elif file.spans:
                parts += ledger.split(connection, leased.id, [(s.first, s.count, s.offset) for s in file.spans])
            else:
                counts = file.records_read, file.withheld
                finished.append(ledger.Outcome(leased.id, len(file.prepared), file.quarantine, *counts))
                self._move_bytes_to_place(leased, file.quarantine)
        bad = [(f.leased.file_id, b.position, b.reason) for f in files for b in f.bad]
        ledger.bad_records(connection, bad)
        ledger.finish(connection, finished)
        ledger.set_back(connection, set_back, self._lease_owner)
        ledger.finish_parents(connection, [f.leased.parent_id for f in files if f.leased.parent_id])
        return parts

    def _move_bytes_to_place(self, file: ledger.LeasedFile, reason: str | None) -> None:
        """Move the bytes to quarantine if there is a reason, else to the archive; in a bucket after the commit."""
        if file.parent_id:
            return
        move = Move(file.sha256, file.path, reason)
        if not archive.is_remote(self.settings):
            move_bytes(self.settings, move)
        elif reason or file.enqueued_again:  # no other was in quarantine: a request for each would be wasted
            self._moves.append(move)
