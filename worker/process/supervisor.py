"""Run our commands as child processes, restart those that exit, and stop all of them together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from worker.process import log
from worker.settings import Settings

logger = log.get(__name__)

#: A child gets this long to finish the files that it holds; other workers process the rest.
GRACE_SECONDS = 30
#: A child that keeps exiting is restarted after longer and longer pauses, up to this one.
LONGEST_PAUSE_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Let the kernel send this process the signal ``number`` when its parent dies, so that no child is left behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def start(
    settings: Settings,
    arguments: Sequence[str],
    output: BinaryIO | None = None,
    variables: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``copydesk ARGUMENTS`` in a new session, so that Ctrl-C reaches only the parent.

    It gets the addresses and the data folder of ``settings`` by environment, and the other settings from where this
    process had them or from ``variables``. Its output goes to our stderr, or to the file ``output``.
    """
    addresses = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    return subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "worker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output or sys.stderr,
        stderr=output,
        env=os.environ | addresses | {"COPYDESK_DATA_DIR": str(settings.data_dir)} | (variables or {}),
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509  one prctl call, no locks taken
    )


def stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask children to stop, wait, and kill those that do not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@dataclass
class _Child:
    arguments: Sequence[str]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    pause: float = 0.0
    due: float = 0.0


def keep_running(
    settings: Settings,
    commands: Sequence[Sequence[str]],
    stopping: threading.Event,
    output: BinaryIO | None = None,
    variables: dict[str, str] | None = None,
) -> None:
    """Run all ``commands`` until ``stopping``, and restart one that exits. The other arguments are those of `start`."""

    def begin(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        return start(settings, arguments, output, variables)

    children = [_Child(arguments, begin(arguments)) for arguments in commands]
    try:
        while not stopping.wait(0.2):
            for child in children:
                _restart_if_ended(child, begin)
    finally:
        stop([child.process for child in children])


def _restart_if_ended(child: _Child, begin: Callable[[Sequence[str]], subprocess.Popen[bytes]]) -> None:
    if child.process.poll() is None:
        return
    now = time.monotonic()
    if not child.due:
        child.pause = 0.5 if now - child.started > 60 else min(max(child.pause * 2, 0.5), LONGEST_PAUSE_SECONDS)
        child.due = now + child.pause
        logger.warning(
            "a part of the service ended, starting it again", part=child.arguments[0], code=child.process.returncode
        )
    elif now >= child.due:
        child.process, child.started, child.due = begin(child.arguments), now, 0.0
