"""``copydesk bulk --engine spark``: the rows that DuckDB's run writes, and clear sentences where it can't run."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.dispatches import dispatch
from tests.integration.conftest import Ran
from tests.integration.test_bulk import by_bulk, generated, lines
from worker.settings import Settings

needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or find_spec("pandas") is None, reason="needs pyspark: pip install '.[spark]'"
)
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17 or 21")

#: Arguments: stage and count at which it is killed, ``-`` for never; small limits, so that each step has several units.
_RUN = """
import os, signal, sys
from pathlib import Path
from worker.bulk import groups, join, source
from worker.bulk.spark.run import SparkRun
from worker.settings import load

source.UNIT_RECORDS = join._BLOCK_TEXTS = 100
groups.UNIT_ARTICLES, groups.MOST_ARTICLES = 50, 40

def advance(stage, done, total):
    print(stage, done, total)
    if stage == sys.argv[1] and done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

SparkRun(load(), list(map(Path, sys.argv[4:])), Path(sys.argv[3]), advance).run()
"""


def by_spark(paths: Sequence[Path], target: Path, killed_at: tuple[str, int] = ("-", 0)) -> int:
    """Run Spark in a process of its own, because Java stays until the process ends; return its exit code."""
    command = [sys.executable, "-c", _RUN, *map(str, killed_at), str(target), *map(str, paths)]
    return subprocess.run(command, check=False, timeout=1200).returncode


def near_copies(count: int) -> list[dict[str, str]]:
    """Return copies of one dispatch in which each tenth word is another one."""
    words = dispatch(5).split()
    chosen = random.Random(5)
    return [
        {"id": f"n{n}", "text": " ".join(chosen.choice(words) if chosen.random() < 0.1 else word for word in words)}
        for n in range(count)
    ]


@pytest.mark.slow
@needs_spark
@needs_java
def test_spark_writes_the_rows_of_duckdb_also_after_a_kill(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With copies of all kinds, keys of too many texts and a divided component, each column of each row is equal."""
    for name in ("UNIT_RECORDS", "_BLOCK_TEXTS"):
        monkeypatch.setattr(f"worker.bulk.{'source' if name == 'UNIT_RECORDS' else 'join'}.{name}", 100)
    monkeypatch.setattr("worker.bulk.groups.UNIT_ARTICLES", 50)
    monkeypatch.setattr("worker.bulk.groups.MOST_ARTICLES", 40)
    news = tmp_path / "news.jsonl"
    news.write_text(generated(200) + lines(near_copies(70)))
    by_bulk(settings, [news], tmp_path / "duckdb.parquet")
    target = tmp_path / "spark.parquet"
    assert by_spark([news], target, killed_at=("cluster", 0)) == -signal.SIGKILL
    assert not target.exists()
    edges = target.with_name("spark.parquet.work") / "tables" / "edges"
    assert edges.is_dir()
    assert by_spark([news], target) == 0
    assert not target.with_name("spark.parquet.work").exists()
    assert rows(target) == rows(tmp_path / "duckdb.parquet")
    refused = [target.with_name(f"{name}.parquet.refused.jsonl") for name in ("duckdb", "spark")]
    assert refused[0].read_bytes() == refused[1].read_bytes()


def rows(path: Path) -> pa.Table:
    """Return a result."""
    return parquet.read_table(path)


def test_the_command_says_what_spark_lacks(
    copydesk: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without pyspark or Java, a sentence says what to install."""
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    news = tmp_path / "news.txt"
    news.write_text(dispatch(1))
    ran = copydesk("bulk", news, tmp_path / "out.parquet", "--engine", "spark")
    installed = find_spec("pyspark") is not None and find_spec("pandas") is not None
    assert ran.code == 1
    assert ("needs Java 17" if installed else "pip install '.[spark]'") in ran.err


@pytest.mark.parametrize("option", ["--dry-run", "--against"])
@needs_spark
def test_what_spark_does_not_do_is_refused(copydesk: Callable[..., Ran], tmp_path: Path, option: str) -> None:
    """The sentence names the option to leave out."""
    news = tmp_path / "news.txt"
    news.write_text(dispatch(1))
    arguments = [option, news] if option == "--against" else [option]
    ran = copydesk("bulk", news, tmp_path / "out.parquet", "--engine", "spark", *arguments)
    assert ran.code == 2
    assert f"{option} runs on DuckDB only" in ran.err
