"""Which articles are compared, and how old the stories are that they are compared with."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from worker.window import ArticleTimes, Window

OPENED = datetime(2031, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda later: OPENED + later)
DELAYS = st.timedeltas(timedelta(0), timedelta(days=400))


def test_without_a_window_all_articles_are_compared() -> None:
    """A window of 0 days excludes no article and has no cutoff."""
    late = ArticleTimes(None, OPENED + timedelta(days=4000))
    assert Window(0).contains(ArticleTimes(None, OPENED), late)
    assert Window(0).cutoff(late, OPENED) is None


def test_a_young_archive_has_no_cutoff() -> None:
    """Up to two windows after the first story was created no story is excluded, whatever date an article has."""
    assert Window(30).cutoff(ArticleTimes(None, OPENED + timedelta(days=60)), OPENED) is None
    assert Window(30).cutoff(ArticleTimes(datetime(1, 1, 2, tzinfo=UTC), OPENED + timedelta(days=900)), OPENED) is None
    assert Window(30).cutoff(ArticleTimes(None, OPENED + timedelta(days=61)), OPENED) == OPENED + timedelta(days=1)


@given(st.none() | MOMENTS, DELAYS, st.none() | MOMENTS, DELAYS, MOMENTS)
def test_no_article_in_the_window_is_older_than_the_cutoff(
    published: datetime | None, delay: timedelta, other: datetime | None, other_delay: timedelta, arrived: datetime
) -> None:
    """Articles in the window arrived after the cutoff, if each was delivered after it was published."""
    article = ArticleTimes(published, (published or arrived) + delay)
    stored = ArticleTimes(other, (other or arrived) + other_delay)
    cutoff = Window(30).cutoff(article, OPENED)
    if cutoff and Window(30).contains(article, stored):
        assert stored.arrived >= cutoff
