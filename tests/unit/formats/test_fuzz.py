"""For any bytes, a reader gives storable articles, bad records with a reason, or the project's error."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import Limits, read, spans

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"
SEEDS = {
    path.name: path.read_bytes()
    for path in sorted(GOLDEN.iterdir())
    if path.suffix != ".py" and not path.name.startswith(".") and not path.name.endswith(".expected.json")
}
#: small, so that the limits are reached too
LIMITS = Limits(max_article_bytes=20_000, max_unpacked_bytes=60_000, max_ratio=50, max_members=20)
SNIPPETS = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b">", b"&#0;", b"&#xD800;", b"&nbsp;", b"]]>",
    b"<!ENTITY x 'y'>", b"<![CDATA[", b'"', b"\\ud800", b"\\u0000", b"{", b"[", b"}", b"NaN", b"9" * 400,
    b"\r\n\r\n", b"--outer", b"boundary=", b"=?utf-8?q?=ED=A0=80?=", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Length: 99999999999\r\n", b"charset=rot13", b"charset=utf-7", b"WARC/1.0\r\n",
    b"\x1f\x8b\x08\0", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"\x28\xb5\x2f\xfd", b"%PDF-1.7", b"endobj",
    b"/Length 0", b"<html><body>", b"<div>" * 300, b"0000-00-00", b"9999-12-31T23:59:59-23:59",
    b"From x Mon Sep 12 10:15:09 2022\n",
]  # fmt: skip


def read_all(data: bytes, name: str) -> None:
    """Read ``data`` and check every outcome."""
    try:
        for outcome in read(io.BytesIO(data), name, LIMITS):
            if isinstance(outcome, Article):
                fields = (outcome.text, outcome.title, outcome.external_id, outcome.url, outcome.source, outcome.author)
                for value in (*fields, outcome.language, outcome.provider, outcome.dateline):
                    assert value is None or "\0" not in value
                    (value or "").encode()
                assert outcome.published_at is None or outcome.published_at.utcoffset() is not None
            else:
                assert outcome.reason
                outcome.reason.encode()
        spans(io.BytesIO(data), name, LIMITS, 2)
    except QuarantineError:
        return


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """Return ``seed`` with a few random cuts, duplications, overwrites, insertions and deletions."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(["cut", "double", "overwrite", "spike", "drop"]))
        length = draw(st.integers(1, 40))
        if kind == "cut":
            del data[place:]
        elif kind == "double":
            data[place:place] = data[place : place + 20 * length]
        elif kind == "overwrite":
            data[place : place + length] = draw(st.binary(min_size=1, max_size=length))
        elif kind == "spike":
            data[place:place] = draw(st.sampled_from(SNIPPETS))
        else:
            del data[place : place + length]
    return bytes(data)


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_of_any_format_raises_no_other_error(name: str, data: st.DataObject) -> None:
    """Each golden file, damaged at random, is read or refused with a message."""
    read_all(data.draw(damaged(SEEDS[name])), name)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=30), max_size=8), st.sampled_from(sorted(SEEDS)))
def test_random_bytes_under_any_name_raise_no_other_error(parts: list[bytes], name: str) -> None:
    """Signatures of formats followed by random bytes are read or refused, under every suffix."""
    read_all(b"".join(parts), name)
