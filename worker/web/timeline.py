"""Compute the timeline of a story: one lane for each relation, time from left to right. The template draws it.

Only dates of publication make the axis: an article from an archive may arrive years after the others were published.
Copies without a date have lanes of their own below the axis, where they are in the order of their arrival.

Horizontal positions are percentages of the drawing's width, so that letters and dots keep their size on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from worker.article import Relation
from worker.store.read.copies import TimedCopy
from worker.web.time_axis import DATE_WIDTH, TimeMark, time_marks

#: More copies are drawn as a sample: that many dots fill a lane, and each is a link that a keyboard has to pass.
MOST_DOTS = 200
#: Margins in percent: half a label at each end.
_LEFT, _RIGHT = 6.0, 94.0
#: Pixels: the lane's name, and each row of dots below it.
_NAME, _ROW = 20, 14
#: Pixels of a line of labels below the lanes: clocks, where there are any, and dates.
_LABELS = 20
#: Pixels between the axis and what is said of the copies below it.
_GAP = 12
#: Dots of a lane that are nearer than this, in percent, are drawn below each other: 10 pixels of 350, a phone's width.
_DOT_GAP = 3.0
#: Percent from a copy without a date to the next, and how many are in a row: 14 pixels of 350, so that none overlap.
_STEP, _IN_ROW = 4.0, 23
#: Rows of dots of a lane; more would make a tall drawing of a story that appears everywhere in one minute.
_MOST_ROWS = 5
_CANONICAL = "canonical"
_LANES = (_CANONICAL, *map(str, Relation))


@dataclass(frozen=True, slots=True)
class Dot:
    """A copy and its position: ``x`` in percent, ``y`` in pixels."""

    x: float
    y: float
    copy: TimedCopy
    lane: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The dots of one relation below its name; ``copies`` is their number."""

    name: str
    y: float
    copies: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A timeline: lanes of dated copies to ``bottom``, labels of the axis to ``axis``, then copies without a date.

    ``undated`` is where the words above those are, None without such copies. ``sampled_from`` is the number of copies
    if only a sample of them is drawn, else 0.
    """

    bottom: float
    axis: float
    undated: float | None
    height: float
    lanes: list[Lane]
    dots: list[Dot]
    marks: list[TimeMark]
    sampled_from: int


class _Place(Protocol):
    """Arrange the dots of a lane below ``top``."""

    def __call__(self, copies: Sequence[TimedCopy], lane: str, top: float) -> list[Dot]: ...


def timeline(copies: Sequence[TimedCopy], total: int) -> Timeline:
    """Arrange copies, of ``total`` in the story: by the time when they were published, or in the order of arrival."""
    dated = sorted((copy for copy in copies if copy.is_dated), key=lambda copy: copy.at)
    undated = sorted((copy for copy in copies if not copy.is_dated), key=lambda copy: copy.at)
    lanes: list[Lane] = []
    dots: list[Dot] = []
    marks: list[TimeMark] = []
    bottom = axis = 0.0
    if dated:
        first, last = dated[0].at, dated[-1].at
        left = _LEFT if last > first else DATE_WIDTH / 2  # so that a lone mark is above its date
        bottom = _fill(lanes, dots, dated, partial(_in_time, left=left, first=first, last=last), 0)
        marks = time_marks(first, last, left, _RIGHT)
        axis = bottom + _LABELS * (1 + any(mark.clock for mark in marks))
    words = axis + _GAP * bool(dated) + _LABELS
    height = _fill(lanes, dots, undated, _in_order, words) if undated else axis
    return Timeline(
        bottom, axis, words - 4 if undated else None, height, lanes, dots, marks, total if total > len(copies) else 0
    )


def _fill(lanes: list[Lane], dots: list[Dot], copies: Sequence[TimedCopy], place: _Place, top: float) -> float:
    """Add lanes below ``top`` with the dots of copies; return where they end."""
    for name in _LANES:
        if members := [copy for copy in copies if _lane(copy) == name]:
            lanes.append(Lane(name, top + _NAME / 2 + 4, len(members)))
            placed = place(members, name, top + _NAME)
            dots += placed
            top = max(dot.y for dot in placed) + _ROW / 2 + 4
    return top


def _lane(copy: TimedCopy) -> str:
    return _CANONICAL if copy.is_canonical else copy.relation


def _in_time(
    copies: Sequence[TimedCopy], lane: str, top: float, *, left: float, first: datetime, last: datetime
) -> list[Dot]:
    """Return the dots of a lane: in the first row with room, else in the row whose last dot is farthest left."""
    ends: list[float] = []
    dots = []
    for copy in copies:
        share = (copy.at - first) / (last - first) if last > first else 0.0
        x = left + share * (_RIGHT - left)
        row = next((i for i, end in enumerate(ends) if end <= x), len(ends))
        if row == _MOST_ROWS:
            row = min(range(_MOST_ROWS), key=lambda i: ends[i])
            x = min(max(x, ends[row] - 0.9 * _DOT_GAP), _RIGHT)
        ends[row : row + 1] = [x + _DOT_GAP]
        dots.append(Dot(x, top + row * _ROW + _ROW / 2, copy, lane))
    return dots


def _in_order(copies: Sequence[TimedCopy], lane: str, top: float) -> list[Dot]:
    """Return the dots of a lane without a scale, one after the other, in as many rows as they need."""
    places = (divmod(i, _IN_ROW) for i in range(len(copies)))
    return [
        Dot(_LEFT + column * _STEP, top + row * _ROW + _ROW / 2, copy, lane)
        for copy, (row, column) in zip(copies, places, strict=True)
    ]
