"""The whole stack by docker compose: brought up as the README says, fed, killed, scaled, taken down and up again."""

import contextlib
import json
import os
import random
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.compose

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("COPYDESK_SHARED", ROOT.parent / "shared"))
ONE_SHOT = {"migrate", "prepare"}
#: What a person would wait for: seconds from dropped files to stories.
PATIENCE = 30.0


def _engine_answers() -> bool:
    try:
        return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0 and (
            subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        return False


class Stack:
    """One project of docker compose with an inbox of its own."""

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
        """Run ``docker compose`` and return its stdout; what went wrong stands in the failure."""
        command = ["docker", "compose", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-4000:]}"
        return done.stdout

    def up(self, *arguments: str) -> None:
        """Bring everything up as the README does, and show the last words of what did not come."""
        try:
            self.compose("up", "-d", "--wait", *arguments)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.compose('logs', '--no-color', '--tail', '30')}") from None

    def containers(self) -> list[dict[str, Any]]:
        """Return what the engine knows of every container of the project, also of those that ended."""
        ids = self.compose("ps", "-a", "-q").split()
        found = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True)
        answer: list[dict[str, Any]] = json.loads(found.stdout)
        return answer

    def copydesk(self, *arguments: str) -> str:
        """Run a command of Copydesk in the watcher's container."""
        return self.compose("exec", "-T", "watcher", "copydesk", *arguments)

    def stories(self) -> list[dict[str, Any]]:
        """Return all stories."""
        found: list[dict[str, Any]] = json.loads(self.copydesk("stories", "--json"))
        return found

    def files(self) -> list[dict[str, Any]]:
        """Return the ledger."""
        found: list[dict[str, Any]] = json.loads(self.copydesk("files", "--json"))
        return found

    def articles(self) -> list[dict[str, Any]]:
        """Return all articles with their stories."""
        return [json.loads(line) for line in self.copydesk("export", "articles").splitlines()]

    def drop(self, *paths: Path) -> None:
        """Put copies of files into the inbox."""
        for path in paths:
            shutil.copy(path, self.inbox)

    def drop_made_up(self, numbers: range) -> None:
        """Put in as many different articles, of words of no language, as ``numbers`` has."""
        for number in numbers:
            draw = random.Random(number)
            words = ["".join(draw.choices("aeioulmnrst", k=draw.randint(3, 9))) for _ in range(150)]
            (self.inbox / f"made-up-{number:04}.txt").write_text(f"{' '.join(words).capitalize()}.\n")

    def settled(self, files: int) -> Callable[[], bool]:
        """Return the question whether so many files came in and all have their outcome."""

        def answer() -> bool:
            states = [file["state"] for file in self.files()]
            return len(states) == files and set(states) <= {"done", "quarantined"}

        return answer


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Ask again and again until it holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:.0f} s"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Bring the stack up under a name of its own; take every container, volume and image of it away afterwards."""
    if not _engine_answers():
        pytest.skip(
            "no Docker engine with compose answers: install one, or start the stand-in and export its DOCKER_HOST"
        )
    stack = Stack(tmp_path_factory.mktemp("compose") / "inbox")
    stack.inbox.mkdir()
    try:
        stack.up("--build")
        yield stack
    finally:
        with contextlib.suppress(AssertionError):
            stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
        subprocess.run(["docker", "image", "rm", f"copydesk:{stack.name}"], capture_output=True, check=False)


def test_it_comes_up_well(stack: Stack) -> None:
    """After ``up --wait`` the one-shots have ended without a fault and every other container is healthy."""
    for container in stack.containers():
        state, service = container["State"], container["Config"]["Labels"]["com.docker.compose.service"]
        if service in ONE_SHOT:
            assert (service, state["Status"], state["ExitCode"]) == (service, "exited", 0)
        else:
            assert (service, state["Health"]["Status"]) == (service, "healthy")


def test_nobody_has_more_rights_than_the_work_takes(stack: Stack) -> None:
    """Only the one-shot that hands files over is root; nobody writes to its image or grows without bound."""
    for container in stack.containers():
        host, service = container["HostConfig"], container["Config"]["Labels"]["com.docker.compose.service"]
        root = container["Config"]["User"].split(":")[0] in {"", "0", "root"}
        assert root == (service == "prepare"), service
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert bool(host["CapAdd"]) == (service == "prepare"), service
        assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"]), service
        assert host["Memory"] > 0, service
        assert host["PidsLimit"] > 0, service
        assert host["LogConfig"]["Config"]["max-size"], service


def test_only_the_web_pages_can_be_reached_and_only_from_here(stack: Stack) -> None:
    """No container but web publishes a port, and that one on the loopback; a foreign name for it is not answered."""
    for container in stack.containers():
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        published = [binding for bindings in container["HostConfig"]["PortBindings"].values() for binding in bindings]
        assert bool(published) == (service == "web"), service
        assert all(binding["HostIp"] == "127.0.0.1" for binding in published), service
    pages = f"http://{stack.compose('port', 'web', '8000').strip()}/"
    with urllib.request.urlopen(pages, timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(urllib.request.Request(pages, headers={"Host": "elsewhere.example"}), timeout=10)


def test_passwords_stand_in_files_only(stack: Stack) -> None:
    """No secret stands in a container's environment or command, and each is read only by who needs it."""
    found = stack.compose("exec", "-T", "postgres", "cat", "/run/copydesk/owner.password")
    service = stack.compose("exec", "-T", "worker", "cat", "/run/copydesk/service.password")
    token = stack.compose("exec", "-T", "web", "cat", "/run/copydesk/web.token")
    assert len(found) == len(service) == len(token) == 32
    told = json.dumps([[c["Config"]["Env"], c["Config"]["Cmd"], c["Config"]["Entrypoint"]] for c in stack.containers()])
    assert not [secret for secret in (found, service, token) if secret in told]
    for secret in ("owner.password", "web.token"):
        with pytest.raises(AssertionError, match="Permission denied"):
            stack.compose("exec", "-T", "worker", "cat", f"/run/copydesk/{secret}")


def test_the_service_owns_nothing(stack: Stack) -> None:
    """The role of the service may neither make, change nor empty a table; the queue's user may not empty the queue."""
    attempt = """
import psycopg, redis
from worker.settings import load
settings = load()
url = settings.database_url.replace("+psycopg", "")
for statement in ("CREATE TABLE mine (a int)", "TRUNCATE files", "DROP TABLE files", "CREATE ROLE mine"):
    with psycopg.connect(url) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            print("refused")
try:
    redis.Redis.from_url(settings.redis_url).flushall()
except redis.exceptions.NoPermissionError:
    print("refused")
"""
    assert stack.compose("exec", "-T", "worker", "python", "-", stdin=attempt).split() == ["refused"] * 5


def test_dropped_files_become_stories(stack: Stack) -> None:
    """The seeds are the stories that expected.json tells within 30 seconds, and have left the inbox."""
    expected = json.loads((ROOT / "seeds" / "expected.json").read_text())
    stack.drop(*(ROOT / "seeds" / name for name in expected["files"]))
    until(stack.settled(expected["totals"]["files"]))
    assert len(stack.stories()) == expected["totals"]["stories"]
    found = {Path(article["source_path"]).name: article["story_id"] for article in stack.articles()}
    wanted = {name: what["story"] for name, what in expected["files"].items() if "story" in what}
    same = {(one, other) for one in wanted for other in wanted if wanted[one] == wanted[other]}
    assert {(one, other) for one in wanted for other in wanted if found[one] == found[other]} == same
    assert list(stack.inbox.iterdir()) == []


def test_every_format_is_read(stack: Stack) -> None:
    """The image holds the readers that are extras of the package."""
    before = len(stack.files())
    stack.drop(*(ROOT / "tests" / "golden" / "formats" / name for name in ("columns.pdf", "lines.jsonl.zst")))
    until(stack.settled(before + 2))
    assert {file["state"] for file in stack.files()[:2]} == {"done"}


def test_five_real_files_are_one_story(stack: Stack) -> None:
    """Five versions of one real dispatch, where they are at hand, become one story within 30 seconds."""
    real = sorted((SHARED / "seeds").glob("*.txt"))
    if not real:
        pytest.skip("the real files are not beside this checkout")
    stories, files = len(stack.stories()), len(stack.files())
    stack.drop(*real)
    until(stack.settled(files + len(real)))
    assert len(stack.stories()) == stories + 1


def test_a_killed_worker_loses_nothing(stack: Stack) -> None:
    """Files arrive, the worker's container is killed in the middle and started again: each file is done, each once."""
    before = len(stack.files())
    stack.drop_made_up(range(150))
    until(lambda: len(stack.files()) > before)
    stack.compose("kill", "worker")
    stack.drop_made_up(range(150, 300))
    stack.up()
    until(stack.settled(before + 300), 120)
    made_up = [article for article in stack.articles() if "made-up" in article["source_path"]]
    assert len(made_up) == 300
    assert len({article["source_path"] for article in made_up}) == 300


def test_more_workers_by_one_option(stack: Stack) -> None:
    """``--scale worker=2`` gives two healthy workers, and what is dropped then is done."""
    before = len(stack.files())
    stack.up("--scale", "worker=2")
    assert len(stack.compose("ps", "-q", "worker").split()) == 2
    stack.drop_made_up(range(300, 400))
    until(stack.settled(before + 100))


def test_down_and_up_keeps_all(stack: Stack) -> None:
    """Taken down and brought up again, the stack shows the same stories and takes new files."""
    stories, files = stack.stories(), len(stack.files())
    stack.compose("down")
    stack.up()
    assert stack.stories() == stories
    stack.drop_made_up(range(400, 401))
    until(stack.settled(files + 1))
