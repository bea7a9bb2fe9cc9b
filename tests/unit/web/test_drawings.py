"""Plots and timelines: every shape is inside the frame and in proportion."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.store.read.copies import TimedCopy
from worker.web.plots import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, bars, lines
from worker.web.time_axis import DATE_WIDTH, time_marks
from worker.web.timeline import timeline

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEP = timedelta(minutes=30)
_VALUES = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def copy(number: int, relation: str, minutes: float, *, canonical: bool = False, dated: bool = True) -> TimedCopy:
    """Return a copy that was published ``minutes`` after noon, or arrived then without a date."""
    return TimedCopy(number, relation, canonical, NOON + timedelta(minutes=minutes), dated)


@given(_VALUES)
def test_bars_are_inside_the_frame_and_in_proportion(numbers: list[int]) -> None:
    """No bar leaves the frame, and the heights are in proportion to the numbers."""
    plot = bars("t", "files", [NOON + STEP * i for i in range(len(numbers))], STEP, {"files": numbers})
    assert len(plot.bars) == sum(n > 0 for n in numbers)
    for bar in plot.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= TOP - 1e-6
        assert bar.y + bar.height <= HEIGHT - BOTTOM + 1e-6
    heights = [bar.height for bar in plot.bars]
    assert sorted(heights) == [h for _, h in sorted(zip([n for n in numbers if n], heights, strict=True))]


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20))
def test_bars_of_one_step_are_stacked(numbers: list[int]) -> None:
    """The series of a step are stacked without a gap or an overlap."""
    plot = bars("t", "copies", [NOON], STEP, {f"s{i}": [n] for i, n in enumerate(numbers)})
    edges = [(bar.y + bar.height, bar.y) for bar in plot.bars]
    assert all(abs(below[1] - above[0]) < 1e-6 for below, above in pairwise(edges))


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    """Steps without files have no latency, so the line has a gap there."""
    plot = lines("t", "seconds", [NOON + STEP * i for i in range(5)], STEP, {"half": [1.0, None, 2.0, 3.0, None]})
    assert [len(piece.split()) for piece in plot.lines["half"]] == [2, 4]


def test_a_plot_without_data_is_empty() -> None:
    """A period without data is marked as empty instead of showing an empty frame."""
    assert bars("t", "files", [NOON], STEP, {"files": [0]}).empty
    assert not bars("t", "files", [NOON], STEP, {"files": [1]}).empty


def test_scales_end_at_round_numbers() -> None:
    """The scale has marks at 0, half, and a round number above the highest value."""
    plot = bars("t", "files", [NOON], STEP, {"files": [1_234]})
    assert [words for _, words in plot.scale] == ["0", "1,000", "2,000"]


@given(st.lists(st.tuples(st.sampled_from(["exact", "near", "rewrite"]), st.floats(0, 10_000), st.booleans())))
@example([("near", 10_000.0 * n, False) for n in range(200)])
def test_copies_are_in_their_lanes_in_order_of_time(relations: list[tuple[str, float, bool]]) -> None:
    """Each copy has a dot inside the drawing in its lane; in each row of dots time goes from left to right."""
    copies = [
        copy(0, "original", 0, canonical=True),
        *(copy(i + 1, relation, minutes, dated=dated) for i, (relation, minutes, dated) in enumerate(relations)),
    ]
    drawn = timeline(copies, len(copies))
    assert len(drawn.dots) == len(copies) == sum(lane.copies for lane in drawn.lanes)
    assert all(0 <= dot.x <= 100 and 0 < dot.y < drawn.height for dot in drawn.dots)
    assert drawn.sampled_from == 0
    for y in {dot.y for dot in drawn.dots}:
        row = [dot for dot in drawn.dots if dot.y == y]
        assert len({dot.lane for dot in row}) == 1
        assert [dot.x for dot in row] == sorted(dot.x for dot in row)


def test_copies_without_a_date_have_a_strip_of_their_own() -> None:
    """One old copy does not squeeze those that arrived today: dates make the axis, and the others follow in order."""
    years, day = 60 * 24 * 365 * 20, 60 * 24
    arrived = [copy(n, "near", years + n, dated=False) for n in range(3, 60)]
    drawn = timeline([copy(1, "original", 0, canonical=True), copy(2, "near", day), *arrived], 59)
    assert {mark.date for mark in drawn.marks} <= {"", "1 Mar 2026", "2 Mar 2026"}
    assert drawn.marks[-1].at <= NOON + timedelta(days=1)
    above, below = drawn.dots[:2], drawn.dots[2:]
    assert max(dot.y for dot in above) < drawn.bottom < drawn.axis < (drawn.undated or 0) < min(d.y for d in below)
    assert [(lane.name, lane.copies) for lane in drawn.lanes] == [("canonical", 1), ("near", 1), ("near", 57)]
    assert [dot.copy for dot in below] == arrived
    assert all(after.y > before.y or after.x - before.x >= 4 for before, after in pairwise(below))
    assert max(dot.x for dot in below) <= 94


def test_a_story_without_dates_has_no_axis() -> None:
    """Only the order of arrival is known, so no time is marked."""
    drawn = timeline([copy(0, "original", 0, canonical=True, dated=False), copy(1, "near", 9, dated=False)], 2)
    assert (drawn.marks, drawn.axis, len(drawn.lanes)) == ([], 0, 2)


def test_a_lone_mark_is_above_its_date() -> None:
    """A story with one date has its dot, its clock and its date at one place."""
    drawn = timeline([copy(0, "original", 0, canonical=True)], 1)
    assert drawn.undated is None
    assert {mark.x for mark in drawn.marks} == {mark.date_x for mark in drawn.marks} == {dot.x for dot in drawn.dots}


def test_copies_of_the_same_time_are_drawn_apart() -> None:
    """Copies with the same time can be seen and chosen separately."""
    drawn = timeline([copy(0, "original", 0, canonical=True), copy(1, "near", 0), copy(2, "near", 0)], 3)
    near = [(dot.x, dot.y) for dot in drawn.dots if dot.lane == "near"]
    assert len(set(near)) == 2
    assert [(mark.clock, mark.date) for mark in drawn.marks] == [("12:00", "1 Mar 2026")]


def test_a_sample_says_of_how_many() -> None:
    """If not all copies are drawn, the timeline has their number."""
    assert timeline([copy(0, "original", 0, canonical=True), copy(1, "near", 5)], 700).sampled_from == 700


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(minutes=4), [("12:00", "1 Mar 2026"), ("12:01", ""), ("12:02", ""), ("12:03", ""), ("12:04", "")]),
        (timedelta(hours=20), [("12:00", "1 Mar 2026"), ("18:00", ""), ("00:00", "2 Mar 2026"), ("06:00", "")]),
        (timedelta(days=3), [("", "2 Mar 2026"), ("", "3 Mar 2026"), ("", "4 Mar 2026")]),
        (timedelta(days=5), [("", "2 Mar 2026"), ("", ""), ("", "4 Mar 2026"), ("", ""), ("", "6 Mar 2026")]),
        (timedelta(days=24), [("", "2 Mar 2026"), ("", "9 Mar 2026"), ("", "16 Mar 2026"), ("", "23 Mar 2026")]),
        (timedelta(days=100), [("", "1 Apr 2026"), ("", "1 May 2026"), ("", "1 Jun 2026")]),
        (timedelta(days=3_000), [("", "1 Jan 2028"), ("", "1 Jan 2030"), ("", "1 Jan 2032"), ("", "1 Jan 2034")]),
        (timedelta(seconds=20), [("12:00", "1 Mar 2026")]),
    ],
)
def test_marks_of_time_are_round(length: timedelta, labels: list[tuple[str, str]]) -> None:
    """Marks are at whole minutes, hours, days, months or years; a date is written where it changes and has room."""
    assert [(mark.clock, mark.date) for mark in time_marks(NOON, NOON + length, 6, 94)] == labels


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
@example(datetime(2026, 2, 27, 22, 10, tzinfo=UTC), datetime(2026, 3, 4, 22, 10, tzinfo=UTC))
@example(datetime(2026, 2, 27, 22, 10, tzinfo=UTC), datetime(2026, 3, 9, 22, 10, tzinfo=UTC))
def test_dates_of_marks_do_not_touch(one: datetime, other: datetime) -> None:
    """On a phone each date has room for itself inside the drawing, and there is one."""
    marks = time_marks(min(one, other), max(one, other), 6, 94)
    middles = [mark.date_x for mark in marks if mark.date]
    assert middles
    assert all(after - before >= DATE_WIDTH for before, after in pairwise(middles))
    assert DATE_WIDTH / 2 <= middles[0] <= middles[-1] <= 100 - DATE_WIDTH / 2


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_marks_are_few_and_in_order(one: datetime, other: datetime) -> None:
    """Between any two times there are one to five marks, from left to right within the axis."""
    positions = [mark.x for mark in time_marks(min(one, other), max(one, other), 6, 94)]
    assert 1 <= len(positions) <= 5
    assert positions == sorted(positions)
    assert 6 - 1e-6 <= positions[0] <= positions[-1] <= 94 + 1e-6
