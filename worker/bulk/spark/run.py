"""Run bulk on Spark: the same stages and functions, with tables in place of files by unit.

What is read is kept unit by unit, and each later step as a whole, so that a run that ended goes on with its last step.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema

from worker.bulk import crashes, join, output, sql
from worker.bulk.corpus_run import Advance, BulkResult, CorpusRun
from worker.bulk.folder import WorkFolder
from worker.bulk.schema import CANDIDATES, EDGES, KEY_COUNTS, PLACED, PLACES
from worker.bulk.source import in_turn
from worker.bulk.spark import graph_sql, index, units
from worker.bulk.spark.grouping import group
from worker.bulk.spark.session import session
from worker.bulk.spark.tables import Tables
from worker.bulk.texts import READ, write_places
from worker.errors import CopydeskError
from worker.settings import Settings
from worker.settings.places import BucketUrl

#: Tasks of one step at most: Spark's driver keeps track of each.
_MOST_TASKS: Final = 10_000
_BLOCK: Final = pa.field("block", pa.int32())


class SparkRun(CorpusRun):
    """One run on Spark."""

    def __init__(self, settings: Settings, places: Sequence[Path | BucketUrl], target: Path, advance: Advance) -> None:
        super().__init__(settings, places, target, advance)
        self._folder = WorkFolder(self._folder.path.absolute())
        self._job = replace(self._job, folder=self._folder.path)

    def run(self) -> BulkResult:
        """Run all stages that are not done yet."""
        with self._folder.locked():
            self._folder.open(self._made_of() | {"engine": "spark"})
            while True:
                crashes.leave_out(self._folder)
                try:
                    result = self._run_once()
                    break
                except CopydeskError:  # Spark's, with the text of an error or the death of one of its processes
                    if not crashes.has_noted(self._folder):
                        raise
            self._folder.remove()
        return result

    def _run_once(self) -> BulkResult:
        with session(self._job.workers, self._folder.path / "spark") as spark:
            tables = Tables(spark, self._folder)
            self._read(tables)
            for name, step in {"index": self._index, "judge": self._judge, "cluster": self._cluster}.items():
                self._advance(name, 0, 1)
                step(tables)
                self._advance(name, 1, 1)
            return self._write(tables)

    def _read(self, tables: Tables) -> None:
        found = self._units()
        missing = self._folder.missing(READ, len(found))
        self._folder.missing(crashes.REFUSED, 0)
        self._advance("read", len(found) - len(missing), len(found))
        parts = list(in_turn(found, missing, self._job.workers))
        if parts:
            read = partial(units.read, self._job, Path.cwd(), parts)
            _numbered(tables, len(parts)).mapInArrow(read, "units BIGINT").collect()
        self._advance("read", len(found), len(found))

    def _index(self, tables: Tables) -> None:
        """Build the tables of the join, and list where each article is."""
        prepared = _numbered(tables, len(self._units()))
        narrow = partial(units.narrow, self._folder.path)
        tables.keep("prepared", prepared.mapInArrow(narrow, from_arrow_schema(units.NARROW)))
        index.build(tables, self._job.settings.window_days)
        tables.keep("places", sql.PLACES)
        if not self._folder.file("places", 0).exists():
            write_places(self._folder, tables.read("places").cast(PLACES).combine_chunks())

    def _judge(self, tables: Tables) -> None:
        """Join the keys, and judge the candidates block by block."""
        tables.keep("join_sizes", sql.JOIN_SIZES)
        blocks, _ = self._folder.noted("blocks", lambda: join.cut_blocks(tables.batches("join_sizes")))
        last_ids = [last for _, last in blocks]
        all_ids = {"after": 0, "last": max(last_ids, default=0)}

        def by_block(query: str, schema: pa.Schema) -> Any:
            rows = tables.query(query.format(**all_ids))
            in_blocks = partial(units.in_blocks, last_ids)
            return rows.mapInArrow(in_blocks, from_arrow_schema(schema.append(_BLOCK))).groupBy("block")

        judged = by_block(sql.CANDIDATES, CANDIDATES).cogroup(by_block(sql.KEY_COUNTS, KEY_COUNTS))
        tables.keep("edges", judged.applyInArrow(partial(units.judge, self._job), from_arrow_schema(EDGES)))

    def _cluster(self, tables: Tables) -> None:
        """Cluster the components unit by unit."""
        [articles] = tables.numbers(sql.ARTICLE_COUNT)
        group(tables, articles, self._judgement)
        tables.keep("story_counts", sql.STORY_COUNTS.format(mask=0, slice=0))
        members, counts = (tables.session.table(name).groupBy("unit") for name in ("members", "story_counts"))
        placed = members.cogroup(counts).applyInArrow(partial(units.cluster, self._job), from_arrow_schema(PLACED))
        tables.keep("placed", placed)

    def _write(self, tables: Tables) -> BulkResult:
        tables.keep("results", sql.RESULTS.format(offset=0))
        refused = output.write_refused(self._folder, self._refused)
        found = self._units()
        written = output.write_rows(tables.batches("results"), self._folder, len(found), self._target)
        articles, texts, keys, _ = tables.numbers(sql.COUNTS)
        [edges] = tables.numbers(graph_sql.EDGE_COUNT)
        return BulkResult(articles, *refused, found.unreadable, texts, keys, edges, written.stories)


def _numbered(tables: Tables, count: int) -> DataFrame:
    """Return the numbers up to ``count``, each for a task of its own if they are not too many."""
    return tables.session.range(0, count, 1, min(max(count, 1), _MOST_TASKS))
