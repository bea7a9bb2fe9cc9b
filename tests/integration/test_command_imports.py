"""Commands that only read are short: they import no library that they don't need, and cost little processor time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.newsroom import Newsroom
from worker.settings import Settings

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
#: Libraries of which each takes a twentieth of a second or more, and that no command here needs.
SLOW = {"alembic", "celery", "kombu", "lxml", "pyarrow", "rich", "starlette", "structlog", "trafilatura", "uvicorn"}
#: What only files need, and what only the database needs.
OF_FILES = {"ftfy", "numpy", "re2"}
OF_DATABASE = {"psycopg", "redis", "sqlalchemy"}
#: Runs the command line, and prints which libraries it has imported at the end.
_PROGRAM = """
import sys
from worker.cli import main
try:
    main()
finally:
    print("imported", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""
#: What each command on a database must import: the libraries of settings, options and statements.
_NEEDED = "import click, psycopg, pydantic_settings, sqlalchemy; sqlalchemy.create_engine('postgresql+psycopg://x')"
_RUNS = 5
#: `stories` costs 1.3 to 1.4 times as much as these libraries alone; with structlog and NumPy it was 1.9 times.
_MOST_TIMES = 1.65


def cost(arguments: list[str]) -> float:
    """Return the processor time of a process, of the system too, in seconds."""
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (["stories"], OF_FILES),
        (["stories", "--search", "harbour"], OF_FILES),
        (["story", "1"], OF_FILES),
        (["story", "1", "--diff", "1"], OF_FILES),
        (["files"], OF_FILES),
        (["changes"], OF_FILES),
        (["export", "stories"], OF_FILES),
        (["status"], OF_FILES),
        (["health", "worker"], OF_FILES),
        (["why", "1"], {"ftfy"}),
        (["clean", "{file}"], OF_DATABASE),
        (["compare", "{file}", "{file}"], OF_DATABASE),
    ],
)
def test_reading_imports_no_slow_library(
    settings: Settings,
    newsroom: Newsroom,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    unneeded: set[str],
) -> None:
    """A command that reads an archive or a file imports neither the queue, the log, migrations nor tables in colour."""
    newsroom.article(HARBOUR)
    file = tmp_path / "harbour.txt"
    file.write_text(HARBOUR)
    arguments = [part.format(file=file) for part in command]
    if unneeded == OF_DATABASE:
        monkeypatch.delenv("DATABASE_URL")  # SQLAlchemy checks it where it is set
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM, *arguments], capture_output=True, text=True, check=False
    )
    imported = set(done.stderr.rpartition("imported")[2].split())
    assert "click" in imported, done.stderr
    assert "Traceback" not in done.stderr
    assert imported & (SLOW | unneeded) == set()


@pytest.mark.slow
def test_reading_costs_little_more_than_its_libraries(settings: Settings, newsroom: Newsroom) -> None:
    """`stories` costs little more processor time than the import of the libraries that talk to the database."""
    newsroom.article(HARBOUR)
    # measured in turn, so that a busy machine slows both down
    pairs = [(cost(["-m", "worker", "stories"]), cost(["-c", _NEEDED])) for _ in range(_RUNS)]
    command, libraries = (min(costs) for costs in zip(*pairs, strict=True))
    assert command <= _MOST_TIMES * libraries
