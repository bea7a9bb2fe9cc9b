"""A lost machine is restored with the exact commands of docs/how-to/back-up.md, and the service continues."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from tests.acceptance.processes import ROOT, Installation, running, until
from tests.harm.oracle import Deliveries, judge, unfinished
from worker import embedded
from worker.store.locks import lock_placement

pytestmark = [pytest.mark.harm, pytest.mark.waits]

QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}


def documented(mark: str) -> str:
    """Return the commands of the page after a mark."""
    page = (ROOT / "docs/how-to/back-up.md").read_text("utf-8")
    [commands] = re.findall(rf"<!-- {mark} -->\n```sh\n(.*?)```", page, re.DOTALL)
    return str(commands)


def do(desk: Installation, commands: str, folder: Path) -> None:
    """Run commands in a folder."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=folder,
        env=desk.variables | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def on(desk: Path, servers: embedded.Servers) -> Installation:
    """Return the installation on these servers, with addresses as people write them."""
    urls = {"DATABASE_URL": servers.database_url.replace("+psycopg", ""), "REDIS_URL": servers.redis_url}
    return Installation(desk, QUICK | urls)


def stories(desk: Installation) -> dict[str, int]:
    """Return the story of each article by its source."""
    rows = map(json.loads, desk.run("export", "articles", "--format", "jsonl").splitlines())
    return {row["source_path"]: row["story_id"] for row in rows}


def test_a_lost_machine_is_restored(tmp_path: Path) -> None:
    """A backup during processing is restored on empty servers: every accepted file gets its outcome."""
    data, backup = tmp_path / "desk", tmp_path / "safe"
    backup.mkdir()
    with embedded.servers(tmp_path / "servers") as servers:
        desk = on(data, servers)
        deliveries = Deliveries(desk)
        desk.json("migrate")
        with running(desk, "up"):
            deliveries.send(20)
            until(lambda: not unfinished(desk), "the first files are done")
            before = stories(desk)
            engine = create_engine(servers.database_url, poolclass=NullPool)  # a pool would keep the connection open
            with engine.begin() as connection:
                lock_placement(connection)  # so that workers hold files during the backup, however fast they are
                deliveries.send(60)
                until(lambda: not any(desk.inbox.glob("*.txt")), "all are accepted")
                do(desk, documented("back up"), backup)
            deliveries.send(10)  # lost with the machine, because they are not in the backup
    shutil.rmtree(data)
    with embedded.servers(tmp_path / "others") as servers:
        desk = on(data, servers)
        deliveries.desk = desk
        do(desk, documented("restore"), backup)
        left = unfinished(desk)
        assert before.items() <= stories(desk).items()
        with running(desk, "up"):
            deliveries.send_again()
            result = judge(desk, deliveries, 240)
        assert before.items() <= stories(desk).items()
    print(f"\n{result}, {left} were being processed at the time of the backup")  # noqa: T201
    assert result.clean
    assert left
