"""Which articles are compared, and how far back that reaches."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from worker.window import ArticleTimes, Window

OPENED = datetime(2031, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda later: OPENED + later)
DELAYS = st.timedeltas(timedelta(0), timedelta(days=400))


def test_without_a_window_all_is_compared() -> None:
    """A window of 0 days has no end and no beginning."""
    late = ArticleTimes(None, OPENED + timedelta(days=4000))
    assert Window(0).contains(ArticleTimes(None, OPENED), late)
    assert Window(0).cutoff(late, OPENED) is None


def test_a_young_archive_is_looked_at_from_its_beginning() -> None:
    """Two windows after the first story was opened nothing is left out, whatever age an article claims."""
    assert Window(30).cutoff(ArticleTimes(None, OPENED + timedelta(days=60)), OPENED) is None
    assert Window(30).cutoff(ArticleTimes(datetime(1, 1, 2, tzinfo=UTC), OPENED + timedelta(days=900)), OPENED) is None
    assert Window(30).cutoff(ArticleTimes(None, OPENED + timedelta(days=61)), OPENED) == OPENED + timedelta(days=1)


@given(st.none() | MOMENTS, DELAYS, st.none() | MOMENTS, DELAYS, MOMENTS)
def test_nothing_of_the_window_lies_behind_its_beginning(
    one: datetime | None, late: timedelta, other: datetime | None, later: timedelta, arrived: datetime
) -> None:
    """What an article is compared with came after the beginning, if it was delivered after it was published."""
    article = ArticleTimes(one, (one or arrived) + late)
    stored = ArticleTimes(other, (other or arrived) + later)
    begins = Window(30).cutoff(article, OPENED)
    if begins and Window(30).contains(article, stored):
        assert stored.arrived >= begins
