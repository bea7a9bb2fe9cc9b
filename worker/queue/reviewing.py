"""Find stories that grow oddly, for the review queue; the scheduler runs this between its sweeps."""

import time

from sqlalchemy import Engine

from worker.process import log
from worker.store.errors import ERRORS, message
from worker.store.id_search import newest_id
from worker.store.models import articles
from worker.stories.review import ask_about_growth

#: Between two looks. Each reads the newest articles under the placement lock, for some 70 ms in an archive of 100,000.
_PAUSE_SECONDS = 60.0

logger = log.get(__name__)


class GrowthWatch:
    """Looks for growing stories while articles arrive; trouble with it never delays the sweeping of files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._next = 0.0
        self._newest = -1

    def run(self) -> int:
        """Look if it is time and articles have come since; return the number of stories that were found."""
        if time.monotonic() < self._next:
            return 0
        self._next = time.monotonic() + _PAUSE_SECONDS
        try:
            with self._engine.begin() as connection:
                newest = newest_id(connection, articles)
                if newest == self._newest:
                    return 0
                found = ask_about_growth(connection)
        except ERRORS as error:
            logger.warning("growing stories are looked for again in a minute", reason=message(error))
            return 0
        self._newest = newest
        if found:
            logger.info("stories grow oddly and are in the review queue", stories=found)
        return found
