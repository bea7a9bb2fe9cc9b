"""A docker compose project as a user runs it: started, fed, read by its commands."""

import copy
import json
import os
import random
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ONE_SHOT = {"migrate", "prepare"}
#: Seconds from delivered files to stories that a user would accept.
PATIENCE = 30.0


def engine_answers() -> bool:
    """Return whether a Docker engine with compose answers."""
    try:
        return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0 and (
            subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        return False


class Stack:
    """A docker compose project with a separate inbox."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.name = f"copydesk-test-{secrets.token_hex(4)}"
        self._environment = os.environ | {
            "COMPOSE_PROJECT_NAME": self.name,
            "COPYDESK_TAG": self.name,
            "COPYDESK_INBOX_FOLDER": str(inbox),
            "COPYDESK_WEB_PORT": "0",
        }

    def compose(self, *arguments: str, stdin: str = "") -> str:
        """Run ``docker compose`` and return its stdout; a failure shows its stderr."""
        command = ["docker", "compose", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-4000:]}"
        return done.stdout

    def run(self, command: str) -> None:
        """Run a documented shell command, with the files that it names in the folder of the inbox."""
        environment = self._environment | {"COMPOSE_FILE": str(ROOT / "docker-compose.yml")}
        shell = ["sh", "-euc", command]
        done = subprocess.run(shell, cwd=self.inbox.parent, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr[-4000:]!r}"

    def use_image_of(self, other: "Stack") -> None:
        """Use the image that another stack has built."""
        self._environment["COPYDESK_TAG"] = other.name

    def with_settings(self, **settings: str) -> "Stack":
        """Return the same stack with other variables of the environment."""
        other = copy.copy(self)
        other._environment = self._environment | settings
        return other

    def up(self, *arguments: str) -> None:
        """Start everything as in the README; a failure shows the last log lines."""
        try:
            self.compose("up", "-d", "--wait", *arguments)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.compose('logs', '--no-color', '--tail', '30')}") from None

    def containers(self) -> list[dict[str, Any]]:
        """Return what the engine reports about every container of the project, including stopped containers."""
        ids = self.compose("ps", "-a", "-q").split()
        inspected = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True)
        containers: list[dict[str, Any]] = json.loads(inspected.stdout)
        return containers

    def lasting(self) -> list[dict[str, Any]]:
        """Return the containers that run for as long as the stack does."""
        return [c for c in self.containers() if c["Config"]["Labels"]["com.docker.compose.service"] not in ONE_SHOT]

    def copydesk(self, *arguments: str) -> str:
        """Run a Copydesk command in the watcher's container."""
        return self.compose("exec", "-T", "watcher", "copydesk", *arguments)

    def stories(self) -> list[dict[str, Any]]:
        """Return all stories."""
        rows: list[dict[str, Any]] = json.loads(self.copydesk("stories", "--json"))
        return rows

    def files(self) -> list[dict[str, Any]]:
        """Return the ledger."""
        rows: list[dict[str, Any]] = json.loads(self.copydesk("files", "--json"))
        return rows

    def articles(self) -> list[dict[str, Any]]:
        """Return all articles with their stories."""
        return [json.loads(line) for line in self.copydesk("export", "articles").splitlines()]

    def drop(self, *paths: Path) -> None:
        """Put copies of files into the inbox."""
        for path in paths:
            shutil.copy(path, self.inbox)

    def drop_generated(self, numbers: range) -> None:
        """Deliver a different article of invented words for each of ``numbers``."""
        for number in numbers:
            draw = random.Random(number)
            words = ["".join(draw.choices("aeioulmnrst", k=draw.randint(3, 9))) for _ in range(150)]
            (self.inbox / f"generated-{number:04}.txt").write_text(f"{' '.join(words).capitalize()}.\n")

    def settled(self, files: int) -> Callable[[], bool]:
        """Return a check that ``files`` files were delivered and all have an outcome."""

        def answer() -> bool:
            states = [file["state"] for file in self.files()]
            return len(states) == files and set(states) <= {"done", "quarantined"}

        return answer


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Call ``true`` repeatedly until it returns true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:.0f} s"
