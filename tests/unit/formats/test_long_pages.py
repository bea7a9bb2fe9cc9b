"""Pages of any shape cost little processor time, and long pages keep their text and metadata."""

import pytest

from tests.cost import costs_at_most
from tests.unit.formats.reads import only, outcomes
from worker.errors import QuarantineError
from worker.formats.page.long_pages import is_costly
from worker.formats.page.tree import parse_page

#: Bylines, the dearest shape, take 1.9 s; without the limits of `long_pages`, three shapes take 4 s to over 12 s.
MOST_SECONDS = 4.0
HEAD = (
    '<html lang="de"><head><title>Der Hafen im Ticker</title><meta name="author" content="Jonas Feld">'
    '<meta property="article:published_time" content="2031-04-09T07:30:00Z"></head>'
)


def repeated(block: str, count: int) -> str:
    """Return ``block`` with the numbers up to ``count`` in it."""
    return "".join(block.replace("#", str(number)) for number in range(count))


HOSTILE = {
    "bare paragraphs": repeated("<p>", 24_000),
    "paragraphs of one word": repeated("<p>word #", 49_000),
    "nested blocks": "<div><p>The ferry sails." * 1_000,
    "spans in a paragraph": "<p>" + repeated("<span>The ferry at #</span> ", 20_000),
    "spans in a block": "<div>" + repeated("<span>The ferry at #</span> ", 20_000),
    "deep and wide": "<div>" * 500 + repeated("<p>The ferry # sails.", 20_000),
    "headings": repeated("<h2>The ferry #</h2>", 20_000),
    "bylines": repeated('<div class="author byline"><a rel="author">Mara #</a></div>', 4_900),
    "nested tables": "<table><tr><td>The ferry. " * 500,
    "links": repeated('<a href="/#">The ferry at #</a>', 20_000),
    "cells": "<table>" + repeated("<tr><td>The ferry<td>#", 12_000),
    "breaks": repeated("The ferry at #.<br>", 24_000),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_page_of_any_shape_costs_little(shape: str) -> None:
    """Reading it takes less than four seconds, whatever is in it."""
    only(b"<html><body><article><p>The ferry sails at noon.</p></article></body></html>", "a.html")  # loads libraries
    page = f"{HEAD}<body><h1>Ferry</h1><p>The ferry at Varn runs all night.</p>{HOSTILE[shape]}</body></html>".encode()
    with costs_at_most(MOST_SECONDS):
        try:
            text = only(page, "a.html").text
        except QuarantineError as error:
            text = str(error)
    assert text


ENTRY = {
    "de": "Um # Uhr fährt die Fähre nach Lindholm, sagt Jonas Feld vom Hafen.",
    "ru": "В # часов паром уходит в Липовку, сообщила Вера Орлова из порта.",
    "ja": "#時に渡し船が浜野へ出ると、港の森田遥さんが述べた。",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ENTRY)
@pytest.mark.parametrize("count", [3_000, 7_000])
def test_a_long_live_blog_is_read_whole(language: str, count: int) -> None:
    """Each of its thousands of paragraphs is in the text, with title, author and date of the page."""
    blog = repeated(f'<div class="entry"><p>{ENTRY[language]}</p></div>', count)
    page = f"{HEAD}<body class='comments-open'><form id='aspnetForm'><main>{blog}</main></form></body></html>"
    article = only(page.encode(), "a.html")
    assert all(ENTRY[language].replace("#", str(number)) in article.text for number in range(count))
    assert (article.title, article.author, str(article.published_at)[:10]) == (
        "Der Hafen im Ticker",
        "Jonas Feld",
        "2031-04-09",
    )
    assert bool(article.notes) == (count > 3_000)


def test_the_frame_of_a_long_page_is_left_out() -> None:
    """Menus, readers' comments and the foot of the page are no text; a quotation's footer is."""
    blog = repeated(f"<p>{ENTRY['de']}</p>", 13_000)
    page = (
        f"{HEAD}<body><nav><a>Start</a></nav><header>Bote</header><article>{blog}<blockquote>Ahoi!<footer>Ein Schiffer"
        "</footer></blockquote><div id='comments'>Leserbrief</div></article><footer>Impressum</footer></body></html>"
    )
    text = only(page.encode(), "a.html").text
    assert not any(word in text for word in ("Start", "Bote", "Leserbrief", "Impressum"))
    assert "Ein Schiffer" in text


def test_ordinary_pages_do_not_take_the_cheap_path() -> None:
    """A page of a thousand paragraphs, or nested as deep as real ones, is left to trafilatura."""
    assert not is_costly(
        parse_page(f"<html><body><article>{repeated('<p>Satz #.</p>', 1_000)}</article></body></html>")
    )
    assert not is_costly(parse_page(f"<html><body>{'<div>' * 60}{repeated('<p>Satz #.</p>', 1_000)}</body></html>"))
    assert outcomes(b"<html><body><p>The ferry sails at noon.</p></body></html>", "a.html")
