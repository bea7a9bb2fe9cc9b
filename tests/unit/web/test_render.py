"""Filters and escaping of the templates."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.web.render import _environment


def shown(template: str, **values: object) -> str:
    """Render a template string with the environment of the pages."""
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
def test_unsafe_addresses_are_no_links(address: str) -> None:
    """Only http and https addresses of a host become links."""
    assert shown("{{ a|weblink is none }}", a=address) == "True"


def test_addresses_of_pages_are_links() -> None:
    """The address of a page is unchanged."""
    assert shown("{{ a|weblink }}", a="https://news.example/a?b=1") == "https://news.example/a?b=1"


@given(st.text())
def test_all_text_is_escaped(text: str) -> None:
    """No foreign text adds an angle bracket or a quote to a page, in content or in attributes."""
    page = shown('<p title="{{ t }}">{{ t }}</p>', t=text)
    assert page.count("<") == 2
    assert page.count('"') == 2


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (None, "–"),
        (0.2, "200 ms"),
        (5.9, "5.9 s"),
        (90, "2 min"),
        (timedelta(hours=5, minutes=7), "5 h 07 min"),
        (3e6, "35 days"),
    ],
)
def test_lengths_of_time_use_their_largest_units(length: object, words: str) -> None:
    """A length of time is readable: 35 days, not 3,000,000 seconds."""
    assert shown("{{ t|duration }}", t=length) == words
