"""``copydesk clean``: clean a file directly, without a server or database."""

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from worker import formats
from worker.article import Article, BadRecord, Cleaned, PublicationStatus
from worker.clean import CleaningChange, clean, explain
from worker.cli import output
from worker.cli.marked import print_differences, say_legend
from worker.display import escape_path
from worker.errors import CopydeskError, QuarantineError
from worker.explain.cleaning import cleaning_notes
from worker.explain.differences import differences, shortened
from worker.pipeline.reader_limits import reader_limits
from worker.settings import load

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
#: Words of context around a difference.
_CONTEXT_WORDS = 6


@click.command("clean", epilog="Example:  copydesk clean seeds/004-scrape.txt --explain")
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--explain", "explained", is_flag=True, help="Show what each step changed instead of the text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line for each article.")
def clean_command(files: Sequence[Path], explained: bool, as_json: bool) -> None:
    """Print the cleaned text of each article of FILE. `-` reads standard input. Needs no database.

    If there are several articles, a line with number and headline precedes each after the first. A file that can't be
    read does not affect the others.
    """
    printer = _Printer(explained=explained, as_json=as_json)
    refused: list[CopydeskError] = []
    for file in files:
        try:
            printer.print_file(file)
        except CopydeskError as error:
            refused.append(error)
            if len(files) > 1:
                output.say(str(error))
    if refused and len(files) == 1:
        raise refused[0]
    if refused:
        raise CopydeskError(f"{len(refused)} of {len(files)} files could not be read whole; the others were.")


class _Printer:
    """Prints the articles of one file after another."""

    def __init__(self, *, explained: bool, as_json: bool) -> None:
        self._explained = explained
        self._as_json = as_json
        self._number = 0

    def print_file(self, file: Path) -> None:
        """Print the articles of a file; raise CopydeskError if it, or a record of it, can't be read."""
        rejected = 0
        noted: set[str] = set()
        for record in records(file):
            if isinstance(record, BadRecord):
                rejected += 1
                output.say(f"Record {record.position + 1} was rejected: {record.reason}")
            else:
                _say_notes(record, noted)
                self._print(record, file)
        if rejected:
            raise CopydeskError(f"{rejected} records of {file} could not be read; the others were.")

    def _print(self, article: Article, file: Path) -> None:
        if self._as_json:
            output.print_json_line(_cleaned_json(article, file, explained=self._explained))
        elif self._explained:
            _print_changes(article, self._number)
        else:
            cleaned = clean(article)
            if self._number:
                output.print_heading(f"\n===== {self._number + 1}: {cleaned.title or 'without a headline'}\n")
            output.print_text(cleaned.text)
        self._number += 1


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


def _cleaned_json(article: Article, file: Path, *, explained: bool) -> dict[str, Any]:
    """Return every field of an article, with those of cleaning over those of the reader, and the path of its file.

    ``steps`` are the changes of the text, if ``explained``.
    """
    cleaned = clean(article)
    fields = {"path": escape_path(os.fsencode(file))} | asdict(article) | asdict(cleaned)
    fields["author"] = article.author or cleaned.byline
    if explained:
        fields["steps"] = [
            {"step": change.step, "count": change.count, "after": change.after} for change in explain(article)
        ]
    return fields


def _print_changes(article: Article, number: int) -> None:
    cleaned = clean(article)
    output.print_heading(f"Article {number + 1}: {cleaned.title or 'without a headline'}")
    if cleaned.changes:
        say_legend("the delivered text", "the cleaned one")
    for change in explain(article):
        output.print_heading(f"\n{change.step}: " + cleaning_notes({change.step: change.count})[0].deed)
        _print_change(change)
    if not cleaned.changes:
        output.print_text("Nothing needed cleaning.")
    facts = _facts(article, cleaned)
    if facts:
        output.print_text("\nFound while cleaning: " + "; ".join(f"{name} {value}" for name, value in facts) + "\n")


def _print_change(change: CleaningChange) -> None:
    runs = differences(change.before, change.after)
    if all(run.kind == "same" for run in runs):
        output.print_text("Only white space changed.")
    else:
        print_differences(shortened(runs, _CONTEXT_WORDS))


def _facts(article: Article, cleaned: Cleaned) -> list[tuple[str, str]]:
    facts: list[tuple[str, object]] = [
        ("status", article.status if article.status != PublicationStatus.USABLE else None),
        ("embargoed until", article.embargoed_until),
        ("published", cleaned.published_at),
        ("dateline", cleaned.dateline),
        ("agency", cleaned.agency),
        ("byline", cleaned.byline),
        *(("caption", caption) for caption in cleaned.captions),
    ]
    return [(name, output.cell(value) if isinstance(value, datetime) else str(value)) for name, value in facts if value]
