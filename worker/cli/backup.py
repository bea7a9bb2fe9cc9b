"""``copydesk backup`` and ``copydesk restore``: everything in one file, and back onto an empty installation."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_OBJECT
from worker.cli.output_file import open_output
from worker.errors import CopydeskError
from worker.operations.backup import Advance
from worker.settings import names_set

_STREAM = Path("-")


@click.command("backup", epilog="Example:  copydesk backup /safe/copydesk-monday.backup")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@JSON_OBJECT
def backup_command(target: Path, as_json: bool) -> None:
    """Write all tables and stored bytes to one file. `copydesk restore` reads it; `-` is standard output.

    The service may keep running: all is of one moment. The file is read again and checked, except on standard output.
    It holds all texts, and the names of the settings that are set, without values. `prune` waits meanwhile.
    """
    from worker.operations.backup import back_up, check_backup

    to_stream = target == _STREAM
    if to_stream and (output.on_terminal() or as_json):
        raise click.UsageError("A backup on standard output must go to a file or a pipe, without --json.")
    opened = open_output(None if to_stream else target)
    with database() as (settings, engine), opened as out, _progress() as advance:
        if not to_stream and stat.S_ISREG(os.fstat(out.fileno()).st_mode):
            os.fchmod(out.fileno(), 0o600)  # the archive may be readable by fewer people than the folder of backups
        digests = back_up(settings, engine, out, advance)
    if not to_stream and target.is_file():
        with target.open("rb") as source:
            check_backup(source)
    if as_json:
        output.print_json(asdict(digests))
    else:
        output.say(f"The backup has all tables and {digests.files:,} stored files with {digests.bytes:,} bytes.")
    if digests.damaged:
        output.say(
            f"The bytes of {len(digests.damaged):,} contents are missing or were changed, so the backup lacks them. "
            "`copydesk check --deep` names their files."
        )
        sys.exit(1)


@click.command("restore", epilog="Example:  copydesk restore /safe/copydesk-monday.backup")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@JSON_OBJECT
def restore_command(source: Path, as_json: bool) -> None:
    """Restore a backup into an empty archive. The file is one of `copydesk backup`; `-` is standard input.

    A database with any file or article in it is refused. If the backup is damaged or not complete, the database stays
    empty. The tables are then migrated to this version, and the change feed begins a new epoch. It needs the role that
    owns the tables, as `copydesk migrate` does.
    """
    from worker.operations.restore import restore

    with database(create=True) as (settings, engine), _open_source(source) as backup, _progress() as advance:
        header, digests = restore(settings, engine, backup, advance)
    unset = sorted(set(header.settings) - set(names_set()))
    if as_json:
        output.print_json({"made_at": header.made_at, "rows": header.rows, "files": digests.files, "unset": unset})
        return
    rows = header.rows
    output.say(
        f"Restored the backup of {header.made_at}: {rows['articles']:,} articles, {rows['stories']:,} stories, "
        f"{digests.files:,} stored files."
    )
    if digests.damaged:
        output.say(f"The bytes of {len(digests.damaged):,} contents were not in the archive that was backed up.")
    if unset:
        output.say(f"Settings that were set there and are not set here: {', '.join(unset)}.")


@contextmanager
def _open_source(source: Path) -> Iterator[BinaryIO]:
    if source == _STREAM:
        yield sys.stdin.buffer
        return
    try:
        opened = source.open("rb")
    except OSError as error:
        raise CopydeskError(f"{source} can't be read: {error.strerror}.") from error
    with opened:
        yield opened


@contextmanager
def _progress() -> Iterator[Advance]:
    """Yield what shows the progress on standard error."""
    with output.progress() as bar:
        tasks = {kind: bar.add_task(kind, total=None, rate="") for kind in ("rows", "files")}
        yield lambda kind, done, total: bar.update(tasks[kind], completed=done, total=total)
