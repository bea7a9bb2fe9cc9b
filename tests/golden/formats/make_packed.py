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


def document(members: dict[str, str]) -> bytes:
    """Return the archive of an office document, whose type is not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2022, 9, 12, 8, 15, 0))
            archive.writestr(info, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def paragraphs() -> list[str]:
    """Return the paragraphs of the dispatch; they contain no markup."""
    return (HERE / "plain.txt").read_text(encoding="utf-8").strip().split("\n\n")


def docx() -> bytes:
    """Return the dispatch in Office Open XML, in runs as a word processor cuts them, with a deleted paragraph."""
    run = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    body = "".join(f"<w:p>{run.format(text[:20])}{run.format(text[20:])}</w:p>" for text in paragraphs())
    return document(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "docProps/core.xml": '<c:coreProperties xmlns:c="c" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:t="http://purl.org/dc/terms/"><dc:title>Old bridge at Varn closed until spring</dc:title>'
            "<dc:creator>Ada Holm</dc:creator><t:created>2022-09-12T08:15:00Z</t:created></c:coreProperties>",
            "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body>{body}<w:p><w:del><w:r><w:delText>Deleted words.</w:delText></w:r></w:del></w:p></w:body>"
            "</w:document>",
        }
    )


def odt() -> bytes:
    """Return the dispatch as an OpenDocument text, with a deleted paragraph."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "meta")
    )
    body = "".join(f"<text:p><text:span>{text[:12]}</text:span>{text[12:]}</text:p>" for text in paragraphs())
    return document(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}><office:body><office:text><text:tracked-changes>"
            f"<text:p>Deleted words.</text:p></text:tracked-changes>{body}</office:text></office:body>"
            "</office:document-content>",
            "meta.xml": f'<office:document-meta {names} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
            "<dc:title>Old bridge at Varn closed until spring</dc:title><meta:initial-creator>Ada Holm"
            "</meta:initial-creator><meta:creation-date>2022-09-12T08:15:00Z</meta:creation-date>"
            "<dc:language>en</dc:language></office:meta></office:document-meta>",
        }
    )


def main() -> None:
    """Write the files."""
    (HERE / "columns.pdf").write_bytes(columns())
    (HERE / "crawl.warc").write_bytes(web_archive(packed=False))
    (HERE / "crawl.warc.gz").write_bytes(web_archive(packed=True))
    (HERE / "plain.txt.gz").write_bytes(gzip.compress((HERE / "plain.txt").read_bytes(), mtime=0))
    (HERE / "lines.jsonl.zst").write_bytes(zstandard.compress((HERE / "lines.jsonl").read_bytes()))
    (HERE / "document.docx").write_bytes(docx())
    (HERE / "document.odt").write_bytes(odt())
    with zipfile.ZipFile(HERE / "several.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("plain.txt", "nitf.xml", "lines.jsonl", "crawl.warc.gz"):
            archive.writestr(zipfile.ZipInfo(f"../up/{name}"), (HERE / name).read_bytes())


if __name__ == "__main__":
    main()
