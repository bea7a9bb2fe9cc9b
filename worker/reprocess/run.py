"""Reprocess articles of other versions with the current cleaner and fingerprint, and update their stories.

A batch is a few outdated articles with the others of their stories, written in one transaction. So a kill at any point
costs one batch, and the next run continues after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from worker.pipeline.prepare import prepare_article
from worker.reprocess.batch import PRESENT, BatchReprocessor, Prepare
from worker.reprocess.batch_process import batch_process
from worker.reprocess.summary import Summary
from worker.settings import Settings
from worker.store import reprocess
from worker.store.id_search import newest_id
from worker.store.locks import AdvisoryLock, hold
from worker.store.models import articles
from worker.store.reprocess import Versions

#: Outdated articles that a batch starts with, and its maximum size with the others of their stories. The lock is held
#: while they are written: about a millisecond each.
_SEEDS, _MOST = 50, 250


@dataclass
class ReprocessRun:
    """One run of ``copydesk reprocess``.

    ``everything`` includes articles of the current versions, as after a change of the debris rules; ``dry`` writes
    nothing, and reports each batch as if it were the first.
    """

    settings: Settings
    engine: Engine
    versions: Versions = PRESENT
    prepare: Prepare = prepare_article
    dry: bool = False
    everything: bool = False
    summary: Summary = field(default_factory=Summary)
    _reached: int = 0
    _ahead: set[int] = field(default_factory=set)  # done together with their story, ahead of their turn

    def __call__(self, advance: Callable[[int, int], None], after: int = 0) -> Summary:
        """Reprocess all outdated articles after the id ``after``; calls ``advance(id reached, last id)``.

        Raises:
            RetryError: another run is in progress.
            CopydeskError: the process that reprocesses was ended from outside.
        """
        reprocessor = BatchReprocessor(self.settings, self.engine, self.versions, self.prepare, self.dry)
        with hold(self.engine, AdvisoryLock.REPROCESS), batch_process(reprocessor) as process:
            with self.engine.connect() as connection:
                last = newest_id(connection, articles)
            self._reached = self.summary.done = after
            while ids := self._next(last):
                self.summary.add(process.reprocess(ids))
                self.summary.done = self._reached
                advance(self.summary.done, last)
            self.summary.done = max(last, after)
            advance(last, last)
        return self.summary

    def _next(self, last: int) -> list[int]:
        """Return the ids of the next batch; the last of its seeds is where the next run continues."""
        with self.engine.connect() as connection:
            while True:
                seeds = reprocess.next_outdated(
                    connection, self._reached, last, _SEEDS, self.versions, everything=self.everything
                )
                if not seeds:
                    return []
                self._reached = seeds[-1]
                passed_over = self._ahead | self.summary.crashed.keys()
                ids = [article for article in seeds if article not in passed_over]
                if ids:
                    more = reprocess.outdated_in_same_stories(
                        connection, ids, _MOST - len(ids), self.versions, everything=self.everything
                    )
                    ids += [article for article in more if article not in passed_over]
                self._ahead = {article for article in (*self._ahead, *ids) if article > self._reached}
                if ids:
                    return sorted(ids)
