"""Plots and timelines: every shape is inside the frame and in proportion."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from worker.store.read.stories import Copy
from worker.web.plots import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, bars, lines
from worker.web.timeline import timeline

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEP = timedelta(minutes=30)
_VALUES = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def copy(number: int, relation: str, minutes: float, *, canonical: bool = False) -> Copy:
    """Return a copy that was published ``minutes`` after noon."""
    at = NOON + timedelta(minutes=minutes)
    unknown = (None,) * 6
    return Copy(number, relation, 1.0, canonical, "a.txt", None, "en", 100, at, at, *unknown, "usable", None)


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


@given(st.lists(st.tuples(st.sampled_from(["exact", "near", "rewrite"]), st.floats(0, 10_000)), max_size=40))
def test_copies_are_in_order_of_time_and_do_not_overlap(relations: list[tuple[str, float]]) -> None:
    """Each copy has a dot in its lane, in the order of time, separate from its neighbours unless the lane is full."""
    copies = [
        copy(0, "original", 0, canonical=True),
        *(copy(i + 1, relation, minutes) for i, (relation, minutes) in enumerate(relations)),
    ]
    drawn = timeline(copies)
    assert len(drawn.dots) == len(copies)
    assert all(LEFT <= dot.x <= drawn.width for dot in drawn.dots)
    for lane in {dot.lane for dot in drawn.dots}:
        positions = [dot.x for dot in drawn.dots if dot.lane == lane]
        assert positions == sorted(positions)
    assert {dot.lane for dot in drawn.dots} == {lane for lane, _ in drawn.lanes}


def test_copies_of_the_same_time_are_drawn_next_to_each_other() -> None:
    """Copies with the same time can be seen and chosen separately."""
    drawn = timeline([copy(0, "original", 0, canonical=True), copy(1, "near", 0), copy(2, "near", 0)])
    near = [dot.x for dot in drawn.dots if dot.lane == "near"]
    assert near[1] - near[0] > 12
    assert len(drawn.ticks) == 1
