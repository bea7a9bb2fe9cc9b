"""Find the archive of a command, and others nearby: a command in the wrong folder finds no archive."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the import takes a tenth of a second, which `--help` and Tab need not pay
    from worker.settings import Settings

#: Entries of a folder that are looked at: one with more is no place where people keep projects.
_MOST_ENTRIES = 200
#: Archives that a message names.
_MOST_NAMED = 2


def has_servers(data_dir: Path) -> bool:
    """Return whether embedded servers were created in this data folder, also if another user owns them."""
    try:
        return (data_dir / "servers" / "postgres").exists()
    except PermissionError:
        return True


def no_archive(settings: "Settings") -> str:
    """Return what to say to a command that needs an archive where there is none."""
    return (
        f"There is no archive in {settings.data_dir}. {_others(settings)}Run the command in the folder where Copydesk "
        "runs, or set COPYDESK_DATA_DIR; to create an archive here: copydesk up, copydesk ingest or copydesk migrate."
    )


def new_archive(settings: "Settings") -> str:
    """Return what to say when an archive is created."""
    return f"A new archive is created in {settings.data_dir}. {_others(settings)}".rstrip()


def _others(settings: "Settings") -> str:
    near = list(_near(settings.data_dir))
    sentences = [f"There is one in {other}: to use it, set COPYDESK_DATA_DIR={other}. " for other in near]
    return "".join(sentences[:_MOST_NAMED])


def _near(data_dir: Path) -> Iterator[Path]:
    """Yield other data folders: above this one, in the home folder, below and next to the folder of the command.

    Only for the default folder, which depends on where the command runs: another one was named on purpose.
    """
    if os.environ.get("COPYDESK_DATA_DIR"):
        return
    here = data_dir.parent
    seen = {data_dir}
    for folder in _candidates(here, data_dir.name):
        if folder not in seen and os.path.exists(folder / "servers" / "postgres"):  # noqa: PTH110  no error if unreadable
            seen.add(folder)
            yield folder


def _candidates(here: Path, name: str) -> Iterator[Path]:
    for folder in (here, *here.parents):
        yield folder  # the command runs inside a data folder
        yield folder / name
    yield Path.home() / name
    for folder in (here, here.parent):
        yield from (child / name for child in _entries(folder))


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in islice(entries, _MOST_ENTRIES))
    except OSError:
        return []
