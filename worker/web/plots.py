"""Compute the shapes of a plot over time: stacked bars, or lines. The template draws them as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: In user units of the SVG, which scales with the page.
WIDTH, HEIGHT = 560, 200
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 12, 26
_TIME_MARKS = 4
#: A scale ends at one of these times a power of ten, so that its marks, the end and the middle, are round numbers.
_ROUND = (1, 2, 4, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle of a series."""

    series: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot; ``rows`` are the plotted numbers for the table below it."""

    title: str
    unit: str
    series: list[str]
    bars: list[Bar]
    lines: dict[str, list[str]]
    scale: list[tuple[float, str]]
    times: list[tuple[float, str]]
    rows: list[tuple[datetime, list[float | None]]]
    empty: bool


Values = Mapping[str, Sequence[float | None]]


def _top(highest: float) -> float:
    """Return the round number, at least ``highest``, at which the scale ends."""
    if highest <= 0:
        return 1.0
    power: float = 10.0 ** (len(f"{highest:.0f}") - 1)
    if highest < 1:
        power = 0.1
    return next(power * step for step in _ROUND if power * step >= highest)


def bars(title: str, unit: str, starts: Sequence[datetime], length: timedelta, values: Values) -> Plot:
    """Plot stacked series, one bar for each step of time."""
    top = _top(max((sum(v or 0 for v in column) for column in zip(*values.values(), strict=True)), default=0))
    width = (WIDTH - LEFT - RIGHT) / max(len(starts), 1)
    stacked: list[Bar] = []
    for i in range(len(starts)):
        floor = float(HEIGHT - BOTTOM)
        for name, numbers in values.items():
            height = (numbers[i] or 0) / top * (HEIGHT - TOP - BOTTOM)
            floor -= height
            if height:
                stacked.append(Bar(name, LEFT + i * width + 0.5, floor, max(width - 1, 1), height))
    return _plot(title, unit, starts, length, values, top, stacked, {})


def lines(title: str, unit: str, starts: Sequence[datetime], length: timedelta, values: Values) -> Plot:
    """Plot a line for each series, with a gap where there is no value."""
    top = _top(max((v for numbers in values.values() for v in numbers if v is not None), default=0))
    width = (WIDTH - LEFT - RIGHT) / max(len(starts), 1)
    drawn: dict[str, list[str]] = {}
    for name, numbers in values.items():
        pieces: list[list[str]] = [[]]
        for i, value in enumerate(numbers):
            if value is None:
                pieces.append([])
                continue
            y = HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
            # a short horizontal stroke, so that a single value between gaps is visible
            pieces[-1] += [f"{LEFT + i * width:.1f},{y:.1f}", f"{LEFT + (i + 1) * width:.1f},{y:.1f}"]
        drawn[name] = [" ".join(piece) for piece in pieces if piece]
    return _plot(title, unit, starts, length, values, top, [], drawn)


def _plot(
    title: str,
    unit: str,
    starts: Sequence[datetime],
    length: timedelta,
    values: Values,
    top: float,
    stacked: list[Bar],
    drawn: dict[str, list[str]],
) -> Plot:
    room = HEIGHT - TOP - BOTTOM
    scale = [(HEIGHT - BOTTOM - room * share, _shown(top * share)) for share in (0, 0.5, 1)]
    every = max(len(starts) // _TIME_MARKS, 1)
    form = "%H:%M" if length < timedelta(hours=1) else "%a %H:%M" if length < timedelta(hours=12) else "%d %b"
    width = (WIDTH - LEFT - RIGHT) / max(len(starts), 1)
    times = [(LEFT + i * width, f"{starts[i]:{form}}") for i in range(0, len(starts), every)]
    rows = [(start, [numbers[i] for numbers in values.values()]) for i, start in enumerate(starts)]
    rows = [row for row in rows if any(row[1])]
    return Plot(title, unit, list(values), stacked, drawn, scale, times, rows, not rows)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"
