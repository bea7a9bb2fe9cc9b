"""``copydesk ingest``: process the given files to the end and show the stories."""

import sys
import time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import Engine

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_OBJECT, TABLE_ROWS
from worker.cli.stories import STORY_COLUMNS, story_cells
from worker.cli.table import print_table
from worker.display import escape_path
from worker.settings import Settings
from worker.store.locks import living_workers
from worker.store.read.stories import story_rows
from worker.store.read.story_filter import StoryFilter
from worker.store.report import article_count, report
from worker.store.search_progress import pending

#: Seconds between two updates of the progress.
_INDEX_SECONDS = 1.0
#: Between two counts of the articles: one takes .1 s for 100,000 files.
_ARTICLES_SECONDS = 2.0

if TYPE_CHECKING:  # it imports the Celery app, which must not be created before the servers' addresses are known
    from rich.progress import Progress

    from worker.inbox.ingest import IngestResult


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@JSON_OBJECT
def ingest_command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Process files or folders, and show their stories.

    The files stay where they are; the archive keeps a copy of their bytes.

    Example: copydesk ingest seeds/
    """
    with database(create=True) as (settings, engine):
        summary = _ingest(settings, engine, paths)
        output.print_json(summary) if as_json else _show(engine, summary)
    sys.exit(1 if summary["later"] else 0)


def _ingest(settings: Settings, engine: Engine, paths: tuple[Path, ...]) -> dict[str, Any]:
    from worker.inbox import ingest
    from worker.scanner import Ignore

    files = ingest.find_inputs(paths, Ignore(settings.ignore))
    with engine.connect() as connection:
        service_runs = bool(living_workers(connection))
    try:
        with ingest.workers(settings, engine), output.progress() as bar:
            accepting = bar.add_task("Reading files", total=len(files), rate="")
            result = ingest.accept(settings, engine, files, lambda n: bar.advance(accepting, n))
            show_progress(settings, engine, result, bar)
            _index(engine, bar)
    except KeyboardInterrupt:
        goes_on = "the running service goes on with them" if service_runs else "to go on, run the command again"
        output.say(f"Files that were read are safe in the ledger; {goes_on}.")
        raise
    for path, reason in result.not_ready.items():
        click.echo(f"{escape_path(path)}: {reason} Run the command again later.", err=True)
    return _summary(engine, result)


def show_progress(settings: Settings, engine: Engine, result: "IngestResult", bar: "Progress") -> None:
    """Wait for the outcomes, and show how many files have one and how many articles are stored."""
    from worker.inbox import ingest

    ids = [*result.new, *result.known]
    processing = bar.add_task("Cleaning and matching", total=len(ids), rate="")
    shown = time.monotonic()

    def show_articles() -> None:
        with engine.connect() as connection:
            articles = article_count(connection, ids)
        speed = bar.tasks[processing].speed
        count = "1 article" if articles == 1 else f"{articles:,} articles"
        bar.update(processing, rate=count + (f", {speed:,.0f} files/s" if speed else ""))

    def pause(seconds: float) -> None:
        nonlocal shown
        time.sleep(seconds)
        if not bar.disable and time.monotonic() - shown > _ARTICLES_SECONDS:
            show_articles()
            shown = time.monotonic()

    ingest.wait(settings, engine, result, lambda count: bar.advance(processing, count), pause=pause)
    if not bar.disable:  # the last files may have come after the last count
        show_articles()


def _index(engine: Engine, bar: "Progress") -> None:
    """Index the new articles for the search, unless a scheduler has done it."""
    from worker.queue.indexing import Indexer

    with engine.connect() as connection:
        left = pending(connection)
    task = bar.add_task("Indexing for the search", total=left, rate="")
    indexer, never = Indexer(engine), Event()
    while count := indexer.run(_INDEX_SECONDS, never):
        bar.advance(task, count)


def _summary(engine: Engine, result: "IngestResult") -> dict[str, Any]:
    with engine.connect() as connection:
        new = report(connection, result.new)
        everything = report(connection, [*result.new, *result.known])
    copies = {relation: n for relation, n in new.relations.items() if relation != "original"}
    return {
        "files": result.files,
        "known": len(result.known),
        "later": len(result.not_ready),
        "quarantined": new.quarantined,
        "quarantined_before": everything.quarantined - new.quarantined,
        "articles": sum(new.relations.values()),
        "stories": len(everything.stories),
        "copies": copies,
        "story_ids": list(everything.stories),
    }


def _show(engine: Engine, summary: dict[str, Any]) -> None:
    """Print the stories with the most copies, then the counts."""
    with engine.connect() as connection:
        top = tuple(summary["story_ids"][:TABLE_ROWS])
        rows = {row.id: row for row in story_rows(connection, StoryFilter(ids=top), limit=TABLE_ROWS)}
    if rows:
        print_table(STORY_COLUMNS, (story_cells(rows[i]) for i in top if i in rows))
    known = f"  ({summary['known']:,} known before)" if summary["known"] else ""
    lines = [("files", f"{summary['files']:,}{known}"), ("articles", f"{summary['articles']:,}")]
    lines += [("stories", f"{summary['stories']:,}")]
    lines += [(f"  {relation}", f"{count:,}") for relation, count in summary["copies"].items()]
    before = f"  (and {summary['quarantined_before']:,} known before)" if summary["quarantined_before"] else ""
    lines += [("quarantined", f"{summary['quarantined']:,}{before}")]
    for name, value in lines:
        click.echo(f"{name:<12} {value}")
    if not summary["files"]:
        output.say("No file was found there. Names that the setting `ignore` lists are passed over.")
    if summary["quarantined"] or summary["quarantined_before"]:
        output.say("To see why files are in quarantine: copydesk files --state quarantined")
