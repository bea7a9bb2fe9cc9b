"""Archives: their members are read; bombs, deep nesting, truncation and encryption are refused."""

import bz2
import gzip
import io
import json
import struct
import sys
import zipfile
from pathlib import Path

import pytest
import zstandard

from tests.unit.formats.reads import LIMITS, only, outcomes, refusal
from worker.article import Article, BadRecord
from worker.errors import QuarantineError
from worker.formats import Limits, read, spans

TEXT = b"The ferry at Varn runs all night.\n"
SMALL = Limits(max_article_bytes=1000, max_unpacked_bytes=100_000, max_members=3)
GOLDEN = Path(__file__).parents[2] / "golden" / "formats"


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip file that contains ``files``."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


PACKERS = {
    "gz": lambda name, data: gzip.compress(data),
    "zst": lambda name, data: zstandard.compress(data),
    "zip": lambda name, data: zipped({name: data}),
}


@pytest.mark.parametrize("kind", PACKERS)
def test_a_packed_file_is_read_under_any_name(kind: str) -> None:
    """The content shows that it is packed; the member's name gives the format of the member."""
    assert only(PACKERS[kind]("a.txt", TEXT), "anything").text == TEXT.decode()


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_refused_by_its_ratio(kind: str) -> None:
    """Forty megabytes of one letter, packed to a few kilobytes, are never unpacked completely."""
    packed = PACKERS[kind]("a.jsonl", b"a" * 40_000_000)
    assert "bomb" in refusal(packed, f"a.jsonl.{kind}")


@pytest.mark.slow
@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_of_records_is_not_divided(kind: str) -> None:
    """Millions of tiny records from a few bytes are refused: each worker would unpack them all again."""
    packed = PACKERS[kind]("a.jsonl", b'{"text": "a"}\n' * 4_000_000)
    with pytest.raises(QuarantineError, match="bomb"):
        spans(io.BytesIO(packed), f"a.jsonl.{kind}", LIMITS, 500)


@pytest.mark.parametrize("kind", PACKERS)
def test_more_than_the_limit_is_refused(kind: str) -> None:
    """The total size is limited even if the ratio is normal."""
    limits = Limits(max_article_bytes=10_000, max_unpacked_bytes=100_000, max_ratio=10_000)
    data = b"".join(b'{"text": "Report number %d"}\n' % number for number in range(5000))
    results = outcomes(PACKERS[kind]("a.jsonl", data), f"a.jsonl.{kind}", limits)
    assert isinstance(results[-1], BadRecord)
    assert "more than 100,000 bytes" in results[-1].reason
    assert len(results) > 100


def test_all_members_count_together() -> None:
    """The limit applies to all members together, also in nested archives."""
    limits = Limits(max_article_bytes=50_000, max_unpacked_bytes=200_000)
    inner = {f"{number}.txt": b"words " * 5000 for number in range(20)}
    for data in (zipped(inner), zipped({"a.zip": zipped(inner)})):
        results = outcomes(data, "a.zip", limits)
        assert sum(isinstance(outcome, Article) for outcome in results) == 6
        assert isinstance(results[-1], BadRecord)
        assert "more than 200,000 bytes" in results[-1].reason


def test_nested_archives_are_opened_to_the_limit_and_no_deeper() -> None:
    """Two levels are read; three levels are refused."""
    assert only(gzip.compress(zipped({"a.txt": TEXT})), "a.zip.gz").text == TEXT.decode()
    assert "archive within 2 archives" in refusal(gzip.compress(gzip.compress(gzip.compress(TEXT))), "a.gz")


def test_deeply_nested_archives_are_refused() -> None:
    """A zip of zips of zips is refused by its depth, for any number of members."""
    nest = zipped({"a.txt": TEXT})
    for _ in range(5):
        nest = zipped({f"{number}.zip": nest for number in range(3)})
    assert "None of its 9 records" in refusal(nest, "a.zip")
    assert "within 2 archives" in refusal(nest, "a.zip")


@pytest.mark.parametrize("kind", PACKERS)
def test_a_cut_archive_is_refused(kind: str) -> None:
    """A truncated download is refused with a message."""
    assert refusal(PACKERS[kind]("a.txt", TEXT * 20)[:-12], f"a.{kind}")


def test_records_before_a_cut_are_read() -> None:
    """In a long truncated file, the records before the cut are articles and the cut is reported."""
    data = b"".join(b'{"text": "Report number %d"}\n' % number for number in range(20_000))
    packed = gzip.compress(data)
    results = outcomes(packed[: len(packed) // 2], "a.jsonl.gz")
    assert len(results) > 1000
    assert isinstance(results[-1], BadRecord)
    assert "breaks off" in results[-1].reason


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_a_cut_is_reported_once_for_spans_of_any_size(size: int) -> None:
    """Divided into spans of any size, a truncated file gives the same records and reports the cut once."""
    packed = gzip.compress(b"".join(b'{"text": "Report number %d"}\n' % number for number in range(12_000)))
    packed = packed[: len(packed) * 3 // 4]
    whole = outcomes(packed, "a.jsonl.gz")
    runs = spans(io.BytesIO(packed), "a.jsonl.gz", LIMITS, size)
    assert sum(run.count for run in runs) in (len(whole), 0)
    last = list(read(io.BytesIO(packed), "a.jsonl.gz", LIMITS, runs[-1])) if runs else whole
    assert last[-1] == whole[-1]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.xml", "a.mbox", "a.zip", "a.jsonl.gz", "a.warc"])
def test_spans_are_bounded_by_bytes(name: str) -> None:
    """Whatever the format, a span of large records holds few of them, and the spans give all records of the file."""
    texts = [f"Report {number} from the quay. " + "The ferry sails at noon. " * 800 for number in range(9)]
    data = _of_large_records(name, texts)
    limits = Limits(max_span_bytes=50_000)
    runs = spans(io.BytesIO(data), name, limits, 500)
    assert len(runs) >= 4
    assert max(run.count for run in runs) <= 2
    apart = [outcome for run in runs for outcome in read(io.BytesIO(data), name, limits, run)]
    assert len(apart) == 9
    assert apart == outcomes(data, name)


def _of_large_records(name: str, texts: list[str]) -> bytes:
    records = [json.dumps({"text": text}) for text in texts]
    pages = [f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{text}</p>" for text in texts]
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
        "Content-Type: application/http; msgtype=response\r\nContent-Length: "
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number}.txt", text)
    mails = [f"From a@b.example Mon Sep 12 10:15:09 2022\nSubject: Ferry\n\n{text}\n\n" for text in texts]
    return {
        "a.jsonl": "\n".join(records).encode(),
        "a.json": f"[{','.join(records)}]".encode(),
        "a.xml": "".join(
            [
                "<rss><channel>",
                *(f"<item><description>{text}</description></item>" for text in texts),
                "</channel></rss>",
            ]
        ).encode(),
        "a.mbox": "".join(mails).encode(),
        "a.zip": packed.getvalue(),
        "a.jsonl.gz": gzip.compress("\n".join(records).encode()),
        "a.warc": "".join(f"{head}{len(page)}\r\n\r\n{page}\r\n\r\n" for page in pages).encode(),
    }[name]


def test_a_cut_between_two_spans_is_reported() -> None:
    """The cut is reported even if its span contains no other record."""
    feed = b"<rss><channel>" + b"<item><title>Bridge closed</title></item>" * 4 + b"<item><title>Ferr"
    runs = spans(io.BytesIO(feed), "a.xml", LIMITS, 2)
    apart = [outcome for run in runs for outcome in read(io.BytesIO(feed), "a.xml", LIMITS, run)]
    assert apart == outcomes(feed, "a.xml")
    assert isinstance(apart[-1], BadRecord)


def test_one_bad_member_costs_no_other() -> None:
    """A picture and an empty file are bad records among good ones; dot files and __MACOSX are skipped."""
    results = outcomes(
        zipped(
            {
                "news/a.txt": TEXT,
                "news/b.png": b"\x89PNG\r\n\x1a\n",
                "news/c.txt": b"",
                "__MACOSX/news/._a.txt": b"x",
                "news/.DS_Store": b"x",
                "news/d.txt": TEXT,
            }
        ),
        "a.zip",
    )
    assert [type(outcome) for outcome in results] == [Article, BadRecord, BadRecord, Article]
    reasons = [outcome.reason for outcome in results if isinstance(outcome, BadRecord)]
    assert "news/b.png" in reasons[0]
    assert "picture" in reasons[0]
    assert "empty" in reasons[1]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to install it."""
    packed = zstandard.compress(TEXT)
    monkeypatch.setitem(sys.modules, "zstandard", None)
    assert "pip install '.[zstd]'" in refusal(packed, "a.zst")


@pytest.mark.parametrize("line", [b"x" * 3_000_000, b"a: b\r\n" * 500_000])
def test_headers_without_end_are_refused(line: bytes) -> None:
    """The headers of a web archive are not read into memory without a limit."""
    assert "without end" in refusal(b"WARC/1.0\r\n" + line, "a.warc")


def test_a_url_that_no_database_accepts_is_repaired() -> None:
    """NULs in the URL of a web archive's record are removed."""
    archive = (GOLDEN / "crawl.warc").read_bytes().replace(b"example/varn/bridge", b"example/v\0rn/bridge", 1)
    first = outcomes(archive, "a.warc")[0]
    assert isinstance(first, Article)
    assert first.url == "https://courier.example/vrn/bridge"


def test_names_in_an_archive_are_never_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member named ../../x or /etc/x is read like any other; no file is written."""
    monkeypatch.chdir(tmp_path)
    results = outcomes(zipped({"../../escaped.txt": TEXT, "/etc/escaped.txt": TEXT, "a\n\u202etxt.b": TEXT}), "a.zip")
    assert len(results) == 3
    assert list(tmp_path.iterdir()) == []


def test_odd_names_are_shown_escaped() -> None:
    """Line ends and bidirectional marks in a name are escaped in the message."""
    (bad, _) = outcomes(zipped({"a\n\u202etxt.b": b"", "b.txt": TEXT}), "a.zip")
    assert isinstance(bad, BadRecord)
    assert r"a\n\u202etxt.b" in bad.reason


def test_an_encrypted_member_is_named() -> None:
    """It is reported, and the other members are read."""
    data = bytearray(zipped({"a.txt": TEXT, "b.txt": TEXT}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    (bad, good) = outcomes(bytes(data), "a.zip")
    assert isinstance(bad, BadRecord)
    assert "encrypted" in bad.reason
    assert isinstance(good, Article)


def test_too_many_members_are_refused_before_the_directory_is_read() -> None:
    """The size of the directory is checked first."""
    assert "more than 3 files" in refusal(zipped({f"{number}.txt": TEXT for number in range(40)}), "a.zip", SMALL)


def zip64(files: int, stated: int) -> bytes:
    """Return a zip file of zip64 whose last record, which zip64 overrides, states a directory of ``stated`` bytes."""
    data = zipped({f"{number}.txt": TEXT for number in range(files)})
    end = data.index(b"PK\x05\x06")
    size, start = (int.from_bytes(data[end + at : end + at + 4], "little") for at in (12, 16))
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, files, files, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, stated, 0, 0)
    return data[:end] + record + locator + last


@pytest.mark.parametrize("stated", [46, 0xFFFFFFFF])
def test_zip64_does_not_pass_the_limit_of_members(stated: int) -> None:
    """The directory that is really read is checked, whatever the other records state; a small one is accepted."""
    assert len(zipfile.ZipFile(io.BytesIO(zip64(40, stated))).namelist()) == 40
    assert "more than 3 files" in refusal(zip64(40, stated), "a.zip", SMALL)
    assert len(outcomes(zip64(2, stated), "a.zip", SMALL)) == 2


def test_damaged_offsets_in_a_directory_are_not_a_disk_error(tmp_path: Path) -> None:
    """A seek to an invalid offset in a real file is the archive's fault: the file is not retried."""
    data = bytearray(zipped({"a.txt": TEXT}))
    at = data.index(b"PK\x05\x06")
    data[at + 16 : at + 20] = b"\xff\xff\xff\x7f"
    (tmp_path / "a.zip").write_bytes(data)
    with (tmp_path / "a.zip").open("rb") as file, pytest.raises(QuarantineError):
        list(read(file, "a.zip", LIMITS))


@pytest.mark.parametrize(
    "packed",
    [bz2.compress(TEXT), b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\1\0", b"\xfd7zXZ\0\0\4"],
)
def test_other_archives_are_refused_with_advice(packed: bytes) -> None:
    """They are recognised, and the message says what to use."""
    assert "unpack it" in refusal(packed, "a.7z")


@pytest.mark.parametrize(
    ("data", "name", "advice"),
    [
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip" + bytes(99), "a.epub", ".xhtml files"),
        (bytes(60) + b"BOOKMOBI" + bytes(99), "a.mobi", "convert it to text or HTML"),
        (b"id,title,text\n1,Quay,The quay is open.\n", "a.csv", "JSON lines"),
    ],
)
def test_books_and_tables_are_refused_with_advice(data: bytes, name: str, advice: str) -> None:
    """They hold many articles, which must not become one."""
    assert advice in refusal(data, name)


@pytest.mark.parametrize(
    "name", ["crawl.arc", "crawl.warc", "crawl.warc.gz", "lines.jsonl.zst", "several.zip", "mailbox.mbox", "rss.xml"]
)
def test_spans_of_one_record_read_like_the_whole_file(name: str) -> None:
    """Every container gives the same records read one by one as read at once."""
    data = (GOLDEN / name).read_bytes()
    runs = spans(io.BytesIO(data), name, LIMITS, 1)
    apart = [outcome for run in runs for outcome in read(io.BytesIO(data), name, LIMITS, run)]
    assert (apart or outcomes(data, name)) == outcomes(data, name)
