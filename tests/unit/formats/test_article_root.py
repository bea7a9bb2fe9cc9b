"""Pages on which no element says where the article is: its lists and subheadings stay, menus go."""

import pytest

from tests.unit.formats.reads import only, refusal

FIRST = "<p>The bridge at Tarnow closes on Monday for eight months, the county said, because its piers have cracks.</p>"
LAST = "<p>Drivers lose twenty minutes each way, and the buses of three lines turn at the mill until December.</p>"
PARTS = [
    ("<h2>What changes?</h2><ul><li>Line 4 ends at the mill.</li></ul>", ["What changes?", "Line 4 ends at the mill."]),
    ("<dl><dt>Who pays?</dt><dd>The county, said its clerk.</dd></dl>", ["Who pays?", "The county, said its clerk."]),
    ("<ol><li>Mill Road</li><li>Weir Lane</li></ol>", ["Mill Road", "Weir Lane"]),
]
MENU = '<ul><li><a href="/">Home</a></li><li><a href="/town">Town</a></li></ul>'


def page(body: str) -> str:
    """Return the text that is read from a page with ``body``."""
    markup = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>Bridge</title></head><body>{body}</body></html>"
    return only(markup.encode(), "a.html").text


@pytest.mark.parametrize("frame", ["{}", "<div>{}</div>", "<table><tr><td>{}</td><td>MENU</td></tr></table>"])
@pytest.mark.parametrize(("part", "words"), PARTS, ids=["list", "definitions", "numbers"])
def test_what_is_between_paragraphs_stays(frame: str, part: str, words: list[str]) -> None:
    """Questions and answers, lists and definitions are the author's; the menu above them is not."""
    body = frame.format(f"<h1>Bridge closes</h1>{FIRST}{part}{LAST}").replace("MENU", MENU)
    text = page(MENU + body)
    assert all(word in text for word in words)
    assert text.index("piers have cracks") < text.index(words[0]) < text.index("until December")
    assert "Town" not in text


def test_posts_of_a_live_blog_side_by_side_stay() -> None:
    """Each post keeps its subheading, in the order of the page."""
    posts = "".join(f"<article><h2>Post {number}</h2>{FIRST}<p>Short {number}.</p></article>" for number in range(4))
    text = page(f"<h1>Bridge: live</h1>{posts.replace('eight months', 'months')}")
    assert [word in text for word in ("Post 0", "Post 3", "Short 0.", "Short 3.")] == [True] * 4


def test_teasers_of_other_articles_are_left_out() -> None:
    """Articles side by side whose headlines are links are teasers below the article."""
    teaser = "<article><h3><a href='/m'>Mill opens</a></h3><p>The mill opens on Friday, said its keeper.</p></article>"
    text = page(f"<article><h1>Bridge closes</h1>{FIRST}{LAST}</article><div>{teaser * 3}</div>")
    assert "until December" in text
    assert "Mill opens" not in text


def test_a_notice_about_scripts_is_no_article() -> None:
    """A page that its scripts build is refused; a text for browsers without scripts is read."""
    frame = "<html><head><title>Bridge</title></head><body><div id=root></div><noscript>{}</noscript></body></html>"
    assert "scripts" in refusal(frame.format("You need to enable JavaScript to run this app.").encode(), "a.html")
    assert "piers have cracks" in only(frame.format(FIRST + LAST).encode(), "a.html").text
