"""Rows and texts go in; tables for people come out on a terminal, plain tab-separated lines or JSON for programs.

Whatever comes from outside is made harmless first: a title may hold what a terminal would obey.
"""

import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import click
import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from worker.explain import Run
from worker.names import harmless

_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS
#: Where the width can't be asked for: what fits a page.
_WIDTH = (100, 40)
_COLOURS = {"removed": "red strike", "added": "green"}
_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


class Column(NamedTuple):
    """A table's column: numbers stand ``right``, ``wide`` ones give way when the terminal is narrow."""

    heading: str
    right: bool = False
    wide: bool = False


def on_terminal() -> bool:
    """Tell whether a person reads standard output."""
    return sys.stdout.isatty()


def say(line: str) -> None:
    """Tell the person something beside the result: on standard error."""
    click.echo(harmless(line), err=True)


def print_json(value: Any) -> None:
    """Print one JSON document: times in ISO 8601 UTC, keys as the docstrings of the printed classes name them."""
    click.echo(orjson.dumps(value, option=_JSON | orjson.OPT_INDENT_2))


def print_json_line(value: Any) -> None:
    """Print one JSON document on one line."""
    click.echo(orjson.dumps(value, option=_JSON))


def print_json_rows(rows: Iterable[Any]) -> None:
    """Print one JSON array, a row a line, while the rows are still being read."""
    start = b"[\n"
    for row in rows:
        click.echo(start + orjson.dumps(row, option=_JSON), nl=False)
        start = b",\n"
    click.echo(b"[]" if start == b"[\n" else b"\n]")


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print a table that fits the terminal; piped, tab-separated lines with all of every value."""
    lines = [[cell(value) for value in row] for row in rows]
    if not on_terminal():
        for line in [[column.heading for column in columns], *lines]:
            click.echo("\t".join(value.replace("\t", " ").replace("\n", " ") for value in line))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column.heading,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if column.wide else None,
        )
    for line in lines:
        table.add_row(*(Text(value.replace("\n", " ")) for value in line))
    console().print(table)


def print_side_by_side(left: str, right: str, rows: Iterable[tuple[str, str]]) -> None:
    """Print pairs of passages beside each other on a terminal, below each other elsewhere."""
    if not on_terminal():
        for first, second in rows:
            click.echo(
                f"  {left}: {' '.join(harmless(first).split())}\n  {right}: {' '.join(harmless(second).split())}\n"
            )
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", expand=True)
    table.add_column(left, ratio=1)
    table.add_column(right, ratio=1)
    for first, second in rows:
        table.add_row(Text(" ".join(harmless(first).split())), Text(" ".join(harmless(second).split())))
    console().print(table)


def print_text(text: str) -> None:
    """Print a text as it is; on a terminal without what that would obey."""
    click.echo(harmless(text) if on_terminal() else text)


def print_heading(line: str) -> None:
    """Print a line that stands out on a terminal."""
    click.secho(harmless(line), bold=True)


def print_differences(runs: Iterable[Run]) -> None:
    """Print differences: coloured on a terminal, as ``[-removed-]`` and ``{+added+}`` elsewhere."""
    if on_terminal():
        marked = Text()
        for kind, text in runs:
            marked.append(harmless(text), style=_COLOURS.get(kind))
        console().print(marked)
        return
    click.echo("".join(_marked(run) for run in runs))


def _marked(run: Run) -> str:
    body = run.text.rstrip()
    before, after = _MARKS[run.kind]
    return f"{before}{body}{after}{run.text[len(body) :]}"


def cell(value: object) -> str:
    """Return a value as a table shows it: nothing as a dash, times in UTC to the minute."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}" if on_terminal() else str(value)
    return harmless(str(value))


def share(value: float) -> str:
    """Return a share of 1 in percent."""
    return f"{value:.0%}"


def console() -> Console:
    """Return the console on standard output: foreign text is never read as markup."""
    return Console(
        markup=False, highlight=False, emoji=False, width=shutil.get_terminal_size(_WIDTH).columns, soft_wrap=False
    )
