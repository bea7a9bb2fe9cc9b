"""Rows go in; a table that fits the terminal comes out, or tab-separated lines with all of every value when piped."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import click
from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from worker.cli import output

_GAP = 2
#: A wide column under this says nothing; rather leave out an optional one.
_LEAST_WIDE = 26


class Column(NamedTuple):
    """A table's column: numbers stand ``right``; ``wide`` ones share what room is left.

    What does not fit is cut at the end, at the start with ``keep_end`` (paths), or wrapped with ``fold``. ``optional``
    columns are left out where room is short.
    """

    heading: str
    right: bool = False
    wide: bool = False
    keep_end: bool = False
    fold: bool = False
    optional: bool = False


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print ``rows``, whose values are in the order of ``columns``."""
    lines = [[output.cell(value).replace("\t", " ").replace("\n", " ") for value in row] for row in rows]
    if output.on_terminal():
        _print_fitting(columns, lines)
        return
    for line in [[column.heading for column in columns], *lines]:
        click.echo("\t".join(line))


def _print_fitting(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> None:
    console = output.console()
    by_column = zip(*([column.heading for column in columns], *lines), strict=True)
    natural = [max(map(cell_len, values)) for values in by_column]
    widths = fitted(columns, natural, console.width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for i, width in widths.items():
        column = columns[i]
        justify: JustifyMethod = "right" if column.right else "left"
        table.add_column(column.heading, justify=justify, width=width, no_wrap=not column.fold)
    for line in lines:
        table.add_row(*(Text(_cut(line[i], columns[i], width), overflow="ellipsis") for i, width in widths.items()))
    console.print(table)


def fitted(columns: Sequence[Column], natural: Sequence[int], room: int) -> dict[int, int]:
    """Return the width of each column that is shown, by its place; ``natural`` widths would show all."""
    shown = list(range(len(columns)))
    for i in [*reversed(range(len(columns))), None]:
        wide = [n for n in shown if columns[n].wide]
        left = room - _GAP * (len(shown) - 1) - sum(natural[n] for n in shown if n not in wide)
        enough = sum(min(natural[n], _LEAST_WIDE) for n in wide)
        if left >= enough or i is None:
            break
        if columns[i].optional:
            shown.remove(i)
    return {n: natural[n] for n in shown} | _shared({n: natural[n] for n in wide}, max(left, len(wide)))


def _shared(natural: dict[int, int], room: int) -> dict[int, int]:
    """Share ``room`` out: who needs less than an equal share gets what it needs, the others share the rest."""
    widths: dict[int, int] = {}
    waiting = sorted(natural, key=lambda n: natural[n])
    while waiting:
        n = waiting.pop(0)
        widths[n] = min(natural[n], room // (len(waiting) + 1))
        room -= widths[n]
    return widths


def _cut(value: str, column: Column, width: int) -> str:
    if not column.keep_end or cell_len(value) <= width:
        return value
    while cell_len(value) >= width:
        value = value[1:]
    return f"…{value}"
