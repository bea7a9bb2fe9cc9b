"""Web pages: the article and its metadata are read, without the parts of the page around it."""

import json
import re
from datetime import UTC, datetime

import pytest

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


HEADLINE = "Ferry stays in port"
LEADS = {
    "en": "The ferry to the outer islands stays in port until Thursday, its shipping line said after a night of storm.",
    "de": "Die Fähre zu den äußeren Inseln bleibt bis Donnerstag im Hafen, teilte die Reederei nach dem Sturm mit.",
    "ja": "沖の島々へのフェリーは木曜日まで欠航すると、嵐の後に運航会社が発表し、乗客に振り替えの便を案内した。",
}
URL = "https://herald.example/ferry"
ARTICLE = {"@type": "NewsArticle", "headline": HEADLINE, "url": URL, "datePublished": "2033-05-17T08:40:00+02:00"}
VIDEO = {"@type": "VideoObject", "name": "Storms of old", "datePublished": "2019-01-02T03:04:05Z"}
TEASER = {
    **ARTICLE,
    "headline": "Storm",
    "url": "https://herald.example/storm",
    "datePublished": "2033-05-16T01:00:00Z",
}
MORNING = datetime(2033, 5, 17, 6, 40, tzinfo=UTC)
OLD_VIDEO = (
    "<span itemprop=video itemscope itemtype=http://schema.org/VideoObject>"
    "<meta itemprop=datePublished content=2019-01-02></span>"
)
TIME = "<time datetime=2033-05-17T08:40:00+02:00>17 May</time>"


def _page(body: str, *scripts: object, head: str = "", language: str = "en") -> bytes:
    data = "".join(f"<script type='application/ld+json'>{json.dumps(script)}</script>" for script in scripts)
    return (
        f"<!DOCTYPE html><html lang={language}><head><meta charset=utf-8><title>{HEADLINE}</title>{data}{head}</head>"
        f"<body><article><h1>{HEADLINE}</h1>{body}</article></body></html>"
    ).encode()


PROSE = "".join(f"<p>{lead}</p>" for lead in LEADS.values())
CANONICAL = f"<link rel=canonical href={URL}>"


@pytest.mark.parametrize(
    "scripts",
    [
        (VIDEO, ARTICLE),
        ({"@graph": [VIDEO, {"@type": "Comment", "datePublished": "2033-05-18"}, ARTICLE]},),
        ([TEASER, ARTICLE],),
        ({**ARTICLE, "@type": ["ReportageNewsArticle"], "video": VIDEO},),
        ({**ARTICLE, "@type": "LiveBlogPosting", "liveBlogUpdate": [{**TEASER, "@type": "BlogPosting"}]},),
        ({"@type": "WebPage", "mainEntity": ARTICLE},),
        ({"@type": "ItemList", "itemListElement": [TEASER]}, {**ARTICLE, "url": f"{URL}/amp"}),
    ],
)
def test_the_date_of_this_article(scripts: tuple[object, ...]) -> None:
    """Videos, comments, entries of a live blog, teasers and lists on the page have dates too: they don't count."""
    assert only(_page(PROSE, *scripts, head=CANONICAL), "a.html").published_at == MORNING


@pytest.mark.parametrize(
    "body",
    [
        f"{OLD_VIDEO}<meta itemprop=datePublished content=2033-05-17T06:40:00Z>{PROSE}",
        f"<p>By Ada Holm {TIME} <time datetime=2033-05-18T09:00Z>updated</time></p>{PROSE}",
        f"{TIME}{PROSE}<div class=comment><time datetime=2033-05-19T09:00Z></time><p>Good.</p></div>",
    ],
)
def test_dates_without_data(body: str) -> None:
    """Without JSON-LD the article's own microdata counts, else the first time below the headline."""
    assert only(_page(body, TEASER, VIDEO, head=CANONICAL), "a.html").published_at == MORNING


def test_no_date_is_better_than_that_of_an_entry() -> None:
    """The newest entry of a live blog does not date the page."""
    entries = (
        f"<div><time datetime=2033-05-17T0{n}:00Z></time><p>{lead}</p></div>" for n, lead in enumerate(LEADS.values())
    )
    assert only(_page("".join(entries)), "a.html").published_at is None


def test_no_date_is_better_than_that_of_a_video() -> None:
    """A page on which only a video, a teaser or a comment is dated has no date."""
    body = f"{PROSE}<div class=comment><time datetime=2033-05-19T09:00Z></time><p>Good.</p></div>"
    assert only(_page(body, VIDEO, TEASER, head=CANONICAL), "a.html").published_at is None


def test_people_of_this_article() -> None:
    """The author is that of the article's object, as written; an organisation is none."""
    authors = [{"@type": "Person", "name": "J. K. Holm"}, {"@type": "Organization", "name": "Herald"}]
    comment = {"@type": "Person", "name": "Otto Leser"}
    assert only(_page(PROSE, comment, {**ARTICLE, "author": authors}), "a.html").author == "J. K. Holm"


@pytest.mark.parametrize("name", ["Theresa May", "Ada Holm"])
def test_a_byline_with_its_date(name: str) -> None:
    """A month between a name and a day is no part of the name; without a day it is."""
    for date in ("", " May 20, 2033"):
        body = f"<div class='byline author'>By {name}{date}</div>{PROSE}"
        assert only(_page(body), "a.html").author == name


@pytest.mark.parametrize("language", LEADS)
def test_lists_and_paragraphs_in_cells(language: str) -> None:
    """A table with lists or paragraphs in its cells loses nothing and runs nothing together."""
    lead = LEADS[language]
    cells = (
        f"<table><tr><td>Alpha</td><td><ul><li>{lead}1</li><li>Beta<br>Gamma</li></ul></td></tr>"
        f"<tr><th>Delta <b>Eps</b><p>{lead}2</p>Zeta</th>"
        "<td><table><tr><td>Eta</td><td>Theta</td></tr></table></td></tr></table>"
    )
    lines = only(_page(f"<p>{lead}</p>{cells}<p>{lead}3</p>", language=language), "a.html").text.split("\n\n")
    stripped = [line.strip("- ") for line in lines]
    for expected in ("Alpha", f"{lead}1", "Delta Eps", f"{lead}2", "Zeta", f"{lead}3"):
        assert expected in stripped
    words = " ".join(stripped).replace("|", " ").split()
    assert {"Beta", "Gamma", "Eta", "Theta"} <= set(words)


def test_cells_of_values_stay_apart() -> None:
    """A table of values keeps one row a line, without the marks of Markdown at its edges."""
    table = "<table><tr><th>Team</th><th>Points</th></tr><tr><td>Tarnow</td><td>41</td></tr></table>"
    lines = only(_page(f"{PROSE}{table}<p>{LEADS['en']} So it is.</p>"), "a.html").text.split("\n\n")
    assert "Team | Points" in lines
    assert "Tarnow | 41" in lines
    assert not any("---" in line for line in lines)


@pytest.mark.parametrize(
    "filler",
    [
        "<br/>" * 400,
        "<div/>" * 400,
        "<p>a<li>b" * 400,
        f"<script>var x = '{'<a><b>' * 400}';</script>",
        f"<!-- {'<div><section>' * 400} -->",
        f"<svg>{'<path d=M0>' * 200}</svg>",
        "<custom-part/>" * 400,
    ],
)
def test_a_page_is_as_deep_as_its_tree(filler: str) -> None:
    """Void and self-closed elements, omitted end tags, scripts and comments are no depth."""
    assert LEADS["en"] in only(_page(f"{filler}{PROSE}"), "a.html").text


def test_a_deep_page_is_read() -> None:
    """Text in 1,500 elements is read; deeper text is refused with a sentence, and never dropped."""
    assert LEADS["de"] in only(_page("<div>" * 1_500 + PROSE + "</div>" * 1_500), "a.html").text


def test_text_that_only_the_data_has() -> None:
    """Where the page shows a stub, the text in its JSON-LD is read."""
    whole = " ".join(LEADS.values()) + " " + LEADS["en"].replace("Thursday", "Friday")
    page = _page(
        f"<p>{LEADS['en']}</p><div class=wall><p>Subscribe to read on.</p></div>", {**ARTICLE, "articleBody": whole}
    )
    assert only(page, "a.html").text == whole


def test_xhtml() -> None:
    """XHTML with a declaration, self-closed elements and CDATA is read whole."""
    page = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de"><head><title>{HEADLINE}</title><script src="a.js"/>'
        '<style>/*<![CDATA[*/ p { color: red } /*]]>*/</style></head><body><a name="top"/><h1>Fähre<br/>bleibt</h1>'
        f"<p>{LEADS['de']}</p><p><![CDATA[Boote < 10 m & Flöße zahlen nichts.]]></p><p>{LEADS['en']}</p></body></html>"
    )
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", page).replace("xmlns=", "xmlns:x=")
    for data, name in ((page, "a.xhtml"), (page, "a.html"), (page, "a"), (prefixed, "a.xhtml"), (prefixed, "a")):
        article = only(data.encode(), name)
        for expected in (LEADS["de"], "Boote < 10 m & Flöße zahlen nichts.", LEADS["en"]):
            assert expected in article.text
        assert "color" not in article.text
        assert article.language == "de"
