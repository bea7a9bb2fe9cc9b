"""``copydesk bulk`` over a bucket: the articles, sentences and result of the same files in a folder."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.dispatches import dispatch
from tests.integration.conftest import Ran
from tests.storage_server import BucketOfTest
from worker.bulk import source
from worker.bulk.inputs import InputFile, find_inputs, open_input
from worker.bulk.read import Refused, prepare, read_units
from worker.bulk.source import SourcePart, cut, in_turn
from worker.errors import CopydeskError, ObjectError
from worker.formats import Limits
from worker.settings.places import BucketUrl

_LIMITS = Limits(max_records=10**9)
_IGNORED = (".*", "*.part")


def lines(count: int) -> bytes:
    """Return JSON lines of articles, numbered."""
    return b"".join(json.dumps({"id": str(n), "text": dispatch(n)}).encode() + b"\n" for n in range(count))


def listed(bucket: BucketOfTest, prefix: str = "in") -> list[InputFile]:
    """Return the inputs below a prefix."""
    return find_inputs([BucketUrl("s3", bucket.name, prefix)], _IGNORED)


def results(units: list[list[SourcePart]]) -> tuple[list[Any], list[Refused]]:
    """Return the ids of all articles of the units, as one worker reads them, and what was refused."""
    ids: list[Any] = []
    refused: list[Refused] = []
    for numbers in in_turn(units, range(len(units)), 1):
        for outcomes in read_units([units[number] for number in numbers], _LIMITS):
            table, bad = prepare(outcomes, 0)
            ids += table.column("external_id").to_pylist()
            refused += bad
    return ids, refused


def test_objects_are_found_like_the_files_of_a_folder(desk_bucket: BucketOfTest) -> None:
    """Objects below the prefix are inputs in order of their keys; ignored names and marks of empty folders are not."""
    for key in ("in/b.txt", "in/a/ü #?.txt", "in/half.part", "in/.git/x", "in/_SUCCESS", "inner.txt", "one.txt"):
        desk_bucket.put(key, "A word.")
    desk_bucket.request("PUT", "in/empty/", b"")
    assert [(file.path, file.fault) for file in listed(desk_bucket)] == [
        (f"s3://{desk_bucket.name}/in/a/ü #?.txt", None),
        (f"s3://{desk_bucket.name}/in/b.txt", None),
    ]
    assert [file.path for file in listed(desk_bucket, "one.txt")] == [f"s3://{desk_bucket.name}/one.txt"]
    with pytest.raises(CopydeskError, match=r"404 Not Found|There is no bucket"):
        find_inputs([BucketUrl("s3", f"{desk_bucket.name}-none", "")], ())


def test_a_listing_of_several_pages_is_read_whole(desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """More objects than a page has are all found, and read in units of several."""
    monkeypatch.setattr("worker.bucket.objects.PAGE_OBJECTS", 4)
    for n in range(30):
        desk_bucket.put(f"in/{n:02}.json", json.dumps({"id": str(n), "text": dispatch(n)}))
    found = listed(desk_bucket)
    assert len(found) == 30
    units = list(cut(found, _LIMITS, lambda _: None))
    assert len(units) == 1
    assert results(units) == ([str(n) for n in range(30)], [])


def test_large_packed_and_columnar_objects_are_read_in_spans(
    desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JSON lines, a packed file and Parquet are cut into units and read from the middle, by requests for pieces."""
    monkeypatch.setattr(source, "UNIT_RECORDS", 10)
    monkeypatch.setattr(source, "_LARGE_BYTES", 500)
    monkeypatch.setattr("worker.bucket.object_file.PIECE_BYTES", 2_000)
    table = pa.table({"id": [str(n) for n in range(25)], "text": [dispatch(n) for n in range(25)]})
    parquet.write_table(table, tmp_path / "c.parquet")
    contents = {"a.jsonl": lines(25), "b.jsonl.gz": gzip.compress(lines(25))}
    for name, content in contents.items() | {("c.parquet", (tmp_path / "c.parquet").read_bytes())}:
        desk_bucket.put(f"in/{name}", content)
    units = list(cut(listed(desk_bucket), _LIMITS, lambda _: None))
    assert len(units) == 9
    assert results(units) == ([str(n) for n in range(25)] * 3, [])


def test_an_object_that_changed_is_refused(desk_bucket: BucketOfTest) -> None:
    """What was replaced or removed since the listing, or may not be read, is refused with a sentence; others go on."""
    for name in ("a", "b", "c", "d"):
        desk_bucket.put(f"in/{name}.json", json.dumps({"id": name, "text": dispatch(1)}))
    found = listed(desk_bucket)
    units = list(cut(found, _LIMITS, lambda _: None))
    desk_bucket.put("in/a.json", json.dumps({"id": "other", "text": dispatch(2)}))
    desk_bucket.delete("in/b.json")
    desk_bucket.deny("s3:GetObject", "in/c.json")
    ids, refused = results(units)
    assert ids == ["d"]
    reasons = [reason for _, _, reason in refused]
    assert ["replaced" in reasons[0], "removed" in reasons[1], "403" in reasons[2]] == [True] * 3
    with pytest.raises(ObjectError, match="replaced"):
        open_input(found[0].path, found[0].state)
    [faulty] = [part for unit in cut(found, _LIMITS, lambda _: None) for part in unit if part.path == found[1].path]
    assert faulty.is_unreadable


@pytest.mark.slow
def test_the_command_reads_a_bucket(
    copydesk: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, desk_bucket: BucketOfTest, tmp_path: Path
) -> None:
    """Articles of a bucket and of a folder are one corpus, and a bad URL is refused by a sentence."""
    monkeypatch.setenv("COPYDESK_CONCURRENCY", "1")
    desk_bucket.put("in/a.jsonl", lines(3) + b'{"id": "none"}\n')
    (tmp_path / "b.txt").write_text(dispatch(1))
    target = tmp_path / "out.parquet"
    ran = copydesk("bulk", tmp_path / "b.txt", f"s3://{desk_bucket.name}/in/", target, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["refused"] == 1
    rows = parquet.read_table(target).to_pylist()
    assert [row["relation"] for row in rows] == ["original", "original", "exact", "original"]
    assert rows[1]["source_path"] == f"s3://{desk_bucket.name}/in/a.jsonl"
    for inputs in (["s3://key:secret@bucket/x", target], [target, "s3://bucket/out.parquet"]):
        ran = copydesk("bulk", *inputs)
        assert ran.code == 1
        assert "secret" not in ran.err
