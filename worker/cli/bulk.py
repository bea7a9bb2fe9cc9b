"""``copydesk bulk``: turn an existing corpus into stories without the service."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_OBJECT
from worker.errors import CopydeskError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from worker.bulk.against import AgainstResult
    from worker.bulk.corpus_run import Advance
    from worker.settings.places import BucketUrl


@click.command("bulk", epilog="Example:  copydesk bulk archive/ stories.parquet")
@click.argument("paths", nargs=-1, required=True, metavar="IN... OUT", type=click.Path(path_type=str))
@click.option(
    "--dry-run", is_flag=True, help="Read and count only: keys, candidates, and the time that the rest takes."
)
@click.option(
    "--against",
    metavar="ARCHIVE",
    type=click.Path(path_type=Path, exists=True),
    help="Match with the stories in a result of an earlier run, or in a folder of results, which are not changed.",
)
@click.option(
    "--against-archive",
    is_flag=True,
    help="Match with the stories in the service's archive (DATABASE_URL, or the embedded one), which is only read.",
)
@click.option(
    "--load",
    "into_archive",
    is_flag=True,
    help="Write into the service's archive, which must be empty, instead of into a file: leave OUT out.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What joins the keys: DuckDB in this process, or Spark, also on a cluster (extra `spark`, and Java).",
)
@JSON_OBJECT
def bulk_command(
    paths: tuple[str, ...],
    dry_run: bool,
    against: Path | None,
    against_archive: bool,
    into_archive: bool,
    engine: str,
    as_json: bool,
) -> None:
    """Match a whole corpus without the service. Files in, one Parquet file of articles and stories out.

    IN is a file, a folder, or a place in a bucket such as s3://bucket/prefix. Needs neither Postgres nor Redis, but the
    extra `bulk` (or `spark`). A run that was interrupted goes on where it was: give the same command again. OUT.work/
    has the files of the run, and is removed at its end; OUT.refused.jsonl has the records that can't be read, with the
    reasons. Exits with 1 if a file or folder could not be read at all, or if the compiled kernel crashed on an article.
    With --load there is no OUT: the result is the archive with which the service then starts.
    """
    given = {"--against": against, "--against-archive": against_archive, "--load": into_archive, "--dry-run": dry_run}
    _check(engine, [name for name, value in given.items() if value])
    if into_archive:
        _show(_load(_inputs(paths)), None, as_json=as_json)
        return
    inputs, target = _places(paths)
    from worker.settings import load

    with output.progress() as bar:
        result: Any
        if engine == "spark":
            from worker.bulk.spark.run import SparkRun

            result = SparkRun(load(), inputs, target, _advance(bar)).run()
        elif against_archive:
            result = _run_against_archive(inputs, target, _advance(bar))
        elif against:
            from worker.bulk.against import AgainstRun

            result = AgainstRun(load(), inputs, against, target, _advance(bar)).run_against()
        else:
            from worker.bulk.run import BulkRun

            run = BulkRun(load(), inputs, target, _advance(bar))
            result = run.estimate() if dry_run else run.run()
    _show(asdict(result), target, as_json=as_json)


def _run_against_archive(inputs: "list[Path | BucketUrl]", target: Path, advance: "Advance") -> "AgainstResult":
    """Match with the articles that the archive of the settings has."""
    from worker.bulk.against import AgainstRun
    from worker.bulk.stored_archive import StoredArchive
    from worker.store.read.settled import archive_id, settled_articles
    from worker.store.read.snapshot import snapshot

    with database() as (settings, connected):
        with snapshot(connected) as connection:
            identity = archive_id(connection)
        stored = StoredArchive(identity, partial(settled_articles, connected))
        return AgainstRun(settings, inputs, stored, target, advance).run_against()


def _load(inputs: "list[Path | BucketUrl]") -> dict[str, Any]:
    """Match the inputs and load them into the archive of the settings; return what was loaded."""
    from worker.bulk.load import LoadRun
    from worker.operations.load import EmptyArchive

    with database(create=True) as (settings, connected), output.progress() as bar:
        return asdict(LoadRun(settings, inputs, EmptyArchive(connected), _advance(bar)).run_load())


def _check(engine: str, options: Sequence[str]) -> None:
    """Raise an error if the libraries of the engine are missing, or it can't do what the options ask."""
    extra = "bulk" if engine == "duckdb" else "spark"
    libraries = {"duckdb": ("duckdb", "pyarrow"), "spark": ("pyspark", "pandas", "pyarrow")}[engine]
    if any(find_spec(library) is None for library in libraries):
        raise CopydeskError(f"This command needs the extra `{extra}`: pip install '.[{extra}]'")
    if len(options) > 1:
        raise click.UsageError(f"{' and '.join(options)} are for runs of different kinds: leave all but one out.")
    if engine == "spark" and options:
        raise click.UsageError(f"{options[0]} runs on DuckDB only: leave out --engine spark, or {options[0]}.")


def _show(result: dict[str, Any], target: Path | None, *, as_json: bool) -> None:
    """Print what a run did; exit with 1 if it could not read all of its input."""
    if as_json:
        output.print_json(result)
    else:
        for name, value in result.items():
            click.echo(f"{name.replace('_', ' ')}: {value:,}")
    if target:
        where, then = f"{target}.refused.jsonl names", "give the command again"
    else:
        where, then = "`copydesk files` and `copydesk why` name", "copy their files into the inbox"
    if unreadable := result.get("unreadable"):
        output.say(
            f"{unreadable:,} files or folders can't be read, and the result is without them: {where} them with the"
            f" reasons. Make them readable and {then}."
        )
    if crashed := result.get("crashed"):
        output.say(
            f"The compiled kernel crashed on {crashed:,} articles, and the result is without them: {where} them with"
            f" the reasons. Please report it with these articles and the traceback above; after an update {then}."
        )
    if unreadable or crashed:
        sys.exit(1)


def _places(paths: tuple[str, ...]) -> tuple[list["Path | BucketUrl"], Path]:
    """Return the inputs and the file to write."""
    if len(paths) < 2:
        raise click.UsageError("Name at least one input, and after it the file to write.")
    inputs, target = _inputs(paths[:-1]), _place(paths[-1])
    if not isinstance(target, Path):
        raise CopydeskError(f"The result can't be written to a bucket: name a file after {inputs[-1]}.")
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise CopydeskError(f"{target} can't be written: name a file in an existing folder after the inputs.")
    return inputs, target


def _inputs(paths: tuple[str, ...]) -> list["Path | BucketUrl"]:
    """Return the inputs, of which the local ones exist."""
    inputs = [_place(path) for path in paths]
    missing = next((path for path in inputs if isinstance(path, Path) and not path.exists()), None)
    if missing:
        raise CopydeskError(f"{missing} does not exist.")
    return inputs


def _place(value: str) -> "Path | BucketUrl":
    """Return a path as it was given, or the place that a URL names."""
    from worker.settings.places import place

    try:
        return place(value) if "://" in value else Path(value)
    except ValueError as error:
        raise CopydeskError(f"{value.partition('://')[0]}://… is no input: {error}.") from None


def _advance(bar: "Progress") -> Callable[[str, int, int], None]:
    """Return a function that shows how many units of a stage are done: a bar, or a line where there is no terminal."""
    tasks: dict[str, TaskID] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total, rate="")
            if bar.disable:
                output.say(f"{stage}: {total - done:,} of {total:,} units to do")
        bar.update(tasks[stage], completed=done)

    return advance
