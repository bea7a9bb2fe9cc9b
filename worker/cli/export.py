"""``copydesk export``: write all stories, articles or decisions for other tools, as JSON lines, CSV or Parquet."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.output_file import open_output
from worker.cli.writers import WRITERS
from worker.store.read.export import ARTICLES, ARTICLES_WITH_TEXT, DECISIONS, STORIES, count, rows
from worker.store.read.snapshot import snapshot

_EXPORTS = {"stories": STORIES, "articles": ARTICLES, "decisions": DECISIONS}


@click.command("export", epilog="Example:  copydesk export stories --format parquet --output corpus.parquet")
@click.argument("what", metavar="|".join(_EXPORTS), type=click.Choice(list(_EXPORTS)))
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="jsonl", show_default=True)
@click.option(
    "--output",
    "target",
    metavar="F",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, replaced when the export is complete.  [default: standard output]",
)
@click.option("--with-text", is_flag=True, help="Include the cleaned texts of articles (the others always have texts).")
def export_command(what: str, form: str, target: Path | None, with_text: bool) -> None:
    """Write all stories, or all articles with their story. A story has one canonical text: the corpus without copies.

    `decisions` are what people decided, as labels of pairs of articles, `same` or `not`, with both texts: `copydesk
    evaluate` reads them.

    In CSV, text that a spreadsheet would interpret as a formula is prefixed with an apostrophe; jsonl and parquet
    contain it unchanged.
    """
    if form == "parquet" and target is None and output.on_terminal():
        raise click.UsageError("Parquet can't be shown on a terminal. Name a file with --output.")
    export = ARTICLES_WITH_TEXT if what == "articles" and with_text else _EXPORTS[what]
    hidden = not sys.stderr.isatty() or (target is None and output.on_terminal())
    with database() as (_, engine), snapshot(engine) as connection, open_output(target) as out:
        total = count(connection, export)
        WRITERS[form](export.columns, _with_progress(rows(connection, export), total, hidden=hidden), out)
    if target:
        output.say(f"{total:,} {what} were written to {target}.")


def _with_progress(exported: Iterator[Mapping[str, Any]], total: int, *, hidden: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the rows and show progress on standard error, unless ``hidden``: the rows may go to the same terminal."""
    if hidden:
        yield from exported
        return
    with output.progress() as bar:
        yield from bar.track(exported, total=total, task_id=bar.add_task("exporting", total=total, rate=""))
