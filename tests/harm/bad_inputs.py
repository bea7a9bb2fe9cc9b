"""A file of each bad or hostile kind, as an attacker, a broken tool or an accident may put it into an inbox."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from tests.dispatches import dispatch
from tests.unit.formats.pdfs import pdf

#: An archive bomb: it unpacks to thirty megabytes of records, each small enough to be read.
_BOMB = b'{"text": "%s"}\n' % (b"a" * 985) * 30_000


def _text(number: int) -> str:
    return dispatch(5_000_000 + number, 90)


def _zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return packed.getvalue()


def _zstd(data: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor().compress(data)


def _nested(depth: int) -> bytes:
    packed = _text(90).encode()
    for level in range(depth):
        packed = _zip(**{f"{level}__{'zip' if level else 'txt'}": packed})
    return packed


def _xml(doctype: str, text: str) -> bytes:
    body = f"<nitf><body><body.content><p>{text} {_text(91)}</p></body.content></body></nitf>"
    return f'<?xml version="1.0"?>{doctype}{body}'.encode()


_LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))

#: Files that are refused, each with its own reason.
REFUSED: dict[str, bytes] = {
    "empty.txt": b"",
    "spaces.txt": b"   \n\t \r\n" * 200,
    "punctuation.txt": b"... --- ... !!!\n" * 50,
    "nuls.txt": bytes(4_000),
    "invalid-bytes.txt": bytes(range(128, 256)) * 40,
    "picture.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
    "one-line.txt": b"word " * 4_000_000,
    "bomb.jsonl.gz": gzip.compress(_BOMB),
    "bomb.zip": _zip(a__jsonl=_BOMB),
    "bomb.jsonl.zst": _zstd(_BOMB),
    "archives-in-archives.zip": _nested(6),
    "entity-bomb.xml": _xml(f'<!DOCTYPE nitf [<!ENTITY a0 "ha">{_LAUGHS}]>', "&a9;"),
    "entity-file.xml": _xml('<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
    "entity-network.xml": _xml('<!DOCTYPE nitf [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>', "&x;"),
    "nested.json": b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested.html": b"<html><body>" + b"<div>" * 10_000 + _text(1).encode() + b"</div>" * 10_000,
    "broken.pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog" + bytes(range(256)),
    "encrypted.pdf": pdf(
        [[(72.0, 700.0, 12.0, "Nobody reads this.")]],
        "/Encrypt << /Filter /Standard /V 1 /R 2 /O <"
        + "00" * 32
        + "> /U <"
        + "11" * 32
        + "> /P -4 >> /ID [<00> <00>]",
    ),
    "pictures.pdf": pdf([[(72.0, 700.0, 12.0, "")]]),
}


@dataclass(frozen=True)
class Repaired:
    """A file that is read, with the text and the title that its article must contain."""

    content: bytes
    expected: str
    title: str | None = None


def _repaired(number: int, content: Callable[[str], bytes], title: str | None = None, more: str = "") -> Repaired:
    """Return the file that ``content`` makes of a text; the article must contain its last paragraph, or ``more``."""
    text = _text(number)
    return Repaired(content(text), more or text.rpartition("\n\n")[2].strip(), title)


def _json(title: str, text: str) -> bytes:
    return json.dumps({"title": title, "text": text}).encode()


_PAGE = "<html><head><script>alert(1)</script></head><body><article><p>{}</p></article></body></html>"
_MAIL = "From: a\nSubject: Of the quay\nContent-Type: multipart/mixed; boundary=missing\n\n{}"
_MOJIBAKE = "\nThe caf\u00c3\u00a9 of Varnby opened in the \u00e2\u20ac\u0153old\u00e2\u20ac\u009d quay.\n"
_MARKUP = "<script>alert(1)</script>'; DROP TABLE articles; --"

#: Files that are read, because they can be repaired.
READ: dict[str, Repaired] = {
    "utf-16-with-mark.txt": _repaired(10, lambda text: text.encode("utf-16")),
    "utf-16-without-mark.txt": _repaired(11, lambda text: text.encode("utf-16-le")),
    "one-bad-byte.txt": _repaired(
        12,
        lambda text: (
            text.encode() + "\nDie Brücke über die Förde öffnet für Fußgänger später, sagt ".encode() + b"\xff-Nord.\n"
        ),
        None,
        "sagt \ufffd-Nord.",
    ),
    "mojibake.txt": _repaired(
        13, lambda text: (text + _MOJIBAKE).encode(), None, "The café of Varnby opened in the “old” quay."
    ),
    "surrogates.json": _repaired(14, lambda text: _json("Half \ud83d a pair", text), "Half \ufffd a pair"),
    "nuls.json": _repaired(15, lambda text: _json("A nul\0 in it", text + "\0"), "A nul in it"),
    "scripts.html": _repaired(16, lambda text: _PAGE.format(text).encode()),
    "markup-and-sql.json": _repaired(17, lambda text: _json(_MARKUP, text), _MARKUP),
    "broken.eml": _repaired(18, lambda text: _MAIL.format(text).encode(), "Of the quay"),
    "up-and-out.zip": _repaired(19, lambda text: _zip(**{"../../../../tmp/out__txt": text.encode()})),
    "two\nlines \u202e'\"; it's.txt": _repaired(20, str.encode),
    "x" * 251 + ".txt": _repaired(21, str.encode),
    "very-short.txt": Repaired(b"Quay closed.\n", "Quay closed."),
    "as-short.txt": Repaired(b"Quay opened.\n", "Quay opened."),
}
