"""Hosts of their own on one machine: network namespaces at a bridge, with a read-only disk and a small tmpfs.

What a host shares with the others is what it reaches over the bridge: Postgres, Redis and the bucket. Its cable can be
pulled: packets are lost without an answer.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.processes import PATIENCE_SECONDS

#: Where the servers are, as the hosts see it.
SERVERS = "10.77.0.1"
#: All that a host may write, in megabytes.
_TMPFS_MB = 50
#: Mounts of its own: nothing can be written but the folder that is the first argument.
_READ_ONLY = (
    "mount --make-rprivate / && mount -o remount,bind,ro / && "
    f'mount -t tmpfs -o size={_TMPFS_MB}m tmpfs "$0" && exec "$@"'
)


def _ip(*words: object) -> None:
    done = subprocess.run(["ip", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine can't connect network namespaces: {done.stderr.strip()}")


@contextmanager
def bridge() -> Iterator[None]:
    """Create the bridge in the network of this thread; servers that listen on ``SERVERS`` can be reached over it."""
    _ip("link", "add", "desk", "type", "bridge")
    _ip("addr", "add", f"{SERVERS}/24", "dev", "desk")
    _ip("link", "set", "desk", "up")
    try:
        yield
    finally:
        _ip("link", "del", "desk")


@dataclass(frozen=True)
class Host:
    """A host: its name, its cable at the bridge, the folder that it may write, and its environment."""

    name: str
    cable: str
    folder: Path
    environment: Mapping[str, str]

    def cut(self) -> None:
        """Pull the cable: packets are lost in both directions."""
        _ip("link", "set", self.cable, "down")

    def reconnect(self) -> None:
        """Plug the cable in again."""
        _ip("link", "set", self.cable, "up")

    @contextmanager
    def running(self, *arguments: str) -> Iterator[None]:
        """Run ``copydesk ARGUMENTS`` on this host, started again whenever it ends, as by a supervisor."""
        command = [sys.executable, "-P", "-m", "worker", *arguments]
        restarting = [
            "sh",
            "-c",
            'trap "kill \\$!; wait; exit 0" TERM; while :; do "$@" & wait $!; sleep 1; done',
            "sh",
        ]
        own = ["ip", "netns", "exec", self.name, "unshare", "--mount", "sh", "-c", _READ_ONLY, str(self.folder)]
        log = self.folder.with_suffix(f".{arguments[0]}.log")
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*own, *restarting, *command],
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield
        except BaseException:
            print(f"{log}:\n{log.read_text('utf-8', 'replace')[-4000:]}")  # noqa: T201  shown with the failing test
            raise
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


@contextmanager
def host(number: int, folder: Path, environment: Mapping[str, str]) -> Iterator[Host]:
    """Create a host with an address of its own at the bridge; it may write below ``folder`` only."""
    name, cable = f"desk-{folder.parent.parent.name[-20:]}-{number}", f"cable{number}"
    own = folder / f"host{number}"
    own.mkdir(parents=True)
    _ip("netns", "add", name)
    try:
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", cable, "master", "desk", "up")
        _ip("-netns", name, "addr", "add", f"10.77.0.{10 + number}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            _ip("-netns", name, "link", "set", device, "up")
        places = dict.fromkeys(("COPYDESK_DATA_DIR", "TMPDIR", "HOME"), str(own))
        yield Host(name, cable, own, {**environment, **places})
    finally:
        _ip("netns", "del", name)
