"""Generate the binary golden files (PDF, web archives, archives) from the golden texts in this folder.

Run ``python tests/golden/formats/make_packed.py`` when the dispatch changes; the results are committed.
"""

import gzip
import io
import sys
import textwrap
import zipfile
from pathlib import Path

import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "unit" / "formats"))

from tests.unit.formats.pdfs import pdf  # noqa: E402  # on the path that is added above


def columns() -> bytes:
    """Return the dispatch as a page of two columns under one headline, with hyphenated line ends."""
    text = (
        (HERE / "plain.txt")
        .read_text(encoding="utf-8")
        .replace("engineers", "engi-|neers")
        .replace("customers", "cus-|tomers")
    )
    lines = []
    for paragraph in text.strip().split("\n\n"):
        broken = [line for part in paragraph.split("|") for line in textwrap.wrap(part, 46)]
        lines += ["  " + broken[0], *broken[1:]]
    half = (len(lines) + 1) // 2
    page = [(50.0, 770.0, 22.0, "Old bridge at Varn closed until spring")]
    for number, line in enumerate(lines[:half] + lines[half:]):
        column, row = divmod(number, half)
        page.append((50.0 + 255 * column + 10 * line.startswith("  "), 735.0 - 14 * row, 10.0, line.strip()))
    # Drawn row by row, as by some programs: the drawing order differs from the reading order.
    page.sort(key=lambda drawn: (-drawn[1], drawn[0]))
    return pdf([[*page, (290.0, 30.0, 9.0, "1")]])


def web_archive(packed: bool) -> bytes:
    """Return the page as a crawler stores it, followed by records of a picture and of a missing page."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed)
    page = (HERE / "page.html").read_bytes()
    for address, status, media, body in (
        ("bridge", "200 OK", "text/html; charset=utf-8", page),
        ("bridge.jpg", "200 OK", "image/jpeg", b"\xff\xd8\xff"),
        ("gone", "404 Not Found", "text/html", page),
    ):
        headers = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://courier.example/varn/{address}",
                "response",
                payload=io.BytesIO(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2022-09-13T06:00:00Z"},
            )
        )
    return file.getvalue()


def main() -> None:
    """Write the files."""
    (HERE / "columns.pdf").write_bytes(columns())
    (HERE / "crawl.warc").write_bytes(web_archive(packed=False))
    (HERE / "crawl.warc.gz").write_bytes(web_archive(packed=True))
    (HERE / "plain.txt.gz").write_bytes(gzip.compress((HERE / "plain.txt").read_bytes(), mtime=0))
    (HERE / "lines.jsonl.zst").write_bytes(zstandard.compress((HERE / "lines.jsonl").read_bytes()))
    with zipfile.ZipFile(HERE / "several.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("plain.txt", "nitf.xml", "lines.jsonl", "crawl.warc.gz"):
            archive.writestr(zipfile.ZipInfo(f"../up/{name}"), (HERE / name).read_bytes())


if __name__ == "__main__":
    main()
