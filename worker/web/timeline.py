"""Compute the timeline of a story: one lane for each relation, time from left to right. The template draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.article import Relation
from worker.store.read.stories import Copy

#: In user units of the SVG, which scales with the page.
WIDTH = 900
LEFT, RIGHT = 110, 20
LANE = 34
TOP = 12
#: Room for the time marks below the lanes.
BOTTOM = 30
_CANONICAL = "canonical"
_LANES = (_CANONICAL, *map(str, Relation))
#: Least distance of two dots in a lane, so that copies of the same time can be seen and clicked separately.
_DOT_GAP = 13
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Dot:
    """A copy and its position."""

    x: float
    y: float
    copy: Copy
    lane: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A timeline: lanes by name and height, dots, and time marks."""

    height: int
    lanes: list[tuple[str, float]]
    dots: list[Dot]
    ticks: list[tuple[float, datetime]]
    with_time: bool
    width: int = WIDTH
    left: int = LEFT


def _at(copy: Copy) -> datetime:
    return copy.published_at or copy.arrived_at


def _lane(copy: Copy) -> str:
    return _CANONICAL if copy.is_canonical else copy.relation


def timeline(copies: Sequence[Copy]) -> Timeline:
    """Arrange copies by the time when they were published, or else arrived."""
    present = {_lane(copy) for copy in copies}
    lanes = [(lane, TOP + LANE * (i + 0.5)) for i, lane in enumerate(lane for lane in _LANES if lane in present)]
    height_of = dict(lanes)
    first, last = min(map(_at, copies)), max(map(_at, copies))
    span = (last - first).total_seconds()
    dots: list[Dot] = []
    free: dict[str, float] = {}
    for copy in sorted(copies, key=_at):
        share = (_at(copy) - first).total_seconds() / span if span else 0.0
        lane = _lane(copy)
        x = max(LEFT + 10 + share * (WIDTH - LEFT - RIGHT - 20), free.get(lane, 0.0))
        free[lane] = x + _DOT_GAP
        dots.append(Dot(min(x, WIDTH - RIGHT), height_of[lane], copy, lane))
    steps = _TICKS - 1 if span else 0
    ticks = [
        (LEFT + 10 + (WIDTH - LEFT - RIGHT - 20) * i / max(steps, 1), first + (last - first) * i / max(steps, 1))
        for i in range(steps + 1)
    ]
    short = last - first < timedelta(days=4)
    return Timeline(round(TOP + LANE * len(lanes) + BOTTOM), lanes, dots, ticks, short)
