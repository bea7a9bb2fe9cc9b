"""Compute the timeline of a story: one lane for each relation, time from left to right. The template draws it.

Horizontal positions are percentages of the drawing's width, so that letters and dots keep their size on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.article import Relation
from worker.store.read.copies import TimedCopy
from worker.web.time_axis import TimeMark, time_marks

#: More copies are drawn as a sample: that many dots fill a lane, and each is a link that a keyboard has to pass.
MOST_DOTS = 200
#: Margins in percent: half a label at each end.
_LEFT, _RIGHT = 6.0, 94.0
#: Pixels: the lane's name, and each row of dots below it.
_NAME, _ROW = 20, 14
#: Pixels of a line of labels below the lanes: clocks, where there are any, and dates.
_LABELS = 20
#: Dots of a lane that are nearer than this, in percent, are drawn below each other: 10 pixels of 350, a phone's width.
_DOT_GAP = 3.0
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
    """A timeline whose lanes end at ``bottom``.

    ``sampled_from`` is the number of copies if only a sample of them is drawn, else 0.
    """

    bottom: float
    height: float
    lanes: list[Lane]
    dots: list[Dot]
    marks: list[TimeMark]
    sampled_from: int


def timeline(copies: Sequence[TimedCopy], total: int) -> Timeline:
    """Arrange copies, of ``total`` in the story, by the time when they were published, or else arrived."""
    first, last = min(copy.at for copy in copies), max(copy.at for copy in copies)
    lanes: list[Lane] = []
    dots: list[Dot] = []
    height = 0.0
    for name in _LANES:
        members = sorted((copy for copy in copies if _lane(copy) == name), key=lambda copy: copy.at)
        if members:
            lanes.append(Lane(name, height + _NAME / 2 + 4, len(members)))
            placed = _place(members, name, height + _NAME, first, last)
            dots += placed
            height = max(dot.y for dot in placed) + _ROW / 2 + 4
    marks = time_marks(first, last, _LEFT, _RIGHT)
    axis = _LABELS * (1 + any(mark.clock for mark in marks))
    return Timeline(height, height + axis, lanes, dots, marks, total if total > len(copies) else 0)


def _lane(copy: TimedCopy) -> str:
    return _CANONICAL if copy.is_canonical else copy.relation


def _place(copies: Sequence[TimedCopy], lane: str, top: float, first: datetime, last: datetime) -> list[Dot]:
    """Return the dots of a lane: in the first row with room, else in the row whose last dot is farthest left."""
    ends: list[float] = []
    dots = []
    for copy in copies:
        share = (copy.at - first) / (last - first) if last > first else 0.0
        x = _LEFT + share * (_RIGHT - _LEFT)
        row = next((i for i, end in enumerate(ends) if end <= x), len(ends))
        if row == _MOST_ROWS:
            row = min(range(_MOST_ROWS), key=lambda i: ends[i])
            x = min(max(x, ends[row] - 0.9 * _DOT_GAP), _RIGHT)
        ends[row : row + 1] = [x + _DOT_GAP]
        dots.append(Dot(x, top + row * _ROW + _ROW / 2, copy, lane))
    return dots
