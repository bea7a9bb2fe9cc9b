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
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What joins the keys: DuckDB in this process, or Spark, also on a cluster (extra `spark`, and Java).",
)
@JSON_OBJECT
def bulk_command(
    paths: tuple[str, ...], dry_run: bool, against: Path | None, against_archive: bool, engine: str, as_json: bool
) -> None:
    """Match a whole corpus without the service. Files in, one Parquet file of articles and stories out.

    IN is a file, a folder, or a place in a bucket such as s3://bucket/prefix. Needs neither Postgres nor Redis, but the
    extra `bulk` (or `spark`). A run that was interrupted goes on where it was: give the same command again. OUT.work/
    has the files of the run, and is removed at its end; OUT.refused.jsonl has the records that can't be read, with the
    reasons. Exits with 1 if a file or folder could not be read at all.
    """
    inputs, target = _places(paths)
    settled = [name for name, given in (("--against", against), ("--against-archive", against_archive)) if given]
    _check(engine, settled, dry_run=dry_run)
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


def _check(engine: str, settled: Sequence[str], *, dry_run: bool) -> None:
    """Raise an error if the libraries of the engine are missing, or it can't do what is asked."""
    extra = "bulk" if engine == "duckdb" else "spark"
    libraries = {"duckdb": ("duckdb", "pyarrow"), "spark": ("pyspark", "pandas", "pyarrow")}[engine]
    if any(find_spec(library) is None for library in libraries):
        raise CopydeskError(f"This command needs the extra `{extra}`: pip install '.[{extra}]'")
    if len(settled) > 1:
        raise click.UsageError("--against and --against-archive name two settled corpora: leave one of them out.")
    if settled and dry_run:
        raise click.UsageError(f"--dry-run estimates a run without {settled[0]}: leave one of them out.")
    if engine == "spark" and (settled or dry_run):
        option = settled[0] if settled else "--dry-run"
        raise click.UsageError(f"{option} runs on DuckDB only: leave out --engine spark, or {option}.")


def _show(result: dict[str, Any], target: Path, *, as_json: bool) -> None:
    """Print what a run did; exit with 1 if it could not read all of its input."""
    if as_json:
        output.print_json(result)
    else:
        for name, value in result.items():
            click.echo(f"{name.replace('_', ' ')}: {value:,}")
    if unreadable := result.get("unreadable"):
        output.say(
            f"{unreadable:,} files or folders can't be read, and the result is without them: {target}.refused.jsonl"
            " names them with the reasons. Make them readable and give the command again."
        )
        sys.exit(1)


def _places(paths: tuple[str, ...]) -> tuple[list["Path | BucketUrl"], Path]:
    """Return the inputs and the file to write."""
    *inputs, target = map(_place, paths)
    if not inputs:
        raise click.UsageError("Name at least one input, and after it the file to write.")
    missing = next((path for path in inputs if isinstance(path, Path) and not path.exists()), None)
    if missing:
        raise CopydeskError(f"{missing} does not exist.")
    if not isinstance(target, Path):
        raise CopydeskError(f"The result can't be written to a bucket: name a file after {inputs[-1]}.")
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise CopydeskError(f"{target} can't be written: name a file in an existing folder after the inputs.")
    return inputs, target


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
