"""Exports of WordPress sites: what is an article, who wrote it, when."""

import pytest

from tests.unit.formats.reads import only, outcomes
from worker.article import BadRecord
from worker.formats import sniff

HEAD = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Kuriren</title><language>sv-SE</language>'
    "<wp:author><wp:author_login>mvik</wp:author_login><wp:author_display_name><![CDATA[Mara Vik]]>"
    "</wp:author_display_name></wp:author>"
)


def export(item: str) -> bytes:
    """Return an export of one item."""
    return f"{HEAD}<item>{item}</item></channel></rss>".encode()


def test_the_export_is_recognised_by_its_namespace() -> None:
    """A feed of the same site is a feed."""
    assert sniff(export(""), "a.xml") == "wxr"
    assert sniff(b"<rss version='2.0'><channel><generator>https://wordpress.org/</generator>", "a.xml") == "feed"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<content:encoded><![CDATA[Elden spred sig.\n\nRegnet <em>kom</em>.]]></content:encoded>",
         "Elden spred sig.\n\nRegnet kom."),
        ("<content:encoded><![CDATA[<!-- wp:html --><p>Пожежу загашено.</p>]]></content:encoded>", "Пожежу загашено."),
        ("<content:encoded/><excerpt:encoded><![CDATA[Auto kaatui & tie suljettiin.]]></excerpt:encoded>",
         "Auto kaatui & tie suljettiin."),
    ],
)  # fmt: skip
def test_a_post_is_read(item: str, text: str) -> None:
    """Blank lines are paragraphs where WordPress writes none, an excerpt is the text of a post without one."""
    date = "<wp:post_date_gmt>2031-04-09 07:30:00</wp:post_date_gmt><dc:creator>mvik</dc:creator>"
    article = only(export(f"<title>T</title>{item}{date}"), "a.xml")
    assert (article.text, article.author, article.source, article.language) == (text, "Mara Vik", "Kuriren", "sv-SE")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2031-04-09T07:30:00+00:00"


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [("attachment", "inherit", "attachment"), ("post", "draft", "draft"), ("page", "trash", "trash")],
)
def test_what_is_no_published_article_is_a_bad_record(kind: str, status: str, says: str) -> None:
    """The reason names the kind or the status; the post after it is read."""
    body = "<content:encoded>Elden spred sig.</content:encoded>"
    item = f"{body}<wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status></item><item>{body}"
    bad, article = outcomes(export(item), "a.xml")
    assert isinstance(bad, BadRecord)
    assert says in bad.reason
    assert not isinstance(article, BadRecord)
