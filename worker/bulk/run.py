"""Run bulk: the stages in order, each in units that are kept on disk, so that a killed run goes on where it was."""

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from worker.bulk import crashes, groups, join, output, tasks
from worker.bulk.corpus_run import BulkResult, CorpusRun
from worker.bulk.engine import database
from worker.bulk.estimate import BulkEstimate, estimate
from worker.bulk.folder import read_table, write_table
from worker.bulk.schema import EDGES
from worker.bulk.source import in_turn
from worker.bulk.texts import READ, write_places
from worker.errors import CopydeskError
from worker.process.worker_processes import WorkerProcesses

if TYPE_CHECKING:
    import duckdb

#: Units that are submitted before the first of them is done: their inputs wait in memory or on disk.
_AHEAD = 64
T = TypeVar("T")


class RunCounts(NamedTuple):
    """The numbers that results are made of; ``new`` articles are in no settled story."""

    refused: output.RefusedCounts
    unreadable: int
    edges: int
    articles: int
    texts: int
    keys: int
    stories: int
    new: int


class BulkRun(CorpusRun):
    """One run with worker processes and DuckDB."""

    def run(self) -> BulkResult:
        """Run all stages that are not done yet."""
        counts = self._run()
        return BulkResult(
            *(counts.articles, *counts.refused, counts.unreadable),
            *(counts.texts, counts.keys, counts.edges, counts.stories),
        )

    def _run(self) -> RunCounts:
        with self._folder.locked():
            counts = self._again_after_crashes(self._run_once)
            self._folder.remove()
        return counts

    def _run_once(self) -> RunCounts:
        with self._placed() as (connection, edges):
            refused = output.write_refused(self._folder, self._refused)
            parts = len(self._units())
            written = output.write_result(connection, self._folder, parts, self._target, self._last_id())
            counted = join.count(connection)
            return RunCounts(refused, self._units().unreadable, edges, *counted[:3], *written)

    @contextmanager
    def _placed(self) -> Iterator[tuple["duckdb.DuckDBPyConnection", int]]:
        """Yield the database and the number of edges, once all articles are placed."""
        with self._prepared() as (pool, connection):
            edges = self._judge(pool, connection)
            self._cluster(pool, connection, edges)
            yield connection, edges.num_rows

    def _again_after_crashes(self, work: Callable[[], T]) -> T:
        """Return what ``work`` does, again each time when compiled code crashed: it goes on with the units at fault."""
        before: dict[str, int] = {}
        while True:
            try:
                return work()
            except crashes.UnitCrashError as error:
                if not crashes.has_noted(self._folder):
                    deaths = self._folder.deaths()
                    crashes.end_if_repeated(deaths, before, str(error))
                    before = deaths

    def estimate(self) -> BulkEstimate:
        """Read the input, count what the rest has to do, and judge the first blocks to know how long that takes."""
        with self._folder.locked():
            return self._again_after_crashes(self._estimate_once)

    def _estimate_once(self) -> BulkEstimate:
        started = time.monotonic()
        with self._prepared() as (pool, connection):
            read = time.monotonic() - started
            blocks, joined = self._blocks(connection)
            return estimate(self._job, pool, connection, blocks, joined, read)

    @contextmanager
    def _prepared(self) -> Iterator[tuple[WorkerProcesses, "duckdb.DuckDBPyConnection"]]:
        """Yield the worker processes and the database, once all articles are read and indexed."""
        self._folder.open(self._made_of())
        crashes.leave_out(self._folder)
        with _workers(self._job.workers) as pool:
            self._read(pool)
            self._index()
            with self._database() as connection:
                yield pool, connection

    def _database(self) -> Any:
        return database(self._folder.path / "bulk.duckdb", self._folder.path / READ)

    def _read(self, pool: WorkerProcesses) -> None:
        units = self._units()
        missing = self._folder.missing(READ, len(units))
        self._folder.missing(crashes.REFUSED, 0)
        work = (
            pool.submit(tasks.read_units, self._job, numbers, [units[number] for number in numbers])
            for numbers in in_turn(units, missing, self._job.workers)
        )
        self._wait("read", work, len(units), len(missing))

    def _wait(self, stage: str, work: Iterable[Future[int]], count: int, missing: int) -> None:
        """Wait for submitted units; the first error ends the run."""
        done = count - missing
        self._advance(stage, done, count)
        running: set[Future[int]] = set()
        for future in work:
            running.add(future)
            finished, running = wait(running, timeout=0 if len(running) < _AHEAD else None, return_when=FIRST_COMPLETED)
            done += self._check(finished)
            self._advance(stage, done, count)
        for future in as_completed(running):
            done += self._check([future])
            self._advance(stage, done, count)

    def _check(self, finished: Iterable[Future[int]]) -> int:
        return sum(future.result() for future in finished)

    def _index(self) -> None:
        """Build the tables of the join; a database that a killed run left half built is built again."""

        def build() -> bool:
            (self._folder.path / "bulk.duckdb").unlink(missing_ok=True)
            with self._database() as connection:
                self._build(connection)
                write_places(self._folder, join.places(connection))
            return True

        self._advance("index", 0, 1)
        self._folder.noted("index", build)
        self._advance("index", 1, 1)

    def _build(self, connection: "duckdb.DuckDBPyConnection") -> None:
        join.build(connection, self._job.settings.window_days, timed=join.is_timed(connection))

    def _blocks(self, connection: "duckdb.DuckDBPyConnection") -> tuple[list[tuple[int, int]], int]:
        blocks, joined = self._folder.noted("blocks", lambda: join.blocks(connection))
        return [(after, last) for after, last in blocks], joined

    def _judge(self, pool: WorkerProcesses, connection: "duckdb.DuckDBPyConnection") -> pa.Table:
        """Judge the blocks in the worker processes while the next blocks are joined here; return the edges."""
        blocks, _ = self._blocks(connection)
        missing = self._folder.missing(tasks.EDGES, len(blocks))
        unjoined = set(self._folder.missing(tasks.COUNTS, len(blocks)))
        self._folder.missing(tasks.CANDIDATES, 0)

        def submitted() -> Iterator[Future[int]]:
            for number in missing:
                if number in unjoined:
                    pairs, counts = join.candidates(connection, blocks[number])
                    write_table(self._folder.file(tasks.CANDIDATES, number), pairs)
                    write_table(self._folder.file(tasks.COUNTS, number), counts)
                yield pool.submit(tasks.judge_unit, self._job, number)

        self._wait("judge", submitted(), len(blocks), len(missing))
        tables = [read_table(self._folder.file(tasks.EDGES, number)) for number in range(len(blocks))]
        return pa.concat_tables([EDGES.empty_table(), *tables])

    def _cluster(self, pool: WorkerProcesses, connection: "duckdb.DuckDBPyConnection", edges: pa.Table) -> None:
        """Cluster the components in the worker processes."""
        count = join.count(connection).articles
        same, also = join.same(connection), self._linked(connection, count)
        formed = groups.group(count, same, edges, self._judgement, also)
        self._folder.noted("counted", lambda: self._count(connection, formed))
        texts = np.zeros(count + 1, dtype=bool)
        texts[join.texts(connection)] = True
        components = groups.members(formed, texts, self._stories_in_reach(connection))
        missing = self._folder.missing(tasks.PLACED_IN, len(formed.units))
        work = (
            pool.submit(tasks.cluster_unit, self._job, n, [components[first] for first in formed.units[n]])
            for n in missing
        )
        self._wait("cluster", work, len(formed.units), len(missing))

    def _linked(self, _connection: "duckdb.DuckDBPyConnection", _articles: int) -> NDArray[np.bool_] | None:
        """Return which articles may belong to settled stories, by id; None if there are none."""
        return None

    def _stories_in_reach(self, _connection: "duckdb.DuckDBPyConnection") -> NDArray[np.int64] | int:
        """Return the number of settled stories that each article, by id, may belong to by its time."""
        return 0

    def _last_id(self) -> int | None:
        """Return the largest id of a settled corpus; None if there is none."""
        return None

    def _count(self, connection: "duckdb.DuckDBPyConnection", formed: groups.Groups) -> bool:
        """Write for each unit of components how many other stories have the keys of its texts."""
        self._folder.missing(tasks.STORY_COUNTS, 0)
        tables = join.story_counts(connection, formed.table(), len(formed.units))
        for number, own in enumerate(tables):
            write_table(self._folder.file(tasks.STORY_COUNTS, number), own)
        return True


@contextmanager
def _workers(count: int) -> Iterator[WorkerProcesses]:
    """Yield the worker processes; they are spawned, because a fork of a process with DuckDB's threads may hang."""
    context = multiprocessing.get_context("spawn")
    pool = WorkerProcesses(count, context, tasks.start_process)
    try:
        yield pool
    except BrokenProcessPool as error:
        if name := pool.crash():
            raise crashes.UnitCrashError(name) from error
        raise CopydeskError(
            "A worker process ended before its work, perhaps because the memory was full. What was done is kept: give"
            " the same command again, with a lower COPYDESK_CONCURRENCY if it ends again."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
