"""Articles in the answers of APIs: lists inside an object, usual keys, and keys that nothing is read from."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formats.reads import only, outcomes, refusal
from worker.article import Article, BadRecord
from worker.formats import Limits, read, sniff

TEXT = "Der Hafenrat stimmte am Dienstag zu, den Kai zu schließen."
NORSK = "Havnestyret vedtok tirsdag å stenge kaia i åtte måneder."
UKRAINIAN = "Рада порту у вівторок вирішила закрити причал."


def encoded(value: object) -> bytes:
    """Return ``value`` as JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


def articles(data: bytes, name: str = "a.json") -> list[Article]:
    """Return the articles of a file that has nothing else."""
    read_ones = [outcome for outcome in outcomes(data, name) if isinstance(outcome, Article)]
    assert len(read_ones) == len(outcomes(data, name))
    return read_ones


@pytest.mark.parametrize(
    "wrapper",
    [
        {"status": "ok", "articles": [{"title": "A", "content": TEXT}]},
        {"title": "Eksport", "items": [{"title": "A", "body": TEXT}]},
        {"response": {"status": "ok", "results": [{"webTitle": "A", "fields": {"bodyText": TEXT, "byline": "M"}}]}},
        {"took": 3, "hits": {"total": 1, "hits": [{"_id": "7", "_source": {"headline": "A", "text": TEXT}}]}},
        {"data": [{"type": "news", "id": "1", "attributes": {"title": "A", "body": TEXT}}]},
        {
            "total_rows": 1,
            "rows": [{"id": "1", "key": "1", "value": {"rev": "2"}, "doc": {"title": "A", "text": TEXT}}],
        },
        {"data": {"posts": {"edges": [{"node": {"title": "A", "content": f"<p>{TEXT}</p>"}}]}}},
    ],
)
def test_the_articles_in_an_object_are_read(wrapper: dict[str, Any]) -> None:
    """NewsAPI, exports, the Guardian, Elasticsearch, JSON:API, CouchDB and GraphQL; compact, indented, before more."""
    for data in (encoded(wrapper), json.dumps(wrapper, indent=2).encode(), encoded(wrapper | {"next": {"page": 2}})):
        assert [(article.title, article.text) for article in articles(data)] == [("A", TEXT)]


@pytest.mark.parametrize(
    "record",
    [
        {"title": "A", "text": TEXT, "items": [{"title": "x", "text": "y z"}]},
        {"items": [{"title": "x", "text": "y z"}], "title": "A", "body": TEXT},
        {"title": "A", "story": TEXT, "comments": [{"text": "I never liked that quay."}]},
    ],
)
def test_an_article_that_has_a_list_stays_one_article(record: dict[str, Any]) -> None:
    """What has a text itself only has boxes or comments in its lists, whether the text comes first or last."""
    (article,) = articles(encoded(record))
    assert article.text == TEXT
    assert "not read" in article.notes[0]


def test_several_lists_are_read_in_order() -> None:
    """Each object of each list is a record; a broken one costs no other."""
    data = b'{"news": [{"text": "One."}, {"text": oops}, {"text": "Two."}], "n": 7, "posts": [{"text": "Three."}]}'
    results = outcomes(data, "a.json")
    assert [getattr(outcome, "text", None) for outcome in results] == ["One.", None, "Two.", "Three."]


def test_what_follows_the_object_is_reported() -> None:
    """A second answer in the same file and a file that breaks off are never passed over in silence."""
    wrapper = encoded({"articles": [{"title": "A", "text": TEXT}], "total": 1})
    for data, says in ((wrapper + b" " + wrapper, "follows"), (wrapper[:-14], "breaks off")):
        article, bad = outcomes(data, "a.json")
        assert isinstance(article, Article)
        assert isinstance(bad, BadRecord)
        assert says in bad.reason


def test_an_object_in_a_line_with_a_list_names_the_list() -> None:
    """In JSON lines, a record is a line: the sentence says under which key the articles are."""
    data = encoded({"title": "Eksport", "response": {"docs": [{"title": "A", "text": TEXT}]}}) + b"\n"
    assert '"response.docs"' in refusal(data + data.replace(b"A", b"B"), "a.jsonl")


class _Pipe(io.BytesIO):
    """A file that can't seek."""

    def seekable(self) -> bool:
        return False


@given(st.integers(1, 60), st.booleans(), st.sampled_from([io.BytesIO, _Pipe]))
def test_a_list_of_any_length_is_read_whole(count: int, indented: bool, file: type[io.BytesIO]) -> None:
    """Also where the file is larger than an article may be, and where it can't seek."""
    wrapper = {
        "n": count,
        "articles": [{"title": f"T{number} [{{", "text": NORSK} for number in range(count)],
        "end": "]}",
    }
    data = json.dumps(wrapper, indent=1 if indented else None).encode()
    results = list(read(file(data), "a.json", Limits(max_article_bytes=1_000)))
    assert [getattr(outcome, "title", outcome) for outcome in results] == [f"T{number} [{{" for number in range(count)]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"headline": "A", "body": NORSK, "lang": "no", "link": "https://k.example/1", "date": "2031-04-09"},
         ("A", NORSK, "no", "https://k.example/1", "2031-04-09", None)),
        ({"Title": "A", "content_html": f"<p>{NORSK}", "publishedAt": "2031-04-09T07:30:00Z", "byline": "By Mara Vik"},
         ("A", NORSK, None, None, "2031-04-09", "Mara Vik")),
        ({"title": {"rendered": "A &amp; B"}, "content": {"rendered": f"<p>{UKRAINIAN}</p>"}, "author": 5,
          "date": "2031-04-09T09:30:00", "date_gmt": "2031-04-09T07:30:00", "link": "https://k.example/1"},
         ("A & B", UKRAINIAN, None, "https://k.example/1", "2031-04-09", None)),
        ({"title": "A", "content": None, "description": UKRAINIAN, "published": True, "published_at": 1933486200},
         ("A", UKRAINIAN, None, None, "2031-04-09", None)),
        ({"title": "A", "paragraphs": [NORSK], "url": "www.k.example", "web_url": "https://k.example/1"},
         ("A", NORSK, None, "https://k.example/1", None, None)),
    ],
)  # fmt: skip
def test_usual_keys_are_read_without_configuration(record: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    """In any case and with or without underscores, the first that can be the field's value."""
    article = only(encoded(record), "a.json")
    day = article.published_at.date().isoformat() if article.published_at else None
    assert (article.title, article.text, article.language, article.url, day, article.author) == expected


def test_a_configured_field_is_read_under_its_name_alone() -> None:
    """Who names the field of the text doesn't want the summary in its place."""
    limits = Limits(json_fields={**Limits().json_fields, "text": "full"})
    assert only(encoded({"title": "A", "body": TEXT}), "a.json", limits).text == "A"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_keys_that_are_not_read_are_noted_once_per_file(name: str) -> None:
    """Each key once, without those that have no value in the record."""
    record = {"text": TEXT, "mood": "calm", "empty": None}
    data = b"\n".join(map(encoded, [record, record, record | {"tone": "dry"}]))
    notes = [article.notes for article in articles(data, name)]
    assert notes == [('These keys are not read: "mood".',), (), ('These keys are not read: "tone".',)]


def test_a_json_feed_gives_its_items_what_they_lack() -> None:
    """Language, author and source are the feed's, also where these follow the items; slashes may be escaped."""
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": NORSK}, {"id": "2"}]}
    data = encoded(feed | {"title": "Kyst", "language": "nb", "author": {"name": "Desken"}})
    data = data.replace(b"/", rb"\/")
    assert sniff(data, "a") == "jsonfeed"
    article, bad = outcomes(data, "a")
    assert isinstance(article, Article)
    assert (article.text, article.source, article.language, article.author) == (NORSK, "Kyst", "nb", "Desken")
    assert isinstance(bad, BadRecord)
    assert "no items" in refusal(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a")


@pytest.mark.parametrize(
    ("plain", "html", "expected"),
    [
        ("Kaia stenges.", f"<p>{NORSK}</p><p>{NORSK}</p>", f"{NORSK}\n\n{NORSK}"),
        (NORSK, f"<div class='body'><p><a href='https://k.example/1'>{NORSK}</a></p></div>", NORSK),
    ],
)
def test_the_whole_text_of_a_json_feed_is_read(plain: str, html: str, expected: str) -> None:
    """A teaser as plain text does not hide the article in HTML; otherwise the plain text is read."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"content_text": plain, "content_html": html}]}
    [article] = articles(encoded(feed))
    assert article.text == expected


@pytest.mark.parametrize("key", ["records", "items", "data"])
@pytest.mark.parametrize("name", ["story", "article"])
def test_references_to_articles_are_no_articles(key: str, name: str) -> None:
    """A list of objects that only name a story, as in an answer sheet or an index, is not read as texts."""
    value = {"files": {key: [{"id": "7", name: "dam-pact"}, {"id": "8", name: "ferry"}]}}
    assert refusal(encoded(value), "a.json")
