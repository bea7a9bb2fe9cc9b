"""Web pages whose lead is not where the extraction expects it: without a paragraph, in a link, in an odd class."""

import json

import pytest

from tests.unit.formats.reads import only

LEADS = {
    "en": "The mill by the weir grinds flour again after forty years, the heritage society of Brenholt said on Friday.",
    "de": "Die Mühle am Wehr mahlt nach vierzig Jahren wieder Mehl, sagte der Heimatverein am Freitag.",
    "fi": "Padon mylly jauhaa taas jauhoja neljänkymmenen vuoden jälkeen, kertoi kotiseutuyhdistys perjantaina.",
}
REST = (
    "<p>Visitors may watch on Sundays, and school classes on any day that the miller has agreed to beforehand.</p>"
    "<p>The new wheel was cut from oak of the town's own forest and cost less than the council had feared.</p>"
)
MENU = '<div id="nav"><a href="/">Home</a> | <a href="/town">Town</a> | <a href="/mill">The mill</a></div>'


def page(body: str, head: str = "") -> str:
    """Return the text that is read from a page with ``body``."""
    markup = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>Mill</title>{head}</head><body>{body}</body></html>"
    )
    return only(markup.encode(), "a.html").text


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
@pytest.mark.parametrize(
    "frame",
    [
        "{menu}<h1>Mill grinds again</h1>{lead}{rest}",
        "{menu}<div><h1>Mill grinds again</h1>{lead}<br><br>{rest}</div>",
        "{menu}<h1>Mill grinds again</h1><font size=2>{lead}{rest}</font>",
        "{menu}<div id=content><h1>Mill grinds again</h1><center><img src=a></center>{lead}{rest}</div>",
    ],
    ids=["body", "div", "font", "center"],
)
def test_a_lead_without_a_paragraph_stays(frame: str, lead: str) -> None:
    """Old systems write the first words between the headline and the first paragraph."""
    text = page(frame.format(menu=MENU, lead=lead, rest=REST))
    assert lead in text
    assert "the town's own forest" in text
    assert "Home" not in text


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_a_lead_that_is_one_link_stays(lead: str) -> None:
    """A first paragraph that is linked as a whole is prose; a linked headline of another article is not."""
    teaser = "<p><a href=/b>New bridge opens two weeks late</a></p>"
    text = page(f"<article><h1>Mill grinds again</h1><p><a href=/a>{lead}</a></p>{REST}{teaser}</article>")
    assert lead in text
    assert "two weeks late" not in text


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
@pytest.mark.parametrize("tag", ["div", "section"])
@pytest.mark.parametrize("names", ["", "lead", "teaser", "category-news", "article-meta-lead"])
def test_a_lead_in_a_block_without_a_paragraph_stays(names: str, tag: str, lead: str) -> None:
    """Words that are in a `div` or a `section` alone are the lead as well, with whatever class."""
    block = f'<{tag} class="{names}"><b>{lead[:20]}</b>{lead[20:]}</{tag}>'
    text = page(f"{MENU}<div><h1>Mill grinds again</h1>{block}{REST}</div><footer>Imprint and terms.</footer>")
    assert lead in text
    assert "Home" not in text
    assert "Imprint" not in text


@pytest.mark.parametrize("tag", ["div", "section"])
@pytest.mark.parametrize("names", ["cookie", "newsletter", "caption", "author-bio", "related"])
def test_sentences_in_a_frame_are_no_lead(names: str, tag: str) -> None:
    """Full sentences below the headline are left out if the name of their block says what they are."""
    frame = f'<{tag} class="{names}">The mill wheel turns in the weir. It was drawn by a reader on Sunday.</{tag}>'
    text = page(f"<div><h1>Mill grinds again</h1>{frame}<p>{LEADS['en']}</p>{REST}</div>")
    assert "drawn by a reader" not in text
    assert text.startswith(LEADS["en"])


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
@pytest.mark.parametrize("names", ["teaser", "article-meta-lead", "intro bar-left"])
def test_a_lead_in_a_class_of_frames_stays(names: str, lead: str) -> None:
    """The first paragraph of prose below the headline is the lead, also if its class sounds like a frame."""
    assert lead in page(f"<article><h1>Mill grinds again</h1><p class='{names}'>{lead}</p>{REST}</article>")


@pytest.mark.parametrize("names", ["article-comments-enabled", "post category-barcelona tag-newsletter author-mara"])
def test_a_block_around_headline_and_text_is_the_article(names: str) -> None:
    """Content systems write topics and switches into the class of the whole article."""
    text = page(f"{MENU}<div class='{names}'><h1>Mill grinds again</h1><p>{LEADS['en']}</p>{REST}</div>")
    assert LEADS["en"] in text
    assert "the town's own forest" in text


def test_comments_below_the_article_go() -> None:
    """A block of comments does not hold the headline, so it is dropped as before."""
    comments = "<section class=comments><p>I have seen it run and I can only say that it is loud.</p></section>"
    text = page(f"<article><h1>Mill grinds again</h1><p>{LEADS['en']}</p>{REST}{comments}</article>")
    assert "it is loud" not in text


def test_words_beside_the_links_of_a_footer_stay_out() -> None:
    """A footer is no prose: it has no sentence outside its links."""
    footer = "<div>Brenholt Courier · <a href=/i>Imprint</a> · <a href=/p>We protect your data.</a><p></p></div>"
    assert "Imprint" not in page(f"<article><h1>Mill</h1><p>{LEADS['en']}</p>{REST}</article>{footer}")


def test_an_author_that_is_referred_to_by_id_is_named() -> None:
    """In a graph the article only refers to its author."""
    graph = [
        {"@type": "NewsArticle", "headline": "Mill grinds again", "author": {"@id": "/#ida"}},
        {"@type": "Person", "@id": "/#ida", "name": "Ida Brandt"},
    ]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    markup = f"<html><head><title>Mill</title>{script}</head><body><h1>Mill grinds again</h1>{REST}</body></html>"
    assert only(markup.encode(), "a.html").author == "Ida Brandt"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mill grinds again | Brenholt Courier", "Mill grinds again"),
        ("Mill grinds again – Nachrichten – Brenholt", "Mill grinds again"),
        ("Mill grinds again in Brenholt", "Mill grinds again in Brenholt"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(title: str, expected: str) -> None:
    """What follows the headline of the page behind a dash or a bar is the site."""
    head = f'<title>{title}</title><meta property="og:title" content="{title}">'
    markup = f"<html><head>{head}</head><body><article><h1>Mill grinds again</h1>{REST}</article></body></html>"
    assert only(markup.encode(), "a.html").title == expected
