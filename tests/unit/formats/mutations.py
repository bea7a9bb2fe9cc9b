"""Damaged copies of the golden files."""

from pathlib import Path
from random import Random

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"
SEEDS = {
    path.name: path.read_bytes()
    for path in sorted(GOLDEN.iterdir())
    if path.suffix != ".py" and not path.name.startswith(".") and not path.name.endswith(".expected.json")
}
SNIPPETS = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b">", b"&#0;", b"&#xD800;", b"&nbsp;", b"]]>",
    b"<!ENTITY x 'y'>", b"<![CDATA[", b'"', b"\\ud800", b"\\u0000", b"{", b"[", b"}", b"NaN", b"9" * 400,
    b"\r\n\r\n", b"--outer", b"boundary=", b"=?utf-8?q?=ED=A0=80?=", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Length: 99999999999\r\n", b"charset=rot13", b"charset=utf-7", b"WARC/1.0\r\n",
    b"\x1f\x8b\x08\0", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"\x28\xb5\x2f\xfd", b"%PDF-1.7", b"endobj",
    b"/Length 0", b"<html><body>", b"<div>" * 300, b"0000-00-00", b"9999-12-31T23:59:59-23:59",
    b"From x Mon Sep 12 10:15:09 2022\n",
]  # fmt: skip


def damaged(random: Random, seed: bytes) -> bytes:
    """Return ``seed`` with a few random cuts, duplications, overwrites, insertions and deletions."""
    data = bytearray(seed)
    for _ in range(random.randint(1, 5)):
        place, length = random.randint(0, len(data)), random.randint(1, 40)
        kind = random.choice(["cut", "double", "overwrite", "spike", "drop"])
        if kind == "cut":
            del data[place:]
        elif kind == "double":
            data[place:place] = data[place : place + 20 * length]
        elif kind == "overwrite":
            data[place : place + length] = random.randbytes(length)
        elif kind == "spike":
            data[place:place] = random.choice(SNIPPETS)
        else:
            del data[place : place + length]
    return bytes(data)
