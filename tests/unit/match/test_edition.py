"""One headline on two days above other figures announces two editions of a report."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.match.dispatches import DISPATCH
from tests.unit.match.test_period import APRIL, MARCH
from worker.features import features
from worker.match import evidence, reason, verdict
from worker.match.edition import are_editions
from worker.match.metadata import ArticleMetadata, with_metadata

HEADLINE = "UNEMPLOYMENT IN NORDLAND"
MONDAY = datetime(2031, 3, 10, 9, 45, tzinfo=UTC)
NEXT_DAY = MONDAY + timedelta(hours=23, minutes=40)


@pytest.mark.parametrize(
    ("other_headline", "hours", "figures", "editions"),
    [
        ("Unemployment in Nordland", 24, 0.5, True),
        ("Unemployment in Nordland", -24, 0.5, True),
        ("Unemployment in Nordland", 12, 0.5, False),
        ("Unemployment in Nordland", 24, 0.9, False),
        ("Unemployment in Nordland", 24, float("nan"), False),
        ("Corrected - Unemployment in Nordland", 24, 0.5, False),
        (None, 24, 0.5, False),
    ],
)
def test_headline_day_and_figures_decide_together(
    other_headline: str | None, hours: int, figures: float, editions: bool
) -> None:
    """Editions need one headline, another day and other figures; a text without figures contradicts nothing."""
    other = MONDAY + timedelta(hours=hours)
    assert are_editions(HEADLINE, other_headline, MONDAY, other, figures) is editions
    assert are_editions(other_headline, HEADLINE, other, MONDAY, figures) is editions
    assert not are_editions(HEADLINE, other_headline, MONDAY, None, figures)


def test_a_recurring_report_is_another_story_each_time() -> None:
    """Two editions with most of their text in common are apart, unless they are of one day or at one address."""
    alike = verdict(evidence(features(APRIL, None, "en"), features(MARCH, None, "en")))
    first = ArticleMetadata(HEADLINE, "https://news.example/employment", MONDAY)
    second = ArticleMetadata(HEADLINE, "https://news.example/employment-2", NEXT_DAY)
    apart = with_metadata(alike, second, first)
    assert alike.same
    assert not apart.same
    assert reason(apart).startswith("Not a copy, but another day's report under the same headline, with other figures")
    assert with_metadata(alike, second._replace(published=MONDAY), first) == alike
    assert with_metadata(alike, second._replace(url=first.url), first).same


def test_a_dispatch_that_is_sent_again_stays_one_story() -> None:
    """The next morning's take of a dispatch, with its figures, is a copy."""
    again = f"{DISPATCH} The company had no comment."
    alike = verdict(evidence(features(again, HEADLINE, "en"), features(DISPATCH, HEADLINE, "en")))
    later = with_metadata(alike, ArticleMetadata(HEADLINE, None, NEXT_DAY), ArticleMetadata(HEADLINE, None, MONDAY))
    assert later == alike
    assert later.same
