"""Two texts that were found at one address are more likely one story."""

import pytest

from worker.features import features
from worker.match import evidence, reason, verdict
from worker.match.address import address_of
from worker.match.metadata import ArticleMetadata, with_metadata


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://www.skarn.example/ferry", "http://skarn.example/ferry/"),
        ("https://skarn.example/ferry#atom-everything", "https://SKARN.example/ferry"),
        ("https://skarn.example/ferry?utm_source=x&fbclid=y", "https://skarn.example/ferry"),
        ("https://skarn.example/?p=12&utm_medium=rss", "https://skarn.example?p=12"),
        ("https://skarn.example:443/ferry", "http://skarn.example:80/ferry"),
        ("https://skarn.example/?p=12&amp;utm_medium=rss&amp;page=2", "https://skarn.example/?p=12&page=2"),
    ],
)
def test_addresses_of_one_page_are_the_same(url: str, other: str) -> None:
    """Scheme, usual port, www, fragment, final slash and tracking parameters do not count."""
    assert address_of(url) == address_of(other) is not None


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://skarn.example/ferry", "https://skarn.example/Ferry"),
        ("https://skarn.example/ferry", "https://ostrel.example/ferry"),
        ("https://skarn.example/?p=12", "https://skarn.example/?p=13"),
        ("https://skarn.example/ferry?page=2", "https://skarn.example/ferry"),
        ("https://skarn.example:8443/ferry", "https://skarn.example/ferry"),
    ],
)
def test_addresses_of_two_pages_differ(url: str, other: str) -> None:
    """Host, another port, path and all other parameters count."""
    assert address_of(url) != address_of(other)


@pytest.mark.parametrize(
    "url", [None, "", "https://skarn.example/", "https://skarn.example", "/ferry", "mailto:a@skarn.example",
            "https://[::1", "https://skarn.example:port/ferry", "https://skarn.example/" + "a" * 2_000]
)  # fmt: skip
def test_what_names_no_page_is_no_address(url: str | None) -> None:
    """A front page, whose text changes, a path, another scheme, a broken and an endless address are none."""
    assert address_of(url) is None


BUYS = "Hofmatt dairy buys rival for 30 million francs"
PAGE = ArticleMetadata(url="https://news.example/dairy")
ACQUIRES = "Hofmatt dairy to acquire rival in deal worth 30 million"


def test_an_address_raises_the_odds() -> None:
    """What is not enough alone is enough at one address, and the reason says so."""
    apart = verdict(evidence(features(BUYS, None, "en"), features(ACQUIRES, None, "en")))
    found = with_metadata(apart, PAGE, PAGE)
    assert not apart.same
    assert found.same
    assert 0 < apart.probability < found.probability < 1
    assert reason(found).startswith("Same story, found at the same address: ")


@pytest.mark.parametrize("other", [BUYS, "The harbour of Ostrel was closed on Monday after a crane fell into it."])
def test_an_address_decides_nothing_alone(other: str) -> None:
    """The verdict stays as it is where the words are the same, and where next to nothing is shared."""
    before = verdict(evidence(features(BUYS, None, "en"), features(other, None, "en")))
    assert with_metadata(before, PAGE, PAGE) == before
