"""Runs commands of ours as child processes, starts again what exits, and takes all of them down together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from worker.process import log
from worker.settings import Settings

logger = log.get(__name__)

#: A child gets this long to finish what it holds; what it had not finished then is taken up by others.
GRACE_SECONDS = 30
#: A child that keeps exiting is started again after longer and longer pauses, up to this one.
LONGEST_PAUSE_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Let the kernel end this process when its parent is killed, so that none is left behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def start(settings: Settings, arguments: Sequence[str], told: BinaryIO | None = None) -> subprocess.Popen[bytes]:
    """Start ``copydesk ARGUMENTS`` on the same servers, in a session of its own: Ctrl-C is for the parent to handle.

    What it tells goes to our stderr, or to the file ``told``.
    """
    urls = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    return subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "worker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=told or sys.stderr,
        stderr=told,
        env=os.environ | urls | {"COPYDESK_DATA_DIR": str(settings.data_dir)},
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509  one prctl call, no locks taken
    )


def stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask children to finish, wait, and kill those that do not."""
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
    child: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    pause: float = 0.0
    due: float = 0.0


def keep_running(
    settings: Settings, commands: Sequence[Sequence[str]], stopping: threading.Event, told: BinaryIO | None = None
) -> None:
    """Run all ``commands`` until ``stopping``; one that exits is started again. For ``told`` see ``start``."""
    kept = [_Child(arguments, start(settings, arguments, told)) for arguments in commands]
    try:
        while not stopping.wait(0.2):
            for one in kept:
                _restart(settings, one, told)
    finally:
        stop([one.child for one in kept])


def _restart(settings: Settings, one: _Child, told: BinaryIO | None) -> None:
    if one.child.poll() is None:
        return
    now = time.monotonic()
    if not one.due:
        one.pause = 0.5 if now - one.started > 60 else min(max(one.pause * 2, 0.5), LONGEST_PAUSE_SECONDS)
        one.due = now + one.pause
        logger.warning(
            "a part of the service ended, starting it again", part=one.arguments[0], code=one.child.returncode
        )
    elif now >= one.due:
        one.child, one.started, one.due = start(settings, one.arguments, told), now, 0.0
