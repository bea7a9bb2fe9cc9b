"""Disks run full and the inbox disappears: there is a clear message, nothing is lost, and processing continues."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation, running, until
from tests.harm.oracle import Deliveries, judge, unfinished
from worker import embedded

pytestmark = [
    pytest.mark.harm,
    pytest.mark.waits,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system"),
]

QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Mount a file system of ``size`` at a folder; yield a function that changes its size."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine allows no mount")

    def resize(to: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={to}", folder], check=True)

    try:
        yield resize
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk with one file; return its path."""
    ballast = folder / ".ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


@pytest.mark.parametrize("folder", ["archive", "inbox", "quarantine"])
def test_a_folder_is_full_for_a_while(tmp_path: Path, folder: str) -> None:
    """While archive, inbox or quarantine is full nothing is lost; afterwards every file gets its outcome."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with small_disk(desk.data / folder, "3m"), embedded.servers(desk.data), running(desk, "up"):
        deliveries.send(10)
        until(lambda: not unfinished(desk), "the first files are done")
        if folder == "inbox":  # a sender gets the system's error; delivered files are safe
            deliveries.send(10)
        ballast = fill(desk.data / folder)
        if folder != "inbox":
            deliveries.send(10)
        if folder == "archive":
            until(lambda: "No space left on device" in (desk.data / "up.test.log").read_text(), "it is reported")
            assert unfinished(desk) == 40
        ballast.unlink()
        result = judge(desk, deliveries, 60)
    assert result.clean


def test_the_databases_disk_is_full_for_a_while(tmp_path: Path) -> None:
    """Postgres can't write and may stop: files wait; afterwards processing continues and no file is processed twice."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with small_disk(desk.data / "servers", "160m"), embedded.servers(desk.data), running(desk, "up"):
        deliveries.send(10)
        until(lambda: not unfinished(desk), "the first files are done")
        ballast = fill(desk.data / "servers")
        deliveries.send(150)
        with suppress(AssertionError):
            until(lambda: not unfinished(desk), "this can't happen, since the disk is full", 12)
        ballast.unlink()
        result = judge(desk, deliveries, 120)
    assert result.clean


def test_the_inbox_is_gone_for_a_while(tmp_path: Path) -> None:
    """A missing inbox is reported; when it is back its files are accepted."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), running(desk, "up"):
        until(desk.inbox.is_dir, "the service has created its inbox")
        deliveries.send(5)
        until(lambda: not unfinished(desk), "the first files are done")
        desk.inbox.rename(tmp_path / "away")
        until(lambda: "is gone. Is its disk mounted?" in (desk.data / "up.test.log").read_text(), "it is reported")
        (tmp_path / "away").rename(desk.inbox)
        deliveries.send(5)
        result = judge(desk, deliveries, 60)
    assert result.clean
