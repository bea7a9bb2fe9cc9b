"""``copydesk clean``: clean a file directly, without a server or database."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from worker import formats
from worker.article import Article, BadRecord, Cleaned
from worker.clean import CleaningChange, clean, explain
from worker.cli import output
from worker.errors import CopydeskError, QuarantineError
from worker.explain.cleaning import cleaning_notes
from worker.explain.differences import differences, shortened
from worker.pipeline.reader_limits import reader_limits
from worker.settings import load

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
#: Words of context around a difference.
_CONTEXT_WORDS = 6


@click.command("clean", epilog="Example:  copydesk clean seeds/004-scrape.txt --explain")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--explain", "explained", is_flag=True, help="Show what each step changed instead of the text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line for each article.")
def clean_command(file: Path, explained: bool, as_json: bool) -> None:
    """Print the cleaned text of each article of FILE; `-` reads standard input. Needs no database.

    If FILE holds several articles, a line with number and headline precedes each after the first.
    """
    rejected = 0
    noted: set[str] = set()
    for number, record in enumerate(records(file)):
        if isinstance(record, Article):
            _say_notes(record, noted)
        if isinstance(record, BadRecord):
            rejected += 1
            output.say(f"Record {record.position + 1} was rejected: {record.reason}")
        elif as_json:
            output.print_json_line(_cleaned_json(record, explained=explained))
        elif explained:
            _print_changes(record, number)
        else:
            cleaned = clean(record)
            if number:
                output.print_heading(f"\n===== {number + 1}: {cleaned.title or 'without a headline'}\n")
            output.print_text(cleaned.text)
    if rejected:
        raise CopydeskError(f"{rejected} records of {file} could not be read; the others were.")


def _say_notes(article: Article, noted: set[str]) -> None:
    """Print what the reader repaired or left out, the same sentence once per file."""
    for note in article.notes:
        if note not in noted:
            noted.add(note)
            output.say(f"Record {article.position + 1}: {note}")


def records(file: Path) -> Iterator[Article | BadRecord]:
    """Yield the records of a file; an error of the whole file is raised with its name."""
    try:
        with click.open_file(str(file), "rb") as source:
            # some formats need to seek, which a pipe can't
            stream: BinaryIO = source if source.seekable() else io.BytesIO(source.read())  # type: ignore[assignment]
            yield from formats.read(stream, file.name, reader_limits(load()))
    except QuarantineError as error:
        raise CopydeskError(f"{file} can't be read. {error}") from error
    except OSError as error:
        raise CopydeskError(f"{file} can't be read: {error.strerror}.") from error


def _cleaned_json(article: Article, *, explained: bool) -> dict[str, Any]:
    """Return ``Cleaned`` with what the reader knows of the record, and ``steps`` if ``explained``."""
    record = {name: getattr(article, name) for name in ("position", "external_id", "url", "provider", "version")}
    fields = record | asdict(clean(article))
    if explained:
        fields["steps"] = [
            {"step": change.step, "count": change.count, "after": change.after} for change in explain(article)
        ]
    return fields


def _print_changes(article: Article, number: int) -> None:
    cleaned = clean(article)
    output.print_heading(f"Article {number + 1}: {cleaned.title or 'without a headline'}")
    for change in explain(article):
        output.print_heading(f"\n{change.step}: " + cleaning_notes({change.step: change.count})[0].deed)
        _print_change(change)
    if not cleaned.changes:
        output.print_text("Nothing needed cleaning.")
    facts = _facts(cleaned)
    if facts:
        output.print_text("\nFound while cleaning: " + "; ".join(f"{name} {value}" for name, value in facts) + "\n")


def _print_change(change: CleaningChange) -> None:
    runs = differences(change.before, change.after)
    if all(run.kind == "same" for run in runs):
        output.print_text("Only white space changed.")
    else:
        output.print_differences(shortened(runs, _CONTEXT_WORDS))


def _facts(cleaned: Cleaned) -> list[tuple[str, str]]:
    facts: list[tuple[str, object]] = [
        ("published", cleaned.published_at),
        ("dateline", cleaned.dateline),
        ("agency", cleaned.agency),
        ("byline", cleaned.byline),
        *(("caption", caption) for caption in cleaned.captions),
    ]
    return [(name, output.cell(value) if isinstance(value, datetime) else str(value)) for name, value in facts if value]
