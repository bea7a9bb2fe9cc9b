"""Print results: formatted text on a terminal, plain text or JSON for programs.

Foreign text is escaped first: a title may contain control sequences that a terminal would obey.
"""

import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import orjson

from worker.display import escape_text

if TYPE_CHECKING:  # rich and NumPy take a tenth of a second each, which most commands need not pay
    from rich.console import Console
    from rich.progress import Progress

_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS
#: Columns and lines where the size of the terminal is unknown.
_WIDTH = (100, 40)
#: Characters of a text in place of its headline: the pages show as many.
_MOST_OPENING = 90


def on_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def say(line: str) -> None:
    """Print a message for the user on standard error, apart from the result."""
    _print_wrapped(line, err=True) if sys.stderr.isatty() else click.echo(escape_text(line), err=True)


def print_json(value: Any) -> None:
    """Print one JSON document: times in ISO 8601 UTC, keys as in the printed classes."""
    click.echo(orjson.dumps(value, option=_JSON | orjson.OPT_INDENT_2))


def print_json_line(value: Any) -> None:
    """Print one JSON document on one line."""
    click.echo(orjson.dumps(value, option=_JSON))


def print_json_rows(rows: Iterable[Any]) -> None:
    """Print one JSON array, one row per line, while the rows are still being read."""
    start = b"[\n"
    for row in rows:
        click.echo(start + orjson.dumps(row, option=_JSON), nl=False)
        start = b",\n"
    click.echo(b"[]" if start == b"[\n" else b"\n]")


def print_side_by_side(left: str, right: str, rows: Iterable[tuple[str, str]]) -> None:
    """Print pairs of passages side by side on a terminal, below each other elsewhere."""
    if not on_terminal():
        for first, second in rows:
            click.echo(
                f"  {left}: {' '.join(escape_text(first).split())}\n"
                f"  {right}: {' '.join(escape_text(second).split())}\n"
            )
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", expand=True)
    table.add_column(left, ratio=1)
    table.add_column(right, ratio=1)
    for first, second in rows:
        table.add_row(Text(" ".join(escape_text(first).split())), Text(" ".join(escape_text(second).split())))
    console().print(table)


def print_text(text: str) -> None:
    """Print a text unchanged; on a terminal, wrapped between words, with control characters escaped."""
    _print_wrapped(text) if on_terminal() else click.echo(text)


def print_heading(line: str) -> None:
    """Print a line, in bold on a terminal."""
    _print_wrapped(line, style="bold") if on_terminal() else click.echo(escape_text(line))


def _print_wrapped(text: str, *, style: str = "", err: bool = False) -> None:
    """Print a text on a terminal, which would break lines in the middle of words."""
    from rich.text import Text

    console(err=err).print(Text(escape_text(text), style=style))


def headline(title: str | None, opening: str | None) -> str:
    """Return the headline of an article, or else how its text begins as one line, cut between words as on the pages."""
    line = " ".join((opening or "").split())
    if title or len(line) <= _MOST_OPENING:
        return title or line
    return line[: _MOST_OPENING - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def cell(value: object) -> str:
    """Format a value for a table: an empty value as a dash, a time in UTC to the minute."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}" if on_terminal() else str(value)
    return escape_text(str(value))


def console(*, err: bool = False) -> "Console":
    """Return a console on standard output or error that never interprets text as markup."""
    from rich.console import Console

    columns = shutil.get_terminal_size(_WIDTH).columns
    return Console(markup=False, highlight=False, emoji=False, width=columns, soft_wrap=False, stderr=err)


def progress() -> "Progress":
    """Return a bar on standard error that disappears when it is done; its tasks need a field ``rate``."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
