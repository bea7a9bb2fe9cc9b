"""Tar files and crawls in WACZ: their members are read in order, and damage costs only what it hits."""

import gzip
import io
import tarfile
import zipfile

import pytest

from tests.unit.formats.reads import outcomes, refusal
from worker.article import Article, BadRecord
from worker.formats import Limits, spans

TEXT = "The ferry at Varn runs all night.\n"
LONG = "news/" + "a" * 140 + ".txt"


def tar(files: dict[str, bytes], format_number: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar file of these files, in a folder."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=format_number) as archive:
        folder = tarfile.TarInfo("news")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def texts(data: bytes, name: str) -> list[str]:
    """Return the texts of all articles."""
    return [outcome.text for outcome in outcomes(data, name) if isinstance(outcome, Article)]


FILES = {
    "news/._a.txt": b"\0\5\x16\7",
    "news/a.txt": TEXT.encode(),
    LONG: TEXT.encode() * 40_000,
    "news/b.jsonl": b'{"text": "Kai offen."}\n{"text": "Kai zu."}\n',
}


@pytest.mark.parametrize("format_number", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("is_packed", [False, True])
def test_members_of_a_tar_file(format_number: int, is_packed: bool) -> None:
    """Files are read by their suffix, also with long names; folders and files of a Mac are not."""
    files = {name: content for name, content in FILES.items() if format_number != tarfile.USTAR_FORMAT or name != LONG}
    data = tar(files, format_number)
    read = texts(gzip.compress(data) if is_packed else data, "a.tar.gz" if is_packed else "a")
    assert [text[:10] for text in read] == [
        "The ferry ",
        *(["The ferry "] if LONG in files else []),
        "Kai offen.",
        "Kai zu.",
    ]


def test_records_of_a_member_are_divided_among_workers() -> None:
    """A large member is read in parts, whose records have the same numbers."""
    lines = b"".join(b'{"text": "Kai %d"}\n' % number for number in range(10))
    data = tar({"a.jsonl": lines, "b.jsonl": lines})
    assert [span.count for span in spans(io.BytesIO(data), "a.tar", Limits(), 8)] == [8, 8, 4]


def test_damage_of_a_tar_file() -> None:
    """What is before the damage is read; a file that only claims to be a tar file is refused."""
    data = tar({"a.txt": TEXT.encode(), "b.txt": TEXT.encode()})
    whole, cut = outcomes(data[:2060], "a.tar")
    assert isinstance(whole, Article)
    assert isinstance(cut, BadRecord)
    assert "damaged" in refusal(bytes(200) + b"9" * 57 + b"ustar\0" + bytes(300), "a.tar")
    assert "more than 1 files" in refusal(tar({})[:512] + tar({"a.txt": b""}), "a", Limits(max_members=1))


def test_only_the_pages_of_a_crawl_are_read() -> None:
    """WACZ has lists of the pages, with their texts, and logs next to the pages."""
    page = f"<html><body><article><p>{TEXT * 4}</p></article></body></html>".encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://varn.example/\r\n"
        b"WARC-Date: 2031-04-09T05:30:00Z\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (len(response), response)
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("archive/data.warc.gz", gzip.compress(record))
        archive.writestr(
            "pages/pages.jsonl", '{"id": "pages"}\n{"url": "https://varn.example/", "text": "Home The ferry"}\n'
        )
        archive.writestr("datapackage.json", '{"title": "crawl"}')
    (article,) = outcomes(data.getvalue(), "a.wacz")
    assert isinstance(article, Article)
    assert article.url == "https://varn.example/"
