"""Link translations behind the placement and not under its lock, between the scheduler's sweeps."""

import threading
import time

from sqlalchemy import Engine

from worker.process import log
from worker.process.stall_guard import progress
from worker.store.errors import ERRORS, message
from worker.store.monitoring import has_open_files
from worker.store.translation_texts import keep_newest
from worker.stories.translations import TranslationLinker
from worker.translation.index import MOST_TEXTS

#: Stories of one transaction.
BATCH = 100
#: While files wait, how many times as long as a batch took nothing is linked: a story takes about a millisecond of one
#: core, so that this takes a thirteenth of one core from the files.
_PAUSE = 12

logger = log.get(__name__)


class Translator:
    """Links stories in batches; trouble with it never delays the sweeping of files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._linker = TranslationLinker()
        self._resume = 0.0  # the time before which nothing is linked, which may be after the next sweep

    def run(self, seconds: float, stopping: threading.Event) -> int:
        """Link until nothing is left, ``seconds`` are over or the process stops; return the number of stories."""
        end, compared = time.monotonic() + seconds, 0
        while not stopping.is_set() and max(begin := time.monotonic(), self._resume) < end:
            if begin < self._resume:
                stopping.wait(self._resume - begin)
                continue
            count, busy = self._next()
            compared += count
            progress()
            if not count:
                break
            if busy:
                now = time.monotonic()
                self._resume = now + _PAUSE * (now - begin)
        return compared

    def _next(self) -> tuple[int, bool]:
        """Compare a batch; return the number of its stories, and whether files wait."""
        try:
            with self._engine.begin() as connection:
                count = self._linker.link_next(connection, BATCH)
                if count:
                    keep_newest(connection, MOST_TEXTS)
                return count, has_open_files(connection)
        except ERRORS as error:
            logger.warning("translations are looked for again later", reason=message(error))
            self._linker = TranslationLinker()  # its index may have stories that were not stored
            return 0, False
