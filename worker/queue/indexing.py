"""The scheduler's other work: index new articles for the search, behind the placement and not under its lock."""

import threading
import time

from sqlalchemy import Engine

from worker.process import log
from worker.process.stall_guard import progress
from worker.store.errors import ERRORS, is_transient, message
from worker.store.search_index import BATCH, index_next, leave_out_next, sort_in
from worker.store.stems import Stems

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
        while not stopping.is_set() and time.monotonic() < end:
            count = self._next()
            indexed += count
            progress()
            if not count:
                break
        if indexed:
            self._sort_in()
        return indexed

    def _next(self) -> int:
        try:
            with self._engine.begin() as connection:
                count = index_next(connection, self._stems, self._listed, self._batch)
        except ERRORS as error:
            return self._after_error(error)
        self._batch = BATCH
        return count

    def _sort_in(self) -> None:
        try:
            with self._engine.begin() as connection:
                sort_in(connection)
        except ERRORS as error:  # it is a matter of speed only, and Postgres's autovacuum does it too
            logger.warning("new words of the search index were not sorted in", reason=message(error))

    def _after_error(self, error: BaseException) -> int:
        """Try the articles one by one; an article that Postgres refuses is left out. Return how many are done."""
        if is_transient(error):
            logger.warning("the search index waits for the database", reason=message(error))
            return 0
        if self._batch > 1:
            self._batch = 1
            return self._next()
        with self._engine.begin() as connection:
            article = leave_out_next(connection)
        logger.error("the search does not find an article: Postgres refused it", article=article, reason=message(error))
        return 1
