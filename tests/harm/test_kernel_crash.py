"""The compiled kernel crashes on one file: the worker survives it, and no file is blamed for it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.processes import ROOT, Installation, running, until
from tests.dispatches import copy_of
from tests.harm.crashing_kernel import MARK, crashing_kernel, needs_kernel
from tests.harm.oracle import Deliveries, open_files
from worker import embedded
from worker.embedded import Servers
from worker.kernel import build

pytestmark = [pytest.mark.harm, needs_kernel]

QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}
#: Setbacks after which `status` reports a file.
LASTING = 3
WORKER = """
import sys
from pathlib import Path
from worker.kernel import build
build.LIBRARY = Path(sys.argv.pop(1))
from worker.kernel import library
assert library.loaded is not None
from worker.cli import main
main()
"""


@contextmanager
def worker(desk: Installation, servers: Servers, kernel: Path, log: Path) -> Iterator[None]:
    """Run a worker with another kernel while the block runs."""
    urls = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", WORKER, str(kernel), "worker", "--concurrency", "1"],
            env=desk.variables | urls | {"PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def is_set_back(servers: Servers, times: int) -> bool:
    """Return whether a file has been set back this often."""
    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
        [[most]] = connection.execute("SELECT max(setbacks) FROM files").fetchall()
    return int(most) >= times


def make_due(servers: Servers) -> None:
    """End the pause of all waiting files."""
    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE files SET enqueued_at = NULL WHERE state = 'waiting'")


@pytest.mark.parametrize(
    ("number", "name", "in_article"),
    [("SIGSEGV", "Segmentation fault", True), ("SIGABRT", "Aborted", True), ("SIGSEGV", "Segmentation fault", False)],
)
def test_a_crash_of_the_kernel(tmp_path: Path, number: str, name: str, in_article: bool) -> None:
    """A file on which the kernel crashes waits until the kernel is mended; the other files of its batch are done."""
    # two attempts: the crash of the whole batch is the first, and no later one counts
    desk = Installation(tmp_path / "desk", QUICK | {"COPYDESK_MAX_ATTEMPTS": "2"})
    crashing, log = crashing_kernel(tmp_path, number, in_article=in_article), tmp_path / "worker.log"
    Deliveries(desk).send(4)
    desk.drop("marked.txt", copy_of(0, 9, 48) + MARK + " sinks.\n")
    with embedded.servers(desk.data) as servers:
        desk.json("migrate")
        with running(desk, "watch"), running(desk, "scheduler"):
            with worker(desk, servers, crashing, log):
                until(lambda: len(desk.json("files", "--state", "done")) == 16, "the others are done")
                for tries in range(1, LASTING + 1):
                    make_due(servers)
                    until(partial(is_set_back, servers, tries), "the marked file was set back")
                written = log.read_text("utf-8")
                assert len(open_files(desk)) == 1
                assert desk.json("files", "--state", "quarantined") == []
                assert "1 files wait because this machine fails while it processes them" in desk.run("status", code=1)
            assert f"The compiled kernel crashed on it ({number}). Please report it" in written
            assert f"Fatal Python error: {name}" in written
            assert f"worker/kernel/{'article' if in_article else 'pairs'}.py" in written
            with worker(desk, servers, build.LIBRARY, log):
                make_due(servers)
                until(lambda: len(desk.json("files", "--state", "done")) == 17, "the marked file is done")
        attempts = {row["path"].endswith("marked.txt"): row["attempts"] for row in desk.json("files")}
    assert attempts[True] == 2
