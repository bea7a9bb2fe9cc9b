"""Numbers and copies go in, drawings come out that lie within their frame."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from worker.store.read.stories import Copy
from worker.web.plots import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, bars, lines
from worker.web.timeline import timeline

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEP = timedelta(minutes=30)
_VALUES = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def copy(number: int, relation: str, minutes: float, *, canonical: bool = False) -> Copy:
    """Return a copy that was published some minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return Copy(number, relation, 1.0, canonical, "a.txt", None, "en", 100, at, at, None, None, None, None)


@given(_VALUES)
def test_bars_stand_within_the_frame_and_keep_their_proportions(numbers: list[int]) -> None:
    """No bar leaves the frame, and bars are as high as their numbers."""
    found = bars("t", "files", [NOON + STEP * i for i in range(len(numbers))], STEP, {"files": numbers})
    assert len(found.bars) == sum(n > 0 for n in numbers)
    for bar in found.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= TOP - 1e-6
        assert bar.y + bar.height <= HEIGHT - BOTTOM + 1e-6
    heights = [bar.height for bar in found.bars]
    assert sorted(heights) == [h for _, h in sorted(zip([n for n in numbers if n], heights, strict=True))]


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20))
def test_bars_of_one_step_stand_on_each_other(numbers: list[int]) -> None:
    """The series of a step are stacked without a gap or an overlap."""
    found = bars("t", "copies", [NOON], STEP, {f"s{i}": [n] for i, n in enumerate(numbers)})
    edges = [(bar.y + bar.height, bar.y) for bar in found.bars]
    assert all(abs(below[1] - above[0]) < 1e-6 for below, above in zip(edges, edges[1:], strict=False))


def test_a_line_is_broken_where_there_is_no_value() -> None:
    """Steps without files have no latency, so the line has a gap there."""
    found = lines("t", "seconds", [NOON + STEP * i for i in range(5)], STEP, {"half": [1.0, None, 2.0, 3.0, None]})
    assert [len(piece.split()) for piece in found.lines["half"]] == [2, 4]


def test_nothing_is_told_to_be_nothing() -> None:
    """A period without anything says so instead of showing an empty frame."""
    assert bars("t", "files", [NOON], STEP, {"files": [0]}).empty
    assert not bars("t", "files", [NOON], STEP, {"files": [1]}).empty


def test_scales_end_at_round_numbers() -> None:
    """Marks of the scale can be read off: 0, half, a round number over the highest value."""
    found = bars("t", "files", [NOON], STEP, {"files": [1_234]})
    assert [words for _, words in found.scale] == ["0", "1,000", "2,000"]


@given(st.lists(st.tuples(st.sampled_from(["exact", "near", "rewrite"]), st.floats(0, 10_000)), max_size=40))
def test_copies_lie_in_time_and_never_on_each_other(found: list[tuple[str, float]]) -> None:
    """Each copy has a dot in its lane, in the order of time, apart from its neighbours unless the lane is full."""
    copies = [copy(0, "original", 0, canonical=True), *(copy(i + 1, *one) for i, one in enumerate(found))]
    drawn = timeline(copies)
    assert len(drawn.dots) == len(copies)
    assert all(LEFT <= dot.x <= drawn.width for dot in drawn.dots)
    for lane in {dot.lane for dot in drawn.dots}:
        places = [dot.x for dot in drawn.dots if dot.lane == lane]
        assert places == sorted(places)
    assert {dot.lane for dot in drawn.dots} == {lane for lane, _ in drawn.lanes}


def test_copies_of_one_moment_are_drawn_beside_each_other() -> None:
    """Copies that came at once can be seen and chosen one by one."""
    drawn = timeline([copy(0, "original", 0, canonical=True), copy(1, "near", 0), copy(2, "near", 0)])
    near = [dot.x for dot in drawn.dots if dot.lane == "near"]
    assert near[1] - near[0] > 12
    assert len(drawn.ticks) == 1
