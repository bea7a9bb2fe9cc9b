"""Feeds as sites send them: which text is the item's own, addresses, authors, and XML with faults."""

import io
import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formats.reads import LIMITS, only, outcomes, refusal
from worker.article import Article, BadRecord
from worker.formats import Limits, read, spans
from worker.formats.feed_items import Item, cut, read_head

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:m="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
CAPTION = "Hér er löng lýsing á mynd, miklu lengri en sjálfur texti greinarinnar."
GOOD = "<title>Tulva</title><description>Joki nousi yöllä.</description><guid>https://joki.example/2</guid>"


def rss(*items: str) -> bytes:
    """Return an RSS feed of these items."""
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {NAMESPACES}><channel><title>Joki</title>{body}</channel></rss>'.encode()


def fields(data: bytes, *names: str) -> list[Any]:
    """Return these fields of the only article."""
    article = only(data, "a.xml")
    return [getattr(article, name) for name in names]


@pytest.mark.parametrize(
    "item",
    [
        f"<media:description>{CAPTION}</media:description><description>Bryggen er stengt.</description>",
        f"<description>Bryggen er stengt.</description><media:description>{CAPTION}</media:description>",
        f"<m:group><m:title>{CAPTION}</m:title></m:group><description>Bryggen er stengt.</description>",
        f"<media:text>{CAPTION}</media:text><description>Bryggen er stengt.</description><media:content url='b'>",
        f"<description>Bryggen er stengt.</description><image><title>{CAPTION}</title><url>a</url></image>",
    ],
)
def test_what_describes_a_picture_is_not_the_text_of_an_item(item: str) -> None:
    """Captions and titles of Media RSS are left out, under any prefix, before or after the item's own text."""
    assert fields(rss(f"<title>Bergen</title>{item}"), "title", "text") == ["Bergen", "Bryggen er stengt."]


@pytest.mark.parametrize(
    "name", ["yandex:full-text xmlns:yandex='http://news.yandex.ru'", "yandex:full-text", "full-text", "fulltext"]
)
def test_the_whole_text_of_an_item_may_be_in_an_element_of_its_own(name: str) -> None:
    """Feeds for Yandex and exports have a lead as description, and the whole text in a further element."""
    whole = "Причал закрыт на шесть недель. Пассажиры едут автобусом через новый мост."
    item = f"<title>Паром</title><description>Причал закрыт.</description><{name}>{whole}</{name.split()[0]}>"
    assert fields(rss(item), "text") == [whole]


def test_a_title_or_description_of_another_namespace_is_kept_where_it_is_the_only_one() -> None:
    """Dublin Core and iTunes describe the item itself, not its picture."""
    item = "<dc:title>Le pont</dc:title><itunes:summary>Le pont rouvre mardi.</itunes:summary>"
    assert fields(rss(item), "title", "text") == ["Le pont", "Le pont rouvre mardi."]


def test_the_longest_text_of_an_item_counts() -> None:
    """Some feeds have the whole article in the description and a teaser in the content; a picture is no text."""
    long = "<description>Rada zamknęła nabrzeże na osiem miesięcy.</description>"
    item = f"<title>A</title>{long}<content:encoded>Rada zamknęła…</content:encoded>"
    assert fields(rss(item), "text") == ["Rada zamknęła nabrzeże na osiem miesięcy."]
    entry = f"<entry><content type='image/png'>{'aGFsbG8g' * 20}</content><summary>Kurz.</summary></entry>"
    assert only(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), "a").text == "Kurz."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Bryggen er stengt.</p> <a href='https://joki.example/1'>Les mer »</a>", "Bryggen er stengt."),
        ("<p>Причал закрыт.<br/><a class='x' href='https://joki.example/1/'>Читать далее</a></p>", "Причал закрыт."),
        ("埠頭は閉鎖された。<a href='https://joki.example/1'>続きを読む</a>", "埠頭は閉鎖された。"),
        ("<p>Ponte fechada.</p><a href='https://joki.example/1?#'>Ler</a>", "Ponte fechada. Ler"),
        ("<p>Les hele <a href='https://joki.example/1'>saken</a></p>", "Les hele saken"),
        ("<p>Bryggen er stengt.</p> <a href='https://joki.example/2'>Byrådet</a>", "Bryggen er stengt. Byrådet"),
        ("<a href='https://joki.example/1'>Bryggen</a>", "Bryggen"),
    ],
)
def test_a_link_to_the_item_at_the_end_of_its_text_is_left_out(html: str, text: str) -> None:
    """In any language; not where it is part of a sentence, leads elsewhere, or is all there is."""
    item = f"<link>https://joki.example/1</link><description><![CDATA[{html}]]></description>"
    assert " ".join(str(fields(rss(item), "text")[0]).split()) == text


def test_an_item_without_text_and_title_is_a_bad_record() -> None:
    """It is reported, and the other items are read."""
    empty, good = outcomes(rss("<title/><description> </description><media:title>Kran</media:title>", GOOD), "a.xml")
    assert isinstance(empty, BadRecord)
    assert "neither a text nor a title" in empty.reason
    assert isinstance(good, Article)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&lt;![CDATA[Elden spred sig.]]&gt;", "Elden spred sig."),
        ("&amp;lt;![CDATA[&lt;p&gt;Elden &amp;amp; vinden.&lt;/p&gt;]]&amp;gt;", "Elden & vinden."),
        ("<![CDATA[<![CDATA[Ogień & wiatr.]]]]><![CDATA[>]]>", "Ogień & wiatr."),
        ("&lt;p&gt;Escribe &amp;lt;![CDATA[ y ]]&amp;gt; en el XML.&lt;/p&gt;", "Escribe <![CDATA[ y ]]> en el XML."),
    ],
)
def test_escaped_cdata_marks_are_removed(written: str, text: str) -> None:
    """Marks that became text go, around title or text; those that the author writes about are kept."""
    assert fields(rss(f"<title>X</title><description>{written}</description>"), "text") == [text]


@pytest.mark.parametrize(
    ("item", "title", "text"),
    [
        ("<title>Søn & far</title><description>R&D, AT&T; 5 < 6.</description>", "Søn & far", "R&D, AT&T; 5 < 6."),
        ("<title>A</title><description>Første<br>anden linje</description>", "A", "Første\nanden linje"),
        ("<title>A</title><description><p>Один<p>Два</description>", "A", "Один\n\nДва"),
        ("<title>A</title><x:y>1</x:y><description>Текст</description>", "A", "Текст"),
        ("<title>A</title><description>Ende fehlt<guid>7</guid>", "A", "Ende fehlt"),
        ("<title>A</title><description><![CDATA[<p>Ikke & lukket</p></description>", "A", "Ikke & lukket"),
        ("<title>A</title><description>B&#0;&#xD800;&#9999999;C &hellip;</description>", "A", "B���C …"),
    ],
)
def test_a_slip_in_the_xml_costs_no_item(item: str, title: str, text: str) -> None:
    """The item is repaired with a note, and those around it are read without one."""
    before, broken, after = outcomes(rss(GOOD, item, GOOD), "a.xml")
    assert isinstance(before, Article)
    assert isinstance(broken, Article)
    assert isinstance(after, Article)
    assert (before.text, before.notes) == (after.text, after.notes) == ("Joki nousi yöllä.", ())
    assert (broken.title, broken.text) == (title, text)
    assert "repaired" in broken.notes[0]


def test_an_item_without_end_tag_ends_where_the_next_begins() -> None:
    """Both are read."""
    texts = [only.text for only in outcomes(rss(f"{GOOD}<item>{GOOD}"), "a.xml") if isinstance(only, Article)]
    assert texts == ["Joki nousi yöllä."] * 2


def test_a_feed_that_breaks_off_says_so() -> None:
    """Within an item or between two: what is complete is read, and the end is reported."""
    feed = rss(GOOD, GOOD)
    for cut_off in (feed[:-40], feed[: -len("</channel></rss>")]):
        *articles, end = outcomes(cut_off, "a.xml")
        assert articles
        assert isinstance(end, BadRecord)
        assert "breaks off" in end.reason
    assert "breaks off" in refusal(b"<rss><channel><title>Joki</title>", "a.xml")


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://joki.example/1</guid>", "https://joki.example/1"),
        ("<guid isPermaLink='true'>https://joki.example/1</guid>", "https://joki.example/1"),
        ("<guid isPermaLink='false'>https://joki.example/?p=1</guid>", None),
        ("<guid>1 of 9 April</guid>", None),
        ("<guid>https://joki.example/1</guid><link>https://joki.example/a?b=1&amp;lang=2</link>",
         "https://joki.example/a?b=1&lang=2"),
        ("<a:link xmlns:a='http://www.w3.org/2005/Atom' href='https://joki.example/x'/>", "https://joki.example/x"),
    ],
)  # fmt: skip
def test_the_address_of_an_item(item: str, url: str | None) -> None:
    """A guid is one unless it says no; a link has precedence."""
    assert fields(rss(f"<description>Joki nousi.</description>{item}"), "url") == [url]


@pytest.mark.parametrize(
    ("item", "author"),
    [
        ("<author>desk@joki.example (Aino Salo)</author>", "Aino Salo"),
        ("<author>Aino Salo &lt;aino@joki.news&gt;</author>", "Aino Salo"),
        ("<author>desk@joki.example</author>", None),
        ("<dc:creator>Aino Salo</dc:creator><dc:creator><![CDATA[Iván Núñez]]></dc:creator>", "Aino Salo, Iván Núñez"),
    ],
)
def test_the_authors_of_an_item(item: str, author: str | None) -> None:
    """A mail address is no name; an editor of the whole feed is no author."""
    data = rss(f"<description>Joki nousi.</description>{item}")
    data = data.replace(b"<channel>", b"<channel><managingEditor>chef@joki.example (Chef)</managingEditor>")
    assert fields(data, "author") == [author]


def test_an_rdf_feed_in_an_old_code_page() -> None:
    """RSS 1.0 has its items after the channel; the declared encoding counts."""
    data = (
        '<?xml version="1.0" encoding="windows-1251"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>Порт</title><items><rdf:Seq><rdf:li/></rdf:Seq></items></channel><item><title>Причал</title>"
        "<description>Совет закрыл &mdash; причал.</description><dc:date>2031-04-09T07:30:00+03:00</dc:date></item>"
        "</rdf:RDF>"
    ).encode("cp1251")
    article = only(data, "a.xml")
    assert (article.title, article.text, article.source) == ("Причал", "Совет закрыл — причал.", "Порт")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2031-04-09T04:30:00+00:00"


def test_a_large_feed_is_read_from_the_middle() -> None:
    """A part of a feed that is larger than an article may be is read from its own offset, with the feed's title."""
    limits = Limits(max_article_bytes=2_000)
    data = rss(*(GOOD.replace("Tulva", f"Tulva {number}") for number in range(50)), "<title>" + "x" * 3_000, GOOD)
    runs = spans(io.BytesIO(data), "a.xml", limits, 10)
    assert [run.first for run in runs] == [0, 10, 20, 30, 40, 50]
    assert runs[1].offset == data.index(b"<item><title>Tulva 10<")
    whole = list(read(io.BytesIO(data), "a.xml", limits))
    assert [outcome for run in runs for outcome in read(io.BytesIO(data), "a.xml", limits, run)] == whole
    assert "longer than an article" in next(bad.reason for bad in whole if isinstance(bad, BadRecord))
    assert {outcome.source for outcome in whole if isinstance(outcome, Article)} == {"Joki"}


class _Trickle(io.BytesIO):
    """A file that returns a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 7))


@given(st.lists(st.sampled_from(["<item>", "</item>", "<![CDATA[", "]]>", "<!--", "-->", "x", "</rss>", "<item/>"])))
def test_items_are_cut_at_the_same_places_however_the_feed_is_read(parts: list[str]) -> None:
    """The size of the chunks changes nothing, and no byte between two item tags is in two items."""
    data = ("<rss>" + "".join(parts)).encode()

    def items(file: io.BytesIO) -> list[Item]:
        head, rest = read_head(file, 10_000)
        return list(cut(file, rest, len(head), 10_000, has_root=True))

    whole = items(io.BytesIO(data))
    assert items(_Trickle(data)) == whole
    places = [(item.offset, item.offset + len(item.data)) for item in whole if item.data]
    assert all(end <= begin for (_, end), (begin, _) in pairwise(places))
    assert all(data[item.offset :].startswith(item.data) for item in whole)


def test_a_plain_text_does_not_load_the_feed_library() -> None:
    """Only feeds pay for it."""
    code = (
        "import io, json, sys; from worker.formats import Limits, read; list(read(io.BytesIO(b'One.'), 'a', Limits()));"
        "print(json.dumps('feedparser' in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(result.stdout) is False


def test_entities_of_its_own_are_refused() -> None:
    """A feed that defines entities is refused, as every XML."""
    assert "entities" in refusal(b'<!DOCTYPE rss [<!ENTITY x "y">]>' + rss(GOOD), "a.xml", LIMITS)
