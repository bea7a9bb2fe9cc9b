"""Bad input of each kind is refused, repaired or retried: one test for each."""

import io
import tracemalloc
from pathlib import Path

import pytest

from tests.cost import costs_at_most
from tests.unit.formats.reads import LIMITS, only, outcomes, refusal
from worker.article import Article, BadRecord
from worker.errors import RetryError
from worker.formats import Limits, read, sniff, spans

PROLOG = '<?xml version="1.0"?>'
NITF = "<nitf><body><body.content><p>{}</p></body.content></body></nitf>"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"   \n\t\r\n ", "no word"),
        (b"--- *** !!!\n", "no word"),
        (b"\0" * 4096, "NUL"),
        (b"\xff\xfe", "no word"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)), "picture"),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(range(256)) * 3, "can't be read as text"),
        (b"\x7fELF\2\1\1" + bytes(100), "program"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "office document"),
        (rb"{\rtf1\ansi Hello}", "office document"),
        (b"PAR1\x15\x04", "JSON lines"),
    ],
)
def test_each_kind_of_non_text_has_its_message(data: bytes, says: str) -> None:
    """The content decides, not the name."""
    assert says in refusal(data, "x.txt")


def test_a_line_of_100_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    """Reading stops at the limit: memory use stays near the size of one article."""
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"word " * 200_000)
    tracemalloc.start()
    try:
        with path.open("rb") as file, pytest.raises(Exception, match="larger than one article"):
            list(read(file, path.name, LIMITS))
        assert tracemalloc.get_traced_memory()[1] < 3 * LIMITS.max_article_bytes
    finally:
        tracemalloc.stop()


def test_a_disk_error_is_retried() -> None:
    """An error of the disk says nothing about the file."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 0:
                raise OSError(5, "Input/output error")
            return super().read(size)

        def readline(self, size: int | None = -1, /) -> bytes:
            return super().readline(size) if self.tell() < 100 else self.read()

    with pytest.raises(RetryError, match="Input/output error"):
        list(read(Failing(b"words " * 10_000), "a.txt", LIMITS))
    lines = b'{"text": "words"}\n' * 10_000
    with pytest.raises(RetryError, match="Input/output error"):
        list(read(Failing(lines), "a.jsonl", LIMITS))
    with pytest.raises(RetryError, match="Input/output error"):
        spans(Failing(lines), "a.jsonl", LIMITS, 10)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE nitf [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE nitf [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE nitf [<!ENTITY c SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE nitf [<!ENTITY % c SYSTEM "http://127.0.0.1:9/x.dtd">%c;]>',
    ],
)
def test_xml_with_entities_is_refused(doctype: str) -> None:
    """No entity is expanded, and no file or URL is fetched."""
    assert "entities" in refusal((PROLOG + doctype + NITF.format("&c;")).encode(), "a.xml")


def test_a_doctype_alone_is_not_fetched_and_does_no_harm() -> None:
    """NITF of agencies names its DTD; it is read without the DTD."""
    doctype = '<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd">'
    assert only((PROLOG + doctype + NITF.format("Words.")).encode(), "a.xml").text == "Words."


def test_deep_xml_is_read_or_refused() -> None:
    """A hundred thousand nested elements crash no process."""
    deep = NITF.format("<p>" * 100_000 + "Words." + "</p>" * 100_000)
    assert only(deep.encode(), "a.xml").text == "Words."
    assert "broken" in refusal(b"<nitf>" + b"<p>" * 100_000, "a.xml")


@pytest.mark.parametrize("tag", ["div", "b", "table"])
def test_deep_html_is_refused(tag: str) -> None:
    """A parser would silently drop the text in ten thousand nested tags."""
    page = f"<html><body>{f'<{tag}>' * 10_000}The bridge is closed.{f'</{tag}>' * 10_000}</body></html>"
    assert "nested more than 2,048" in refusal(page.encode(), "a.html")


def test_a_page_of_a_million_tags_is_refused() -> None:
    """Tags are counted before a parser would spend a minute on them."""
    assert "over 50,000 tags" in refusal(b"<html><body>" + b"<p>a" * 1_000_000, "a.html")


def test_a_page_without_text_is_refused() -> None:
    """A page without extractable text is quarantined, not lost."""
    assert "No article" in refusal(b"<html><body><script>document.write('words')</script></body></html>", "a.html")


def test_an_html_fragment_is_read() -> None:
    """Some scrapers deliver the article cut out of its page."""
    piece = b"<div><h1>Bridge</h1><p>It is <b>closed</b>.<br>For long.</p><script>x()</script></div>"
    assert only(piece, "a.html").text == "Bridge\n\nIt is closed.\nFor long."


def test_unknown_xml_is_refused_with_the_supported_kinds() -> None:
    """The message names the kinds of XML that are read."""
    assert "NITF, NewsML, RSS and Atom" in refusal(PROLOG.encode() + b"<invoice><p>words</p></invoice>", "a.xml")


def test_broken_xml_is_reported_with_its_line() -> None:
    """The message contains the line number."""
    assert "line 2" in refusal(b"<nitf>\n<p>words</nitf>", "a.xml")


def test_xml_with_html_entities_and_control_characters_is_repaired() -> None:
    """Neither loses the article."""
    assert only((PROLOG + NITF.format("Caf&eacute; &amp; bar\x07")).encode(), "a.xml").text == "Café & bar"


def test_xml_in_an_encoding_it_does_not_declare_is_read() -> None:
    """A document that declares UTF-8 and is in another encoding is read."""
    document = '<?xml version="1.0" encoding="utf-8"?>' + NITF.format("Die Brücke ist zu.")
    assert only(document.encode("cp1252"), "a.xml").text == "Die Brücke ist zu."
    assert only(document.encode("utf-16"), "a.xml").text == "Die Brücke ist zu."


@pytest.mark.parametrize(
    ("data", "name", "format_name"),
    [
        (b"<!-- made by --><?pi x?><!DOCTYPE html><p>", "a.txt", "html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><html xmlns='x'>", "a.xml", "html"),
        (b"<n:newsMessage xmlns:n='x'>", "a", "newsml"),
        (b"<rdf:RDF xmlns:rdf='x'>", "a", "feed"),
        (b"<Reuters> The bridge is closed.", "a.txt", "text"),
        (b"Date: to be set\n\nThe bridge is closed.", "a.txt", "text"),
        (b"From: a\nTo: b\nSubject: c\n\nBody", "a.txt", "mail"),
        (b"From Monday the bridge is closed.", "a.txt", "text"),
        (b"%PDF-1.4", "a.txt", "pdf"),
        (b"The bridge", "a.md", "markdown"),
        (b"The bridge", "A.TXT", "text"),
        (b"The bridge", "../../etc/passwd\0.pdf", "pdf"),
        (b"WARC/1.0\r\n", "a", "warc"),
    ],
)
def test_content_decides_before_the_suffix(data: bytes, name: str, format_name: str) -> None:
    """A file's name is only a hint."""
    assert sniff(data, name) == format_name


def test_names_of_any_kind_are_only_hints() -> None:
    """Line ends, quotes, bidirectional marks, surrogates and 255 characters in a name change nothing."""
    for name in ("a\nb.txt", "'\";--.txt", "\u202etxt.exe", "\udcff.txt", "x" * 255, "", ".", "..", "/"):
        assert len(outcomes(b"The bridge is closed.", name)) == 1


def test_a_file_that_takes_too_long_is_cut_with_the_reason() -> None:
    """When the processor time of a file is over, what was read is kept and the last record says why."""
    data = b'{"text": "The ferry sails at noon."}\n' * 100_000
    found = outcomes(data, "a.jsonl", Limits(max_seconds=0.1))
    assert 1 < len(found) < 100_000
    assert isinstance(found[-1], BadRecord)
    assert "more than 0.1 seconds of processor time" in found[-1].reason
    assert all(isinstance(record, Article) for record in found[:-1])


@pytest.mark.parametrize(
    "part",
    [
        "<table><tr>" + "<td>a<p>b</p></td>" * 8_000 + "</tr></table>",
        "<table><tr><td>" * 300 + "a" + "</td></tr></table>" * 300,
        f"<script type='application/ld+json'>{{}}{' ;' * 100_000}x</script>",
        f"<script type='application/ld+json'>{'[' * 100_000}</script>",
        "<![CDATA[" * 5_000,
        "<time datetime=2031-04-09T07:30Z></time>" * 5_000,
    ],
    ids=["cells", "nested tables", "blanks in data", "deep data", "cdata", "times"],
)
def test_a_hostile_page_takes_little_time(part: str) -> None:
    """Preparing a page is about linear in its size, whatever repeats in it."""
    words = "The harbour of Varn opens again on Monday after a long winter of repairs, said the harbour master."
    with costs_at_most(10):
        outcomes(f"<html><body><h1>Harbour</h1>{part}<p>{words}</p></body></html>".encode(), "a.html")
