"""Web archives (WARC and ARC): packed and chunked pages, missing types, revisits, and archives without a page."""

import gzip
import io
import os
import re
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from tests.unit.formats.reads import LIMITS, only, outcomes, refusal
from worker.article import Article, BadRecord
from worker.formats import Limits, read, spans

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"
#: a page in each of four scripts
SENTENCES = (
    "Die Fähre nach Lindholm fährt ab Montag wieder die ganze Nacht, sagte Jonas Feld.",
    "Le bac de Valmère circule de nouveau toute la nuit, a annoncé Inès Marchal.",
    "Паром в Липовку снова ходит всю ночь, сообщила Вера Орлова.",
    "浜野の渡し船は月曜日から終夜運航を再開すると、森田遥さんが述べた。",
)


def page(sentence: str) -> bytes:
    """Return a page of several paragraphs that begin with ``sentence``."""
    more = "<p>The timetable of the harbour is on the wall of the custom house, next to the old clock.</p>" * 3
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Harbour</title></head><body><article>'
    return f"{head}<p>{sentence}</p>{more}</article></body></html>".encode()


def record(body: bytes, http: str = "Content-Type: text/html", kind: str = "response", status: str = "200 OK") -> bytes:
    """Return one record of an archive, with the headers ``http`` of the server."""
    content = f"HTTP/1.1 {status}\r\n{http}\r\n\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://courier.example/a\r\n"
    head += (
        f"WARC-Date: 2031-04-09T07:30:00Z\r\nContent-Type: application/http\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def chunked(body: bytes, size: int = 100) -> bytes:
    """Return ``body`` in chunks of HTTP."""
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def deflated(body: bytes) -> bytes:
    """Return ``body`` deflated without a header, as many servers do."""
    return zlib.compress(body, wbits=-15)


PACKERS = {
    "br": brotli.compress,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": deflated,
    "zstd": zstandard.compress,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
}


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("coding", PACKERS)
def test_a_packed_page_is_read(coding: str, sentence: str) -> None:
    """Every packing that browsers accept is opened, with chunks around it or without."""
    packed = PACKERS[coding](page(sentence))
    http = f"Content-Type: text/html\r\nContent-Encoding: {coding}"
    assert sentence in only(record(packed, http), "a.warc").text
    assert sentence in only(record(chunked(packed), f"{http}\r\nTransfer-Encoding: Chunked"), "a.warc").text


@pytest.mark.parametrize("coding", [*PACKERS, "utf-8", "none", "compress"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_wrong_packing_costs_no_text(coding: str, sentence: str) -> None:
    """A page that is unpacked, or packed in another way than its header states, is read."""
    http = f"Content-Type: text/html\r\nContent-Encoding: {coding}\r\nTransfer-Encoding: chunked"
    assert sentence in only(record(page(sentence), http), "a.warc").text
    assert sentence in only(record(gzip.compress(page(sentence)), http), "a.warc").text
    assert sentence in only(record(gzip.compress(page(sentence))), "a.warc").text


def test_what_was_unpacked_before_damage_is_kept() -> None:
    """The first part of a cut page is an article with a note; a page of noise is refused with the packing's name."""
    for coding in ("br", "gzip", "deflate"):
        body = page(f"{SENTENCES[0]} {os.urandom(4000).hex()}")
        article = only(
            record(PACKERS[coding](body)[:-100], f"Content-Type: text/html\r\nContent-Encoding: {coding}"), "a"
        )
        assert SENTENCES[0] in article.text
        assert coding in article.notes[0]
    http = "Content-Type: text/html\r\nContent-Encoding: {}"
    assert "packed as br and damaged" in refusal(record(bytes(range(256)), http.format("br")), "a.warc")
    assert "'sdch'" in refusal(record(bytes(range(256)), http.format("sdch")), "a.warc")


@pytest.mark.parametrize(
    "coding", ["gzip", *(pytest.param(coding, marks=pytest.mark.slow) for coding in ("br", "deflate", "zstd"))]
)
def test_a_page_that_unpacks_without_end_is_refused(coding: str) -> None:
    """A hundred megabytes from a few bytes are never unpacked completely, and cost no other page."""
    bomb = PACKERS[coding](bytes(100_000_000))
    archive = record(bomb, f"Content-Type: text/html\r\nContent-Encoding: {coding}") + record(page(SENTENCES[1]))
    bad, good = outcomes(archive, "a.warc", Limits(max_article_bytes=100_000))
    assert isinstance(bad, BadRecord)
    assert "larger than one article" in bad.reason
    assert isinstance(good, Article)


@pytest.mark.parametrize(
    "header", ["Server: x", "Content-Type: ", "Content-Type: unknown/unknown", "Content-Type: */*"]
)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_page_without_a_type_is_recognised_by_its_content(header: str, sentence: str) -> None:
    """HTML is read, also if it is packed; pictures and scripts of the same archive are skipped."""
    archive = record(page(sentence), header) + record(
        brotli.compress(page(sentence)), f"{header}\r\nContent-Encoding: br"
    )
    archive += record(b"\x89PNG\r\n\x1a\n\0\0", header) + record(b"var a = 1;", header)
    assert [sentence in outcome.text for outcome in outcomes(archive, "a.warc") if isinstance(outcome, Article)] == [
        True
    ] * 2
    assert len(outcomes(archive, "a.warc")) == 2


def revisit(http: str = "Content-Type: text/html") -> bytes:
    """Return a record of a page that had not changed."""
    return record(b"", http, kind="revisit")


def test_a_revisit_is_reported_once_and_is_no_article() -> None:
    """The sentence names the page; revisits of pictures are not mentioned; pages of the archive are read."""
    outcome = outcomes(revisit("Content-Type: image/png") + revisit() * 3 + record(page(SENTENCES[2])), "a.warc")
    assert [type(each) for each in outcome] == [BadRecord, Article]
    assert "https://courier.example/a: it had not changed" in str(outcome[0])
    assert "revisit record" in refusal(revisit() * 2, "a.warc")


def test_an_archive_of_many_revisits_loses_no_page() -> None:
    """Over a thousand revisits in front of a page are not taken for a broken archive, in parts either."""
    archive = revisit() * 1100 + record(page(SENTENCES[2]))
    assert isinstance(outcomes(archive, "a.warc")[-1], Article)
    runs = spans(io.BytesIO(archive), "a.warc", LIMITS, 500)
    assert [run.count for run in runs] == [500, 500, 101]
    assert sum(isinstance(each, Article) for run in runs for each in read(io.BytesIO(archive), "a", LIMITS, run)) == 1


def test_an_archive_without_pages_says_what_it_holds() -> None:
    """Redirects, errors, pictures and requests are counted by kind."""
    request = record(b"", kind="request").replace(b"HTTP/1.1 200 OK", b"GET / HTTP/1.1 ")
    archive = record(b"", status="301 Moved") + record(b"\xff\xd8\xff", "Content-Type: image/jpeg") * 2 + request
    reason = refusal(archive, "a.warc")
    assert "2 of type image/jpeg" in reason
    assert "1 with status 301" in reason
    assert "1 of kind request" in reason


def arc(*pages: bytes, version: int = 1) -> bytes:
    """Return an ARC file of pages; version 2 has more fields in front of each record."""
    data = b"filedesc://a.arc 0.0.0.0 20310409073000 text/plain 13\n%d 0 Varn\nURL\n" % version
    for number, body in enumerate(pages):
        content = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        fields = b" 200 - - 0 a.arc" if version == 2 else b""
        head = b"https://courier.example/%d 192.0.2.7 20310409073000 text/html%s %d\n"
        data += b"\n" + head % (number, fields, len(content)) + content
    return data


@pytest.mark.parametrize("version", [1, 2])
def test_an_arc_file_gives_address_and_time_of_each_page(version: int) -> None:
    """Both versions of the format are read."""
    articles = outcomes(arc(*(page(sentence) for sentence in SENTENCES), version=version), "a.arc")
    assert len(articles) == 4
    for number, (article, sentence) in enumerate(zip(articles, SENTENCES, strict=True)):
        assert isinstance(article, Article)
        assert sentence in article.text
        assert article.url == f"https://courier.example/{number}"
        assert str(article.published_at) == "2031-04-09 07:30:00+00:00"


@pytest.mark.parametrize("packed", [False, True])
def test_parts_of_an_arc_file_are_the_whole(packed: bool) -> None:
    """Also where each record is a gzip member, as crawlers pack them."""
    whole = arc(*(page(sentence) for sentence in SENTENCES))
    if packed:
        first, *others = whole.split(b"\nhttps://")
        records = [first, *(b"https://" + part for part in others)]
        whole = b"".join(gzip.compress(part + b"\n") for part in records)
    runs = spans(io.BytesIO(whole), "a.arc.gz", LIMITS, 1)
    assert len(runs) == 4
    parts = [outcome for run in runs for outcome in read(io.BytesIO(whole), "a.arc.gz", LIMITS, run)]
    assert parts == outcomes(whole, "a.arc.gz")
    assert [SENTENCES[n] in str(part) for n, part in enumerate(parts)] == [True] * 4


def test_a_record_that_states_too_small_a_size_is_reported() -> None:
    """The library skips the rest of its line without a word; the pages around it are read, in parts too."""
    first, second, third = (record(page(sentence)) for sentence in SENTENCES[:3])
    size = re.search(rb"Content-Length: (\d+)", second)
    assert size
    archive = first + second.replace(size[1], b"%d" % (int(size[1]) - 60)) + third
    found = outcomes(archive, "a.warc")
    assert [type(outcome) for outcome in found] == [Article, Article, BadRecord, Article]
    assert "longer than it states" in str(found[2])
    runs = spans(io.BytesIO(archive), "a.warc", LIMITS, 1)
    assert [outcome for run in runs for outcome in read(io.BytesIO(archive), "a.warc", LIMITS, run)] == found


def test_an_arc_file_without_line_ends_between_records_is_reported() -> None:
    """The page in front of the fault is read."""
    archive = arc(*(page(sentence) for sentence in SENTENCES[:3])).replace(b"</html>\nhttps", b"</html>https", 1)
    found = outcomes(archive, "a.arc")
    assert isinstance(found[0], Article)
    assert isinstance(found[-1], BadRecord)
    assert "From here on" in found[-1].reason
