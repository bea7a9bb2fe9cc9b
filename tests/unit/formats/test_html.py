"""Web pages: the article and its metadata are read, without the parts of the page around it."""

from datetime import UTC, datetime

from tests.unit.formats.reads import only

PARAGRAPHS = (
    "The harbour of Ostrel opens in May after a long winter of repairs, said harbour master Ana Ruiz on Monday.",
    "The council voted 7 to 2 for the plan, which costs 4 million crowns and employs 300 people for two years.",
)
PAGE = f"""<!DOCTYPE html>
<meta charset=utf-8><title>Harbour opens in May - The Courier</title>
<meta property="article:published_time" content="2026-03-01T12:00:00Z">
<nav><a href=/>Home</a> <a href=/sport>Sport</a> <a href=/letters>Letters</a></nav>
<main><article><h1>Harbour opens in May</h1><p>{PARAGRAPHS[0]}<p>{PARAGRAPHS[1]}</article></main>
<footer><p>The Courier, 12 Quay Street</footer>"""


def test_a_page_without_its_optional_tags_is_a_page() -> None:
    """Many sites omit html, head and body, as HTML allows: the doctype shows that it is not a fragment."""
    article = only(PAGE.encode(), "a.html")
    assert [line for line in article.text.split("\n\n") if line in PARAGRAPHS] == list(PARAGRAPHS)
    assert "Letters" not in article.text
    assert "Quay Street" not in article.text
    assert article.title == "Harbour opens in May"
    assert article.published_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_short_page_keeps_its_one_sentence() -> None:
    """A page of a doctype and one paragraph is read."""
    assert only(b"<!doctype html><p>The bridge is closed.", "a.html").text == "The bridge is closed."
