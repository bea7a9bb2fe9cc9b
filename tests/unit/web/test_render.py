"""What templates show: addresses that can't run, lengths of time that can be read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.web.render import _environment


def shown(template: str, **values: object) -> str:
    """Render a line of a template with the pages' own environment."""
    return _environment.from_string(template).render(values)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
        "http:",
        "http://[broken",
        "",
    ],
)
def test_addresses_that_could_run_are_no_links(address: str) -> None:
    """Only http and https addresses of a host become links."""
    assert shown("{{ a|weblink is none }}", a=address) == "True"


def test_addresses_of_pages_are_links() -> None:
    """A page's address is kept as it is."""
    assert shown("{{ a|weblink }}", a="https://news.example/a?b=1") == "https://news.example/a?b=1"


@given(st.text())
def test_whatever_is_shown_is_escaped(text: str) -> None:
    """No text from outside puts an angle bracket or a quote into a page, in contents or in attributes."""
    page = shown('<p title="{{ t }}">{{ t }}</p>', t=text)
    assert page.count("<") == 2
    assert page.count('"') == 2


@pytest.mark.parametrize(
    ("length", "words"),
    [(None, "–"), (0.2, "200 ms"), (5.9, "5.9 s"), (90, "2 min"), (timedelta(hours=5, minutes=7), "5 h 07 min"), (3e6, "35 days")],
)
def test_lengths_of_time_are_told_in_their_largest_units(length: object, words: str) -> None:
    """Nobody reads 3,000,000 seconds."""
    assert shown("{{ t|lasted }}", t=length) == words
