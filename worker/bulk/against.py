"""Run bulk against a settled corpus: which new articles are in one of its stories, and which are new.

The stages are those of any run. In addition the stories of the settled corpus are counted under the keys of the new
articles, and those that may have an article are clustered with it; they never change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from worker.bulk import archive, groups, join, settled_join, tasks
from worker.bulk.archive import SettledCorpus
from worker.bulk.corpus_run import Advance, ReadCounts
from worker.bulk.folder import write_table
from worker.bulk.run import BulkRun
from worker.settings import Settings
from worker.settings.places import BucketUrl

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class AgainstResult(ReadCounts):
    """What a run did: ``known`` articles are in one of the stories of ``settled`` articles, the others are ``new``."""

    settled: int
    known: int
    new: int


class AgainstRun(BulkRun):
    """One run over ``places`` against the results in ``settled``, a file or folder, or another settled corpus."""

    def __init__(
        self,
        settings: Settings,
        places: Sequence[Path | BucketUrl],
        settled: Path | SettledCorpus,
        target: Path,
        advance: Advance,
    ) -> None:
        super().__init__(settings, places, target, advance)
        self._archive: SettledCorpus = (
            archive.find_archive(settled, settings.ignore, target) if isinstance(settled, Path) else settled
        )
        self._settled_articles = 0

    def run_against(self) -> AgainstResult:
        """Run all stages that are not done yet."""
        counts = self._run()
        known = counts.articles - counts.new
        return AgainstResult(
            *(counts.articles, *counts.refused, counts.unreadable), self._settled_articles, known, counts.new
        )

    def _made_of(self) -> dict[str, Any]:
        return super()._made_of() | {"against": self._archive.made_of}

    @contextmanager
    def _database(self) -> Iterator["duckdb.DuckDBPyConnection"]:
        with super()._database() as connection:
            archive.register(connection, self._archive.files(self._folder))
            yield connection

    def _index(self) -> None:
        self._advance("settled", 0, 1)
        self._archive.files(self._folder)
        self._advance("settled", 1, 1)
        super()._index()
        self._settled_articles, last_id, stories = self._folder.noted("settled", self._count_settled)
        self._job = replace(self._job, last_id=last_id, settled_stories=stories)

    def _count_settled(self) -> tuple[int, int, int]:
        """Return the number of settled articles, their largest id, and how many stories a new article has in reach."""
        with self._database() as connection:
            articles, _, last_id = settled_join.counted(connection)
            reach = self._stories_in_reach(connection)[1:]
        return articles, last_id, int(np.median(reach)) if len(reach) else 0

    def _build(self, connection: "duckdb.DuckDBPyConnection") -> None:
        articles, dated, _ = settled_join.counted(connection)
        timed = join.is_timed(connection, articles, dated)
        join.build(connection, self._job.settings.window_days, timed=timed)
        settled_join.build(connection, self._job.settings.window_days, timed=timed)

    def _linked(self, connection: "duckdb.DuckDBPyConnection", articles: int) -> NDArray[np.bool_]:
        return settled_join.linked(connection, articles)

    def _stories_in_reach(self, connection: "duckdb.DuckDBPyConnection") -> NDArray[np.int64]:
        return settled_join.stories_in_reach(connection, self._job.settings.window_days)

    def _count(self, connection: "duckdb.DuckDBPyConnection", formed: groups.Groups) -> bool:
        super()._count(connection, formed)
        self._folder.missing(tasks.SETTLED_IN, 0)
        self._folder.missing(tasks.PAIRS_IN, 0)
        for number, texts in enumerate(settled_join.unit_texts(connection, len(formed.units))):
            write_table(self._folder.file(tasks.SETTLED_IN, number), texts)
        for number, pairs in enumerate(settled_join.unit_pairs(connection, len(formed.units))):
            write_table(self._folder.file(tasks.PAIRS_IN, number), pairs)
        return True

    def _last_id(self) -> int:
        return self._job.last_id
