"""Run our commands as child processes, restart those that exit, and stop all of them together."""

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
from worker.process.own_command import own_command, own_path
from worker.process.secret_files import secret_files
from worker.settings import Settings
from worker.settings.unknown_variables import unknown_variables

logger = log.get(__name__)

#: A child gets this long to finish the files that it holds; other workers process the rest.
GRACE_SECONDS = 30
#: A child that keeps exiting is restarted after longer and longer pauses, up to this one.
LONGEST_PAUSE_SECONDS = 15.0
#: Settings that a child gets from ours besides the addresses; it reads the others itself.
_PASSED_SETTINGS = ("data_dir", "inbox", "archive", "quarantine", "settle_seconds", "log_level")
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Let the kernel send this process the signal ``number`` when its parent dies, so that no child is left behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def start(settings: Settings, arguments: Sequence[str], output: BinaryIO | None = None) -> subprocess.Popen[bytes]:
    """Start ``copydesk ARGUMENTS`` in a new session, so that Ctrl-C reaches only the parent.

    Its output goes to our stderr, or to the file ``output``.
    """
    variables = {f"COPYDESK_{name.upper()}": str(getattr(settings, name)) for name in _PASSED_SETTINGS}
    secrets = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    if "web" in arguments:
        secrets["COPYDESK_WEB_TOKEN"] = settings.web_token
    if "stream" in arguments:
        secrets["COPYDESK_STREAM_PASSWORD"] = settings.stream_password
    unknown = unknown_variables()  # reported once, by this process
    with secret_files(secrets) as inherited:
        environment = {name: value for name, value in inherited.environment.items() if name not in unknown}
        return subprocess.Popen(  # noqa: S603  our own command
            own_command("worker", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output or sys.stderr,
            stderr=output,
            env=environment | own_path(environment) | variables,
            pass_fds=inherited.descriptors,
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
    settings: Settings, commands: Sequence[Sequence[str]], stopping: threading.Event, output: BinaryIO | None = None
) -> None:
    """Run all ``commands`` until ``stopping``, and restart one that exits. For ``output`` see `start`."""
    children = [_Child(arguments, start(settings, arguments, output)) for arguments in commands]
    try:
        while not stopping.wait(0.2):
            for child in children:
                _restart_if_ended(settings, child, output)
    finally:
        stop([child.process for child in children])


def _restart_if_ended(settings: Settings, child: _Child, output: BinaryIO | None) -> None:
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
        child.process, child.started, child.due = start(settings, child.arguments, output), now, 0.0
