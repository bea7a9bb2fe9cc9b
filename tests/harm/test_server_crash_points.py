"""A crash before and after each step of starting and stopping the embedded servers leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation, left_behind
from worker import embedded
from worker.embedded.daemon import STOP_SECONDS, Daemon

pytestmark = pytest.mark.harm

#: The steps of a user of the servers, in order: the place of the function, and which of its calls.
STEPS = [
    ("folder.Folder.in_use", 1),
    ("postgres._create", 1),
    ("postgres.start", 1),
    ("daemon.Daemon.launch", 1),
    ("daemon.Daemon.launch", 2),
    ("daemon.Daemon.launch", 3),
    ("daemon.subprocess.Popen", 1),
    ("daemon.subprocess.Popen", 2),
    ("daemon.subprocess.Popen", 3),
    ("valkey._configure", 1),
    ("valkey.start", 1),
    ("valkey.stop", 1),
    ("postgres.stop", 1),
    ("keeper.stop", 1),
    ("daemon.Daemon.forget", 1),
    ("daemon.Daemon.forget", 2),
    ("daemon.Daemon.forget", 3),
]
#: A process that uses the servers and kills itself ``before`` or ``after`` a call of a function.
_PROGRAM = """
import os, signal, sys
from pathlib import Path
from worker import embedded
from worker.embedded import daemon, folder, keeper, postgres, valkey

place, when, number, data = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
owner = {"daemon": daemon, "folder": folder, "keeper": keeper, "postgres": postgres, "valkey": valkey}
*path, name = place.split(".")
target = owner[path[0]]
for part in path[1:]:
    target = getattr(target, part)
function, calls = getattr(target, name), 0

def crash(*arguments, **options):
    global calls
    calls += 1
    if when == "before" and calls == number:
        os.kill(os.getpid(), signal.SIGKILL)
    result = function(*arguments, **options)
    if calls == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(target, name, crash)
with embedded.servers(data):
    pass
"""


def until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds; a server that does not heed a signal gets the next one after a minute."""
    deadline = time.monotonic() + 2 * STOP_SECONDS + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("place", "call"), STEPS)
def test_a_crash_at_a_step_leaves_no_process(place: str, call: int, when: str, tmp_path: Path) -> None:
    """All servers end by themselves after a kill at this step, and the next user can start them."""
    installation = Installation(tmp_path / "data")
    command = [sys.executable, "-P", "-c", _PROGRAM, place, when, str(call), str(installation.data)]
    died = subprocess.run(command, env=installation.variables, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-3000:]
    folder = installation.data / "servers"
    until(lambda: not [name for name in ("keeper", "postgres", "valkey") if Daemon(folder, name).alive()])
    with embedded.servers(installation.data):
        pass
    assert [pid for pid in left_behind(installation) if pid != os.getpid()] == []
