"""What an installation holds, and its backup written to a file and restored from one."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests.integration.delivery import rows
from worker.operations.backup import back_up
from worker.operations.restore import restore
from worker.settings import Settings
from worker.store import backup as store


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables that a backup holds, without the epochs."""
    return {
        table: sorted(map(tuple, rows(engine, f"SELECT {table}::text FROM {table}")))  # noqa: S608
        for table in store.TABLES
        if table != "feed_epochs"
    }


def stored(settings: Settings) -> dict[str, bytes]:
    """Return the bytes of every file in archive and quarantine by its path."""
    folders = (settings.archive_folder, settings.quarantine)
    paths = [(folder, path) for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {f"{folder.name}/{path.relative_to(folder)}": path.read_bytes() for folder, path in paths}


def silent(_kind: str, _done: int, _total: int) -> None:
    """Ignore the progress."""


def backed_up(settings: Settings, engine: Engine, target: Path) -> Path:
    """Write a backup to a file."""
    with target.open("wb") as out:
        back_up(settings, engine, out, silent)
    return target


def restored(empty: tuple[Settings, Engine], source: Path) -> None:
    """Restore a file."""
    with source.open("rb") as opened:
        restore(*empty, opened, silent)
