"""The whole stack with docker compose: started as in the README, fed, killed, scaled, stopped and started again."""

import json
import os
import re
import shutil
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.acceptance.stack import ONE_SHOT, ROOT, Stack, until

pytestmark = pytest.mark.compose

SHARED = Path(os.environ.get("COPYDESK_SHARED", ROOT.parent / "shared"))
#: The group of the service in the image.
_SERVICE_GROUP = 10001


def test_the_stack_starts(stack: Stack) -> None:
    """After ``up --wait`` the one-shot containers have ended with exit code 0 and all others are healthy."""
    for container in stack.containers():
        state, service = container["State"], container["Config"]["Labels"]["com.docker.compose.service"]
        if service in ONE_SHOT:
            assert (service, state["Status"], state["ExitCode"]) == (service, "exited", 0)
        else:
            assert (service, state["Health"]["Status"]) == (service, "healthy")


def test_one_image_is_built_once(stack: Stack) -> None:
    """All parts of Copydesk run the same image, which only one service builds."""
    configured = json.loads(stack.compose("config", "--format", "json"))["services"]
    assert [name for name, service in configured.items() if "build" in service] == ["prepare"]
    images = {
        container["Image"]
        for container in stack.containers()
        if container["Config"]["Image"] == f"copydesk:{stack.name}"
    }
    assert len(images) == 1


def test_the_inbox_is_not_writable_for_all(stack: Stack) -> None:
    """The service may write to the inbox through its group; the owner stays, and other users get no right."""
    status = stack.inbox.stat()
    assert status.st_uid == os.getuid()
    assert status.st_gid == _SERVICE_GROUP
    assert stat.S_IMODE(status.st_mode) & stat.S_IWOTH == 0
    assert stat.S_IMODE(status.st_mode) & (stat.S_IRWXG | stat.S_ISGID) == stat.S_IRWXG | stat.S_ISGID


def test_the_log_names_the_published_port(stack: Stack) -> None:
    """The log says where the pages are on this machine; the port in the container is not mentioned as an address."""
    said = stack.compose("logs", "--no-color", "web")
    assert "The pages are at a port that Docker has chosen" in said
    assert "8000" not in said.replace("docker compose port web 8000", "")
    settings = "from worker.settings import load; print(load().web_url)"
    command = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "python", "web", "-c", settings)
    assert stack.with_settings(COPYDESK_WEB_PORT="8091").compose(*command).strip() == "http://127.0.0.1:8091/"


def test_containers_have_the_least_privileges(stack: Stack) -> None:
    """Only the one-shot that changes file owners is root; every image is read-only, and memory and logs are limited."""
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


def test_only_the_web_port_is_published_and_only_locally(stack: Stack) -> None:
    """Only the web container publishes a port, on the loopback address, and a foreign host name is refused."""
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


def test_passwords_are_in_files_only(stack: Stack) -> None:
    """No secret is in a container's environment or command, and only the services that need a secret can read it."""
    owner = stack.compose("exec", "-T", "postgres", "cat", "/run/copydesk/owner.password")
    service = stack.compose("exec", "-T", "worker", "cat", "/run/copydesk/service.password")
    token = stack.compose("exec", "-T", "web", "cat", "/run/copydesk/web.token")
    assert len(owner) == len(service) == len(token) == 32
    shown = json.dumps(
        [[c["Config"]["Env"], c["Config"]["Cmd"], c["Config"]["Entrypoint"]] for c in stack.containers()]
    )
    assert not [secret for secret in (owner, service, token) if secret in shown]
    for secret in ("owner.password", "web.token"):
        with pytest.raises(AssertionError, match="Permission denied"):
            stack.compose("exec", "-T", "worker", "cat", f"/run/copydesk/{secret}")


def test_the_service_role_owns_nothing(stack: Stack) -> None:
    """The role of the service can't create, truncate or drop a table; the user of the queue can't flush the queue."""
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


def test_delivered_files_become_stories(stack: Stack) -> None:
    """Within 30 seconds the seeds become the stories in expected.json and leave the inbox."""
    expected = json.loads((ROOT / "seeds" / "expected.json").read_text())
    stack.drop(*(ROOT / "seeds" / name for name in expected["files"]))
    until(stack.settled(expected["totals"]["files"]))
    assert len(stack.stories()) == expected["totals"]["stories"]
    story_of = {Path(article["source_path"]).name: article["story_id"] for article in stack.articles()}
    wanted = {name: what["story"] for name, what in expected["files"].items() if "story" in what}
    same = {(a, b) for a in wanted for b in wanted if wanted[a] == wanted[b]}
    assert {(a, b) for a in wanted for b in wanted if story_of[a] == story_of[b]} == same
    assert list(stack.inbox.iterdir()) == []


def test_every_format_is_read(stack: Stack) -> None:
    """The image includes the readers that are optional extras of the package."""
    before = len(stack.files())
    stack.drop(*(ROOT / "tests" / "golden" / "formats" / name for name in ("columns.pdf", "lines.jsonl.zst")))
    until(stack.settled(before + 2))
    assert {file["state"] for file in stack.files()[:2]} == {"done"}


def test_five_real_files_are_one_story(stack: Stack) -> None:
    """Five versions of one real dispatch, if available, become one story within 30 seconds."""
    real = sorted((SHARED / "seeds").glob("*.txt"))
    if not real:
        pytest.skip("the real files are not next to this checkout")
    stories, files = len(stack.stories()), len(stack.files())
    stack.drop(*real)
    until(stack.settled(files + len(real)))
    assert len(stack.stories()) == stories + 1


def test_a_killed_worker_loses_nothing(stack: Stack) -> None:
    """If the worker's container is killed and started again in the middle, every file is processed exactly once."""
    before = len(stack.files())
    stack.drop_generated(range(150))
    until(lambda: len(stack.files()) > before)
    stack.compose("kill", "worker")
    stack.drop_generated(range(150, 300))
    stack.up()
    until(stack.settled(before + 300), 120)
    generated = [article for article in stack.articles() if "generated" in article["source_path"]]
    assert len(generated) == 300
    assert len({article["source_path"] for article in generated}) == 300


def test_scaling_starts_more_workers(stack: Stack) -> None:
    """``--scale worker=2`` adds one healthy worker, leaves every other container as it is, and both process files."""
    before = len(stack.files())
    running = {container["Id"]: container["State"]["StartedAt"] for container in stack.lasting()}
    stack.up("--scale", "worker=2")
    now = {container["Id"]: container["State"]["StartedAt"] for container in stack.lasting()}
    assert now.items() >= running.items()
    assert len(now) == len(running) + 1
    assert len(stack.compose("ps", "-q", "worker").split()) == 2
    stack.drop_generated(range(300, 400))
    until(stack.settled(before + 100))


def test_data_survives_down_and_up(stack: Stack) -> None:
    """After ``down`` and ``up`` the stack has the same stories and processes new files."""
    stories, files = stack.stories(), len(stack.files())
    stack.compose("down")
    stack.up()
    assert stack.stories() == stories
    stack.drop_generated(range(400, 401))
    until(stack.settled(files + 1))


def test_a_backup_is_restored_on_an_empty_stack(stack: Stack, tmp_path: Path) -> None:
    """The documented commands copy articles, stories and bytes to another stack, which goes on from there."""
    page = (ROOT / "docs/how-to/back-up.md").read_text("utf-8")
    [back_up] = re.findall(r"^docker compose exec -T watcher copydesk backup .*$", page, re.MULTILINE)
    [restore] = re.findall(r"^docker compose run --rm -T restore .*$", page, re.MULTILINE)
    until(lambda: all(file["state"] in {"done", "quarantined"} for file in stack.files()))
    stack.run(back_up)
    other = Stack(tmp_path / "inbox")
    other.inbox.mkdir()
    other.use_image_of(stack)
    shutil.copy(stack.inbox.parent / "copydesk.backup", tmp_path)
    try:
        other.run(restore)
        other.up()
        assert other.articles() == stack.articles()
        assert other.stories() == stack.stories()
        assert other.files() == stack.files()
        assert "All is well" in other.copydesk("check", "--deep")
        files = len(other.files())
        other.drop_generated(range(900, 901))
        until(other.settled(files + 1))
        with pytest.raises(AssertionError, match="not empty"):
            other.run(restore)
    finally:
        other.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
