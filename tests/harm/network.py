"""A separate network for a test that drops packets without an answer, as with a pulled cable."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_CLONE_NEWNET = 0x40000000


@contextmanager
def own_network() -> Iterator[None]:
    """Move this thread and the processes it starts into an empty network with a loopback; skip if that fails."""
    if os.geteuid() != 0 or not shutil.which("iptables") or not shutil.which("ip"):
        pytest.skip("dropping packets requires root, iptables and ip")
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.unshare(_CLONE_NEWNET):
            pytest.skip(f"this machine allows no separate network ({os.strerror(ctypes.get_errno())})")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            if libc.setns(before, _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "the test can't go back to the machine's network")
    finally:
        os.close(before)


@contextmanager
def dropped(port: int, *, answers_only: bool = False) -> Iterator[None]:
    """Drop the packets to and from a port inside the block; with ``answers_only`` only those from the server."""
    sides = ["--sport"] if answers_only else ["--sport", "--dport"]
    rules = [["INPUT", "--protocol", "tcp", side, str(port), "--jump", "DROP"] for side in sides]
    try:
        for rule in rules:
            _iptables("--append", *rule)
        yield
    finally:
        for rule in rules:
            _iptables("--delete", *rule)


def _iptables(*words: str) -> None:
    done = subprocess.run(["iptables", "--wait", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine can't drop packets: {done.stderr.strip()}")
