"""Tables fit the terminal: wide columns become narrower, optional columns are left out."""

from hypothesis import given
from hypothesis import strategies as st

from worker.cli.stories import STORY_COLUMNS
from worker.cli.table import Column, fit_widths

_COLUMNS = st.builds(Column, heading=st.just("h"), wide=st.booleans(), optional=st.booleans(), least=st.integers(1, 40))


@given(st.lists(st.tuples(_COLUMNS, st.integers(1, 200)), min_size=1, max_size=8), st.integers(20, 300))
def test_a_table_is_no_wider_than_the_terminal(columns: list[tuple[Column, int]], room: int) -> None:
    """A table fits unless the columns that can't shrink are already wider than the terminal."""
    shape, natural = [column for column, _ in columns], [width for _, width in columns]
    widths = fit_widths(shape, natural, room)
    stiff = sum(width for column, width in columns if not column.wide and not column.optional)
    if stiff + 2 * (len(columns) - 1) + 40 * len(columns) <= room:
        assert sum(widths.values()) + 2 * (len(widths) - 1) <= room
    assert {i for i, column in enumerate(shape) if not column.optional} <= set(widths)
    assert all(1 <= width <= natural[i] for i, width in widths.items())


def test_a_table_that_fits_is_not_cut() -> None:
    """On a wide terminal nothing is cut."""
    assert fit_widths([Column("id"), Column("title", wide=True)], [3, 40], 80) == {0: 3, 1: 40}


def test_the_last_optional_column_is_left_out_first() -> None:
    """An optional column is left out before the title becomes too narrow."""
    columns = [Column("id"), Column("title", wide=True), Column("a", optional=True), Column("b", optional=True)]
    assert fit_widths(columns, [3, 90, 20, 20], 60) == {0: 3, 1: 33, 2: 20}


def test_a_list_of_stories_fits_eighty_columns() -> None:
    """On 80 columns a story has its id, at least 40 characters of its title, its time and its copies."""
    natural = [7, 120, 16, 6, 9, 8, 30, 5, 9, 60]
    widths = fit_widths(STORY_COLUMNS, natural, 80)
    assert [STORY_COLUMNS[i].heading for i in widths] == ["id", "title", "last seen", "copies"]
    assert widths[1] >= 40
    assert sum(widths.values()) + 2 * (len(widths) - 1) <= 80
