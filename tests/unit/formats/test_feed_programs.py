"""Feeds of FeedBurner, YouTube and Drupal: their own addresses, the video's description, the head of a text."""

import json

import pytest

from tests.unit.formats.reads import only

TEXT = "Joki nousi yöllä kaksi metriä, ja kylän silta suljettiin aamulla."
NAMESPACES = (
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
)


def rss(item: str) -> bytes:
    """Return an RSS feed of this item."""
    return f'<rss version="2.0" {NAMESPACES}><channel><title>J</title><item>{item}</item></channel></rss>'.encode()


def test_address_that_feedburner_replaced() -> None:
    """FeedBurner counts clicks: the address of the article is in an element of its own."""
    item = (
        "<title>Tulva</title><link>https://feedproxy.example/~r/joki/1</link>"
        f"<feedburner:origLink>https://joki.example/tulva</feedburner:origLink><description>{TEXT}</description>"
    )
    assert only(rss(item), "a.xml").url == "https://joki.example/tulva"


def test_description_of_a_video_is_the_text_of_its_item() -> None:
    """An item of YouTube has no other text; the description of a picture never counts."""
    media = (
        f"<media:group><media:title>T</media:title><media:description>{TEXT}\nLisää.</media:description></media:group>"
    )
    video = only(rss(f"<title>Tulva</title><yt:videoId>a1</yt:videoId>{media}"), "a.xml")
    assert (video.title, video.text) == ("Tulva", f"{TEXT}\nLisää.")
    assert only(rss(f"<title>Tulva</title>{media}"), "a.xml").text == "Tulva"


DRUPAL = (
    '<span>Tulva</span>\n\n<span><span typeof="schema:Person" property="schema:name">toimitus</span></span>\n'
    '<span><time datetime="2031-04-09T08:30:00+03:00">ke 09.04.2031 - 08:30</time></span>'
)
OLDER_DRUPAL = (
    '<span property="schema:name" class="field field--name-title">Tulva</span>'
    '<span class="field field--name-uid"><span about="/user/1">toimitus</span></span>'
)


@pytest.mark.parametrize("head", [DRUPAL, OLDER_DRUPAL])
def test_head_of_drupal(head: str) -> None:
    """Title, author and time that Drupal writes in front of the text are no part of it."""
    html = f'{head}<div class="text-formatted field"><p>{TEXT}</p></div>'
    assert only(rss(f"<title>Tulva</title><description><![CDATA[{html}]]></description>"), "a.xml").text == TEXT


@pytest.mark.parametrize(
    "html",
    [
        f"<span>Kylä on hiljaa.</span><p>{TEXT}</p>",
        f'<span style="color: red">Kello <b>8</b> aamulla.</span><div>{TEXT}</div>',
    ],
)
def test_words_in_spans_in_front_of_a_paragraph_stay(html: str) -> None:
    """An editor's span is the author's text."""
    text = only(rss(f"<title>Tulva</title><description><![CDATA[{html}]]></description>"), "a.xml").text
    assert text.startswith("K")
    assert text.endswith(TEXT)


@pytest.mark.parametrize(
    ("item_id", "url"),
    [("https://joki.example/tulva", "https://joki.example/tulva"), ("https://joki.example/", None), ("17", None)],
)
def test_id_of_a_json_feed_that_is_an_address(item_id: str, url: str | None) -> None:
    """An item without an address has it as its id; the address of the site is none."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": item_id, "content_text": TEXT}]}
    assert only(json.dumps(feed).encode(), "a.json").url == url


def test_messages_of_a_program_above_a_feed() -> None:
    """A site's program that fails writes HTML above the feed; a page that shows a feed's source stays a page."""
    feed = b'<?xml version="1.0"?>' + rss(f"<title>Tulva</title><description>{TEXT}</description>")
    article = only(b"<br />\n<b>Warning</b>: Undefined variable in <b>/var/feed.php</b><br />\n" + feed, "a.xml")
    assert (article.title, article.text) == ("Tulva", TEXT)
    page = f"<html><body><p>{TEXT}</p><pre>&lt;?xml version='1.0'?&gt;&lt;rss&gt;</pre></body></html>".encode()
    assert TEXT in only(page, "a.html").text
