"""``copydesk export``: all stories or articles for other tools, as JSON lines, CSV or Parquet."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from worker.cli import output
from worker.cli.database import database
from worker.cli.writers import WRITERS
from worker.errors import CopydeskError
from worker.store.read.export import ARTICLES, ARTICLES_WITH_TEXT, STORIES, count, rows
from worker.store.read.snapshot import snapshot


@click.command("export", epilog="Example:  copydesk export stories --format parquet --output corpus.parquet")
@click.argument("what", metavar="stories|articles", type=click.Choice(["stories", "articles"]))
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="jsonl", show_default=True)
@click.option(
    "--output",
    "target",
    metavar="F",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file, replaced when it is complete; without it, standard output.",
)
@click.option("--with-text", is_flag=True, help="Articles with their cleaned texts (stories always have theirs).")
def export_command(what: str, form: str, target: Path | None, with_text: bool) -> None:
    """Write all stories (one canonical text each: the corpus without copies) or all articles with their places.

    In CSV, text that a spreadsheet would take for a formula gets an apostrophe in front; jsonl and parquet hold it
    as it is.
    """
    if form == "parquet" and target is None and output.on_terminal():
        raise click.UsageError("Parquet is no text for a terminal: name a file with --output.")
    export = STORIES if what == "stories" else ARTICLES_WITH_TEXT if with_text else ARTICLES
    hidden = not sys.stderr.isatty() or (target is None and output.on_terminal())
    with database() as (_, engine), snapshot(engine) as connection, _opened(target) as out:
        total = count(connection, export)
        WRITERS[form](export.columns, _watched(rows(connection, export), total, hidden=hidden), out)
    if target:
        output.say(f"{total:,} {what} were written to {target}.")


def _watched(found: Iterator[Mapping[str, Any]], total: int, *, hidden: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the rows under a progress bar on standard error; ``hidden`` where the rows go to the same terminal."""
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        yield from progress.track(found, total=total)


@contextmanager
def _opened(target: Path | None) -> Iterator[BinaryIO]:
    """Yield what is written into: standard output, or the file of that name."""
    try:
        if target is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif target.is_symlink() or (target.exists() and not target.is_file()):
            # /dev/stdout, /dev/null, a pipe: what took its name would take its place
            with target.open("wb") as out:
                yield out
        else:
            with _draft(target) as out:
                yield out
    except BrokenPipeError:  # whoever read it has seen enough: Click ends the command
        raise
    except OSError as error:
        raise CopydeskError(f"{target or 'Standard output'} can't be written: {error.strerror}.") from error


@contextmanager
def _draft(target: Path) -> Iterator[BinaryIO]:
    """Yield a draft beside ``target`` that takes its name once it is complete and on the disk."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    with draft.open("wb") as out:
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
