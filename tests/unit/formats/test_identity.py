"""What readers take as provider, id and version of an article, and what they leave unknown."""

import json

import pytest

from tests.unit.formats.reads import only
from worker.article import Article
from worker.formats import identity

G2 = "http://iptc.org/std/nar/2006-10-01/"
TEXT = "The ferry of Lorn stays in port until its bow door closes again, the harbour master said."


def identified(article: Article) -> tuple[str | None, str | None, int | None]:
    """Return provider, id and version."""
    return article.provider, article.external_id, article.version


def newsml(guid: str, version: str, provider: str) -> bytes:
    """Return a news item."""
    return (
        f'<newsItem xmlns="{G2}" guid="{guid}" version="{version}"><itemMeta>{provider}</itemMeta><contentSet>'
        f'<inlineData contenttype="text/plain">{TEXT}</inlineData></contentSet></newsItem>'
    ).encode()


def nitf(docdata: str, head: str = "") -> bytes:
    """Return a NITF document."""
    body = f"<body><body.content><p>{TEXT}</p></body.content></body>"
    return f"<nitf><head><docdata>{docdata}</docdata>{head}</head>{body}</nitf>".encode()


def atom(entry: str, feed: str = "") -> bytes:
    """Return a feed of one entry."""
    entry = f"<entry>{entry}<summary>{TEXT}</summary></entry>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}{entry}</feed>'.encode()


def rss(item: str, channel: str = "<link>https://www.Lorn.example/news</link>") -> bytes:
    """Return an RSS feed of one item."""
    item = f"<item>{item}<description>{TEXT}</description></item>"
    return (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{channel}{item}</channel></rss>'
    ).encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (newsml("urn:newsml:lpa.example:20310409:7", "3", ""), ("lpa.example", "urn:newsml:lpa.example:20310409:7", 3)),
        (newsml("tag:lpa.example,2031:7", "12", ""), ("lpa.example", "tag:lpa.example,2031:7", 12)),
        (newsml("7", "2", '<provider qcode="nprov:LPA"><name>Lorn Press</name></provider>'), ("nprov:LPA", "7", 2)),
        (newsml("7", "2", '<provider literal="Lorn Press"/>'), ("Lorn Press", "7", 2)),
        (newsml("7", "two", ""), (None, "7", None)),
    ],
)
def test_newsml(data: bytes, expected: tuple[object, ...]) -> None:
    """The guid names its issuer, or else the item its provider; the version is the item's."""
    assert identified(only(data, "a.xml")) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (nitf('<doc-id regsrc="LPA" id-string="7"/><du-key key="k" version="2"/>'), ("LPA", "7", 2)),
        (nitf('<doc-id regsrc="LPA" id-string="7"/><du-key key="k" generation="4"/>'), ("LPA", "7", 4)),
        (nitf('<doc-id id-string="7"/><doc.copyright holder="Lorn Press"/>'), ("Lorn Press", "7", None)),
        (nitf('<doc-id id-string="7"/>'), (None, "7", None)),
        (
            nitf(
                '<doc-id regsrc="LPA" id-string="7"/>',
                '<revision-history norm="20310409T080000Z"/><revision-history norm="20310409T070000Z"/>',
            ),
            ("LPA", "7", 1_933_488_000_000),
        ),
    ],
)
def test_nitf(data: bytes, expected: tuple[object, ...]) -> None:
    """The document's id has a source; its version is the use of its key, or else its last revision."""
    assert identified(only(data, "a.xml")) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (atom("<id>https://lorn.example/7</id><updated>2031-04-09T08:00:00Z</updated>"), "lorn.example"),
        (atom("<id>7</id><updated>2031-04-09T08:00:00Z</updated>", "<id>urn:feed</id>"), "urn:feed"),
        (
            atom("<id>7</id><updated>2031-04-09T08:00:00Z</updated><source><id>urn:a</id></source>", "<id>urn:b</id>"),
            "urn:a",
        ),
        (atom("<id>7</id><updated>2031-04-09T08:00:00Z</updated>"), None),
    ],
)
def test_atom(data: bytes, expected: str | None) -> None:
    """An entry's id counts within the host it names, the feed it is from, or this feed; its update is its version."""
    article = only(data, "a.xml")
    assert (article.provider, article.version) == (expected, 1_933_488_000_000)


def test_an_atom_entry_alone_has_no_provider() -> None:
    """An entry that is a document by itself names no feed: its own id is not one."""
    entry = f'<entry xmlns="http://www.w3.org/2005/Atom"><id>7</id><summary>{TEXT}</summary></entry>'
    assert identified(only(entry.encode(), "a.xml")) == (None, "7", None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (rss("<guid>7</guid>"), ("lorn.example", "7", None)),
        (rss("<guid>https://b.example/7</guid>"), ("b.example", "https://b.example/7", None)),
        (
            rss("<guid>7</guid><atom:updated>2031-04-09T08:00:00Z</atom:updated>"),
            ("lorn.example", "7", 1_933_488_000_000),
        ),
        (rss("<guid>7</guid>", channel=""), (None, "7", None)),
    ],
)
def test_rss(data: bytes, expected: tuple[object, ...]) -> None:
    """A guid counts within the host it names, or else the host of the channel."""
    assert identified(only(data, "a.xml")) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": 7, "provider": "LPA", "version": 2}, ("LPA", "7", 2)),
        ({"id": "7", "provider": "LPA", "version": " 10 "}, ("LPA", "7", 10)),
        ({"id": "7", "provider": "LPA", "version": "2031-04-09T10:00:00+02:00"}, ("LPA", "7", 1_933_488_000_000)),
        ({"id": "7", "source": "Lorn Press"}, (None, "7", None)),
        ({"id": "tag:lpa.example,2031:7"}, ("lpa.example", "tag:lpa.example,2031:7", None)),
        ({"id": "7", "provider": {"no": "name"}, "version": 1.5}, (None, "7", None)),
    ],
)
def test_json(record: dict[str, object], expected: tuple[object, ...]) -> None:
    """A record names provider and version; its source is not the provider of its id."""
    assert identified(only(json.dumps(record | {"text": TEXT}).encode(), "a.jsonl")) == expected


@pytest.mark.parametrize("value", [None, True, -1, "-1", "1.10", "v2", "1" * 19, 1.0, [1], ""])
def test_what_is_no_version(value: object) -> None:
    """What can't be ordered with certainty is no version."""
    assert identity.version(value) is None


@pytest.mark.parametrize(
    "external_id", [None, "", "7", "urn:uuid:1-2", "https://lorn.example/", "http://www.a.example"]
)
def test_ids_that_name_no_authority(external_id: str | None) -> None:
    """A bare number or the address of a whole site says nothing about an article."""
    assert identity.authority(external_id) is None
