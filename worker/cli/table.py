"""Print rows as a table that fits the terminal, or as tab-separated lines with full values when piped."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from worker.cli import output

if TYPE_CHECKING:  # loaded for a table on a terminal only: see output.py
    from rich.console import JustifyMethod

_GAP = 2
#: A narrower wide column is useless; an optional column is left out instead.
_LEAST_WIDE = 26


class Column(NamedTuple):
    """A column of a table: ``right`` aligns numbers, ``wide`` columns share the remaining width.

    A value that does not fit is cut at the end, at the start with ``keep_end`` (paths), or wrapped with ``fold``.
    ``optional`` columns are left out if the terminal is too narrow for the ``least`` width of a wide column.
    """

    heading: str
    right: bool = False
    wide: bool = False
    keep_end: bool = False
    fold: bool = False
    optional: bool = False
    least: int = _LEAST_WIDE


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print ``rows``, whose values are in the order of ``columns``; without rows a terminal shows no headings."""
    lines = [[output.cell(value).replace("\t", " ").replace("\n", " ") for value in row] for row in rows]
    if output.on_terminal():
        if lines:
            _print_fitting(columns, lines)
        return
    for line in [[column.heading for column in columns], *lines]:
        click.echo("\t".join(line))


def _print_fitting(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    console = output.console()
    by_column = zip(*([column.heading for column in columns], *lines), strict=True)
    natural = [max(map(cell_len, values)) for values in by_column]
    widths = fit_widths(columns, natural, console.width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for i, width in widths.items():
        column = columns[i]
        justify: JustifyMethod = "right" if column.right else "left"
        table.add_column(column.heading, justify=justify, width=width, no_wrap=not column.fold)
    for line in lines:
        cells = ((columns[i], _cut(line[i], columns[i], width)) for i, width in widths.items())
        table.add_row(*(Text(value, overflow="fold" if column.fold else "ellipsis") for column, value in cells))
    console.print(table)


def fit_widths(columns: Sequence[Column], natural: Sequence[int], room: int) -> dict[int, int]:
    """Return the width of each shown column by its index; with ``natural`` widths every value is shown whole."""
    shown = list(range(len(columns)))
    for i in [*reversed(range(len(columns))), None]:
        wide = [n for n in shown if columns[n].wide]
        left = room - _GAP * (len(shown) - 1) - sum(natural[n] for n in shown if n not in wide)
        enough = sum(min(natural[n], columns[n].least) for n in wide)
        if left >= enough or i is None:
            break
        if columns[i].optional:
            shown.remove(i)
    return {n: natural[n] for n in shown} | _divide({n: natural[n] for n in wide}, max(left, len(wide)))


def _divide(natural: dict[int, int], room: int) -> dict[int, int]:
    """Divide ``room``: columns that need less than an equal share get what they need, the others share the rest."""
    widths: dict[int, int] = {}
    waiting = sorted(natural, key=lambda n: natural[n])
    while waiting:
        n = waiting.pop(0)
        widths[n] = min(natural[n], room // (len(waiting) + 1))
        room -= widths[n]
    return widths


def _cut(value: str, column: Column, width: int) -> str:
    from rich.cells import cell_len

    if not column.keep_end or cell_len(value) <= width:
        return value
    while cell_len(value) >= width:
        value = value[1:]
    return f"…{value}"
