"""Index new articles for the search, behind the placement and not under its lock, between the scheduler's sweeps."""

import threading
import time

from sqlalchemy import Engine

from worker.process import log
from worker.process.stall_guard import progress
from worker.store.errors import ERRORS, is_transient, message
from worker.store.monitoring import has_open_files
from worker.store.search_index import BATCH, index_next, leave_out_next, sort_in
from worker.store.stems import Stems

#: While files wait, how many times as long as a batch took nothing is indexed: an article takes as much processor time
#: as all other work on it together, and a fifth of the time of one core delays files by a tenth on two.
_PAUSE = 4

logger = log.get(__name__)


class Indexer:
    """Indexes articles in batches; trouble with the index never delays the sweeping of files."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._stems = engine, Stems()
        self._batch = BATCH
        self._listed: set[str] = set()

    def run(self, seconds: float, stopping: threading.Event) -> int:
        """Index until nothing is left, ``seconds`` are over or the process stops; return the number of articles."""
        end, indexed = time.monotonic() + seconds, 0
        self._listed.clear()  # `erase` removes words from the list
        while not stopping.is_set() and (begin := time.monotonic()) < end:
            count, busy = self._next()
            indexed += count
            progress()
            if not count:
                break
            if busy:
                stopping.wait(_PAUSE * (time.monotonic() - begin))
        if indexed:
            self._sort_in()
        return indexed

    def _next(self) -> tuple[int, bool]:
        """Index a batch; return the number of its articles, and whether files wait."""
        try:
            with self._engine.begin() as connection:
                count, busy = index_next(connection, self._stems, self._listed, self._batch), has_open_files(connection)
        except ERRORS as error:
            return self._after_error(error)
        self._batch = BATCH
        return count, busy

    def _sort_in(self) -> None:
        try:
            with self._engine.begin() as connection:
                sort_in(connection)
        except ERRORS as error:  # it is a matter of speed only, and Postgres's autovacuum does it too
            logger.warning("new words of the search index were not sorted in", reason=message(error))

    def _after_error(self, error: BaseException) -> tuple[int, bool]:
        """Try the articles one by one; an article that Postgres refuses is left out. Return how many are done."""
        if is_transient(error):
            logger.warning("the search index waits for the database", reason=message(error))
            return 0, False
        if self._batch > 1:
            self._batch = 1
            return self._next()
        with self._engine.begin() as connection:
            article = leave_out_next(connection)
        logger.error("the search does not find an article: Postgres refused it", article=article, reason=message(error))
        return 1, False
