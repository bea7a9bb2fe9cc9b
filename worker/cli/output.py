"""Results go in; text for people comes out on a terminal, plain text or JSON for programs.

Whatever comes from outside is made harmless first: a title may hold what a terminal would obey.
"""

import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import click
import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from worker.display import escape_text
from worker.explain import DiffRun

_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS
#: Where the width can't be asked for: what fits a page.
_WIDTH = (100, 40)
_COLOURS = {"removed": "red strike", "added": "green"}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}


def on_terminal() -> bool:
    """Tell whether a person reads standard output."""
    return sys.stdout.isatty()


def say(line: str) -> None:
    """Tell the person something beside the result: on standard error."""
    click.echo(escape_text(line), err=True)


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


def print_side_by_side(left: str, right: str, rows: Iterable[tuple[str, str]]) -> None:
    """Print pairs of passages beside each other on a terminal, below each other elsewhere."""
    if not on_terminal():
        for first, second in rows:
            click.echo(
                f"  {left}: {' '.join(escape_text(first).split())}\n"
                f"  {right}: {' '.join(escape_text(second).split())}\n"
            )
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", expand=True)
    table.add_column(left, ratio=1)
    table.add_column(right, ratio=1)
    for first, second in rows:
        table.add_row(Text(" ".join(escape_text(first).split())), Text(" ".join(escape_text(second).split())))
    console().print(table)


def print_text(text: str) -> None:
    """Print a text as it is; on a terminal without what that would obey."""
    click.echo(escape_text(text) if on_terminal() else text)


def print_heading(line: str) -> None:
    """Print a line that stands out on a terminal."""
    click.secho(escape_text(line), bold=True)


def print_differences(runs: Iterable[DiffRun]) -> None:
    """Print differences: coloured on a terminal, as ``[-removed-]`` and ``{+added+}`` elsewhere."""
    made = console()
    if made.color_system and not made.no_color:
        marked = Text()
        for kind, text in runs:
            marked.append(escape_text(text), style=_COLOURS.get(kind))
        made.print(marked)
        return
    click.echo("".join(_marked(run) for run in runs))


def _marked(run: DiffRun) -> str:
    if run.kind == "same":
        return run.text
    body = run.text.lstrip()
    before, after = _MARKS[run.kind]
    return f"{run.text[: len(run.text) - len(body)]}{before}{body}{after}"


def cell(value: object) -> str:
    """Return a value as a table shows it: nothing as a dash, times in UTC to the minute."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}" if on_terminal() else str(value)
    return escape_text(str(value))


def share(value: float) -> str:
    """Return a share of 1 in percent."""
    return f"{value:.0%}"


def console() -> Console:
    """Return the console on standard output: foreign text is never read as markup."""
    return Console(
        markup=False, highlight=False, emoji=False, width=shutil.get_terminal_size(_WIDTH).columns, soft_wrap=False
    )
