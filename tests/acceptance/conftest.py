"""A service that has ingested the seeds through the real pipeline and serves the pages with the real command."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from worker.store.models import feed_epochs, metadata

SEEDS = Path(__file__).parents[2] / "seeds"
#: What a module in a foreign folder does if it is imported: it leaves its name, and ends the process.
_FOREIGN = "import pathlib, os; pathlib.Path({mark!r}).write_text(__name__); os._exit(3)\n"
TOKEN = "a-token-for-tests-0123456789"  # noqa: S105  it protects nothing


@dataclass(frozen=True)
class Running:
    """A running service: the address of its pages, and the environment for commands."""

    address: str
    environment: dict[str, str]

    def copydesk(self, *arguments: str) -> Any:
        """Run a command with ``--json`` and return its output."""
        return json.loads(_run(self.environment, *arguments, "--json"))


def _run(environment: dict[str, str], *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "worker", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return ran.stdout


@pytest.fixture(scope="module")
def pages(
    server_urls: tuple[str, str], migrated_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Yield the pages of a service that has ingested the seeds and has a token."""
    connected = create_engine(migrated_url)
    with connected.begin() as connection:
        tables = ", ".join(table.name for table in metadata.sorted_tables if table is not feed_epochs)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    connected.dispose()
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(SEEDS, folder / "seeds")
    environment = os.environ | {
        "DATABASE_URL": migrated_url,
        "REDIS_URL": server_urls[1],
        "COPYDESK_DATA_DIR": str(folder / "data"),
        "COPYDESK_WEB_TOKEN": TOKEN,
    }
    _run(environment, "ingest", str(folder / "seeds"))
    served = subprocess.Popen(
        [sys.executable, "-m", "worker", "web", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert served.stderr
        [address] = re.findall(r"http://\S+", served.stderr.readline())
        yield Running(address.rstrip("/"), environment)
    finally:
        served.terminate()
        served.communicate(timeout=30)


@pytest.fixture
def foreign_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a package ``worker`` and a module ``numpy`` that are not ours.

    If a process imports one of them, there is a file ``imported``.
    """
    folder = tmp_path / "current"
    (folder / "worker" / "embedded").mkdir(parents=True)
    for name in ("worker/__init__.py", "worker/__main__.py", "worker/embedded/__init__.py", "numpy.py"):
        (folder / name).write_text(_FOREIGN.format(mark=str(folder / "imported")))
    monkeypatch.chdir(folder)
    return folder
