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
from worker.pipeline.prepare import Outcome, fingerprint_all, prepare
from worker.process import log
from worker.process.stage_timer import StageTimer
from worker.settings import Settings
from worker.store import ledger, timings
from worker.store.errors import ERRORS, is_transient, message
from worker.store.session import avoid_table_scans
from worker.stories.assign import assign_stories, match_batch
from worker.stories.candidates import FeatureCache
from worker.window import Window

logger = log.get(__name__)
T = TypeVar("T")

#: Pauses between attempts to reach a lost database; their sum is below the time limit of a task.
RETRY_PAUSES_SECONDS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass
class BatchProcessor:
    """The state of a worker process between batches: its engine, the session that proves it alive, its cache."""

    settings: Settings
    engine: Engine
    cache: FeatureCache = field(default_factory=FeatureCache)
    compared: int = 0  # pairs of articles compared so far, for measuring
    timer: StageTimer = field(default_factory=StageTimer)  # durations of stages, not yet written
    _session: Connection | None = None
    _worker: int = 0  # the id of the session
    _lease_owner: int = 0  # on the files in hand, even if the session that leased them is lost
    _pause: Event = field(default_factory=Event)
    _clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        """Prepare the engine for the statements of every batch."""
        avoid_table_scans(self.engine)

    def process(self, ids: Sequence[int]) -> list[int]:
        """Process files; return the ids of the parts of large files, which must be enqueued next."""
        jobs: list[ledger.Job] = []
        try:
            jobs = self._with_retries(lambda: self._lease(ids))
            return self._commit(self._prepared(jobs)) if jobs else []
        except ERRORS as error:
            if is_transient(error):
                self._give_back(jobs)
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

    def _give_back(self, jobs: Sequence[ledger.Job]) -> None:
        """Release files without counting an attempt, because the database was at fault."""
        self.cache.clear()  # it may have articles of the failed transaction, whose ids others will get
        if jobs:
            self._with_retries(lambda: self._release(jobs))

    def _prepared(self, jobs: Sequence[ledger.Job]) -> list[Outcome]:
        """Prepare files for at most half of the task's time and release the rest, because writing takes time too."""
        started = self._clock()
        outcomes = []
        for number, job in enumerate(jobs, 1):
            outcomes.append(prepare(self.settings, job, self.timer))
            if self._clock() - started > self.settings.task_seconds / 2:
                self._with_retries(partial(self._release, jobs[number:]))
                break
        fingerprint_all(outcomes)
        self.timer.lap("fingerprint")
        return outcomes

    def _release(self, jobs: Sequence[ledger.Job]) -> None:
        ledger.give_back(self._registered(), [job.id for job in jobs], self._lease_owner)

    def _lease(self, ids: Sequence[int]) -> list[ledger.Job]:
        session = self._registered()
        self._lease_owner = self._worker
        self.timer.start()
        jobs = ledger.lease(session, ids, self._lease_owner, self.settings.max_attempts)
        self.timer.lap("claim")
        return jobs

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

    def _commit(self, outcomes: list[Outcome]) -> list[int]:
        try:
            return self._commit_together(outcomes)
        except (*ERRORS, ValueError, TypeError) as error:
            if is_transient(error):
                raise
            self.cache.clear()
            if len(outcomes) > 1:  # a file that can't be written must not affect the others
                return [part for outcome in outcomes for part in self._commit([outcome])]
            logger.exception("a file could not be written", file=outcomes[0].job.id)
            outcomes[0].failure = f"The database refused it: {message(error)}"
            outcomes[0].prepared.clear()
            return self._commit_together(outcomes)

    def _commit_together(self, outcomes: Sequence[Outcome]) -> list[int]:
        batch = [article for outcome in outcomes for article in outcome.prepared]
        self.timer.start()
        with self.engine.connect() as connection:
            # committed although it writes nothing: at a ROLLBACK psycopg drops all its prepared statements
            with connection.begin():
                matched = match_batch(connection, self.cache, batch, Window(self.settings.window_days))
            self.timer.lap("match")
            self.compared += len(matched.verdicts.seen)
            with connection.begin():
                held = ledger.still_held(connection, [outcome.job.id for outcome in outcomes], self._lease_owner)
                all_held = len(held) == len(outcomes)
                if all_held:
                    assign_stories(connection, self.cache, matched)
                    parts = self._finish(connection, outcomes)
                    timings.add(connection, self.timer.stages)
        if all_held:
            self.timer.stages.clear()
            self.timer.lap("write")  # saved with the next batch: this one is committed
            return parts
        # a lease was lost meanwhile, and another worker has that file: write only those still held
        ours = [outcome for outcome in outcomes if outcome.job.id in held]
        return self._commit_together(ours) if ours else []

    def _finish(self, connection: Connection, outcomes: Sequence[Outcome]) -> list[int]:
        finished: list[tuple[int, int, str | None]] = []
        parts: list[int] = []
        for outcome in outcomes:
            job = outcome.job
            if outcome.failure:
                ledger.fail(connection, job.id, self._lease_owner, outcome.failure, self.settings.max_attempts)
                if job.attempts >= self.settings.max_attempts:
                    self._file_away(job, outcome.failure)
            elif outcome.spans:
                parts += ledger.split(connection, job.id, [(s.first, s.count, s.offset) for s in outcome.spans])
            else:
                finished.append((job.id, len(outcome.prepared), outcome.quarantine))
                self._file_away(job, outcome.quarantine)
        bad = [(o.job.file_id, b.position, b.reason) for o in outcomes for b in o.bad]
        ledger.bad_records(connection, bad)
        ledger.finish(connection, finished)
        ledger.finish_parents(connection, [o.job.parent_id for o in outcomes if o.job.parent_id])
        return parts

    def _file_away(self, job: ledger.Job, reason: str | None) -> None:
        """Move the bytes to quarantine for a reason, else back; before the commit, because both places are searched."""
        if job.parent_id:
            return
        if reason:
            archive.quarantine(self.settings, job.sha256, job.path, reason)
        else:
            archive.unquarantine(self.settings, job.sha256, job.path)
