"""Whatever a file holds, bulk reads it in bounded units and accounts for each record: an article or a refused one."""

import gzip
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from worker import formats
from worker.article import Article, BadRecord, Cleaned
from worker.bulk import read, source
from worker.bulk.inputs import find_inputs
from worker.bulk.read import Refused, prepare, read_units
from worker.bulk.source import SourcePart, cut, in_turn
from worker.clean import clean
from worker.fingerprint.article import Prepared
from worker.formats import Limits
from worker.pipeline.prepare import fingerprint_articles

_TEXT = "The council of Oslo approved the new tram line on Tuesday after a debate of nine hours."
_LIMITS = Limits(max_records=10**9)


def lines(count: int) -> bytes:
    """Return JSON lines of articles, numbered."""
    return b"".join(json.dumps({"id": str(n), "text": f"{_TEXT} {n}"}).encode() + b"\n" for n in range(count))


def units_of(*paths: Path, limits: Limits = _LIMITS) -> list[list[SourcePart]]:
    """Return the units of these files."""
    return list(cut(find_inputs(paths, ()), limits, lambda _: None))


def results(units: list[list[SourcePart]], limits: Limits = _LIMITS) -> tuple[list[str], list[Refused]]:
    """Return the ids of all articles of the units, as one worker reads them, and what was refused."""
    ids: list[str] = []
    refused: list[Refused] = []
    for numbers in in_turn(units, range(len(units)), 1):
        for outcomes in read_units([units[number] for number in numbers], limits):
            table, bad = prepare(outcomes, 0)
            ids += table.column("external_id").to_pylist()
            refused += bad
    return ids, refused


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few records be a large file."""
    monkeypatch.setattr(source, "UNIT_RECORDS", 10)
    monkeypatch.setattr(source, "_LARGE_BYTES", 500)


def test_a_file_that_cannot_be_divided_is_refused_and_not_read(tmp_path: Path) -> None:
    """A file with more records than the limit is one refused line with the reason, not a unit of all of it."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(30))
    few = Limits(max_records=20)
    ids, refused = results(units_of(path, limits=few), few)
    assert ids == []
    assert [(Path(name).name, "more than 20 records" in reason) for name, _, reason in refused] == [("a.jsonl", True)]
    assert len(results(units_of(path))[0]) == 30


def test_a_packed_stream_is_read_once_in_bounded_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All units of a packed file are one sequence, whose unpacking begins once."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(35)))
    units = units_of(path)
    assert [part.span and part.span[1] for [part] in units] == [10, 10, 10, 5]
    opened = []
    reader = formats.read_spans

    def counted(*arguments: Any) -> Any:
        opened.append(1)
        return reader(*arguments)

    monkeypatch.setattr(formats, "read_spans", counted)
    assert results(units) == ([str(n) for n in range(35)], [])
    assert opened == [1]
    assert [*in_turn(units, [1, 2, 3], 2)] == [[1, 2], [3]]
    assert results(units[2:]) == ([str(n) for n in range(20, 35)], [])


def test_the_size_of_a_unit_is_bounded(tmp_path: Path) -> None:
    """Small files share a unit up to the bytes that a span may have, packed files by what they may unpack to."""
    limits = Limits(max_span_bytes=1000)
    paths = [tmp_path / f"{n}.txt" for n in range(6)]
    for path in paths:
        path.write_text("x" * 400)
    assert [len(unit) for unit in units_of(*paths, limits=limits)] == [2, 2, 2]
    packed = [tmp_path / f"{n}.txt.gz" for n in range(3)]
    for path in packed:
        path.write_bytes(gzip.compress(_TEXT.encode()))
    assert [len(unit) for unit in units_of(*packed, limits=limits)] == [1, 1, 1]


def test_a_row_group_is_decoded_once(tmp_path: Path) -> None:
    """The units of a row group are one sequence, and large rows make smaller units."""
    path = tmp_path / "a.parquet"
    table = pa.table({"id": [str(n) for n in range(45)], "text": [f"{_TEXT} {n}" for n in range(45)]})
    parquet.write_table(table, path, row_group_size=25)
    units = units_of(path)
    assert [*in_turn(units, range(len(units)), 1)] == [[0, 1, 2], [3, 4]]
    assert results(units) == ([str(n) for n in range(45)], [])
    assert results(units[1:3])[0] == [str(n) for n in range(10, 25)]
    assert len(units_of(path, limits=Limits(max_span_bytes=200))) > 10


def test_each_bad_row_is_refused(tmp_path: Path) -> None:
    """A unit of Parquet in which no row is an article gives a line for each; values without a JSON type are text."""
    path = tmp_path / "a.parquet"
    columns = {"text": [None] * 12 + [_TEXT], "price": [Decimal("1.5")] * 13, "id": [str(n) for n in range(13)]}
    parquet.write_table(pa.table(columns), path)
    ids, refused = results(units_of(path))
    assert ids == ["12"]
    assert [position for _, position, _ in refused] == list(range(12))


def test_a_bad_file_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    """A truncated or empty Parquet file, a file that vanished and a name that is not UTF-8 end no run."""
    good, cut_off, none = tmp_path / "good.jsonl", tmp_path / "cut.parquet", tmp_path / "none.parquet"
    good.write_bytes(lines(3))
    parquet.write_table(pa.table({"text": [_TEXT] * 50}), cut_off)
    cut_off.write_bytes(cut_off.read_bytes()[:-20])
    parquet.write_table(pa.table({"text": pa.array([], pa.string())}), none)
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jsonl"))
    strange.write_bytes(lines(1) + b"{}\n")
    gone = tmp_path / "gone.txt"
    ids, refused = results(units_of(cut_off, good, none, gone, strange))
    assert ids == ["0", "1", "2", "0"]
    assert [Path(name).name for name, _, _ in refused] == ["cut.parquet", "none.parquet", "gone.txt", "\\xff.jsonl"]
    units = units_of(good)
    good.unlink()
    assert [reason for _, _, reason in results(units)[1]] == ["It can't be read: No such file or directory."]


def test_damage_within_a_row_group_accounts_for_each_unit(tmp_path: Path) -> None:
    """Where the pages of a row group are damaged, each unit after that says how many records are lost."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": [f"{_TEXT} {n}" for n in range(30)]}), path, compression="gzip")
    data = bytearray(path.read_bytes())
    data[4:60] = bytes(56)
    path.write_bytes(data)
    ids, refused = results(units_of(path))
    assert ids == []
    assert ["10 records" in reason for _, _, reason in refused] == [True] * 3


def test_an_error_of_one_record_refuses_that_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cleaner or the fingerprints can't process is refused with the error; the other records go on."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(5))

    def fails_at_3(article: Article) -> Cleaned:
        if article.external_id == "3":
            raise ZeroDivisionError("the third")
        return clean(article)

    def fails_with_1(articles: list[tuple[int, Article, Cleaned]]) -> list[Prepared | BadRecord]:
        if any(article.external_id == "1" for _, article, _ in articles):
            raise LookupError("the first")
        return fingerprint_articles(articles)

    monkeypatch.setattr(read, "clean", fails_at_3)
    monkeypatch.setattr(read, "fingerprint_articles", fails_with_1)
    ids, refused = results(units_of(path))
    assert ids == ["0", "2", "4"]
    assert sorted((position, reason) for _, position, reason in refused) == [
        (1, "It can't be processed (LookupError: the first)."),
        (3, "It can't be processed (ZeroDivisionError: the third)."),
    ]


def test_a_lack_of_memory_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that every other record would meet too is no reason to refuse one."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(2))

    def fails(_: Article) -> Cleaned:
        raise MemoryError

    monkeypatch.setattr(read, "clean", fails)
    with pytest.raises(MemoryError):
        results(units_of(path))
