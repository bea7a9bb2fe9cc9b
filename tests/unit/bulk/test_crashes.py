"""What compiled code crashes on is refused alone, and articles that crash later are left out of what was read."""

import gzip
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from worker import formats
from worker.article import Article, BadRecord
from worker.bulk import crashes, source
from worker.bulk.crashes import REFUSED, UnitCrashError, has_noted, leave_out, prepare_tried, read_tried, try_texts
from worker.bulk.folder import UNITS, WorkFolder, read_table, write_table
from worker.bulk.inputs import find_inputs
from worker.bulk.source import SourcePart, cut, in_turn
from worker.bulk.texts import READ
from worker.errors import CopydeskError
from worker.formats import Limits, Span

_TEXT = "The council of Oslo approved the new tram line on Tuesday after a debate of nine hours."
_LIMITS = Limits(max_records=10**9)


def lines(count: int) -> bytes:
    """Return JSON lines of articles, numbered; two have the same words."""
    return b"".join(json.dumps({"id": str(n), "text": f"{_TEXT} {n % 9}"}).encode() + b"\n" for n in range(count))


def units_of(*paths: Path) -> list[list[SourcePart]]:
    """Return the units of these files."""
    return list(cut(find_inputs(paths, ()), _LIMITS, lambda _: None))


def crash() -> None:
    """End this process as a fault of compiled code does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def test_a_file_is_refused_on_which_a_reader_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other files of its unit are read."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.jsonl").write_bytes(lines(2))
    read = formats.read

    def crashes_at_b(stream: BinaryIO, name: str, limits: Limits, span: Span | None) -> Iterator[Article | BadRecord]:
        if name == "b.jsonl":
            crash()
        return read(stream, name, limits, span)

    monkeypatch.setattr(formats, "read", crashes_at_b)
    [outcomes] = read_tried(units_of(*(tmp_path / f"{name}.jsonl" for name in "abc")), _LIMITS)
    table, [(path, position, reason)] = prepare_tried(outcomes, 0)
    assert table.num_rows == 4
    assert (Path(path).name, position) == ("b.jsonl", 0)
    assert reason == "It can't be read: the reader of its format crashed (SIGSEGV)."


def test_a_packed_file_is_read_up_to_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each unit after it says how many records are lost."""
    monkeypatch.setattr(source, "UNIT_RECORDS", 10)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(35)))
    units = units_of(path)
    read = formats.read_spans

    def crashes_at_20(*arguments: Any) -> Iterator[Any]:
        for records in read(*arguments):
            if records[0].position == 20:
                crash()
            yield records

    monkeypatch.setattr(formats, "read_spans", crashes_at_20)
    [numbers] = in_turn(units, range(len(units)), 1)
    results = [prepare_tried(outcomes, 0) for outcomes in read_tried([units[n] for n in numbers], _LIMITS)]
    assert [table.num_rows for table, _ in results] == [10, 10, 0, 0]
    assert [reason[:40] for _, refused in results for _, _, reason in refused] == [
        "From here on 10 records can't be read. I",
        "From here on 5 records can't be read. It",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> WorkFolder:
    """Return the work folder of a run that has read a file of twenty articles, and built an index."""
    (tmp_path / "a.jsonl").write_bytes(lines(20) + b"{}\n")
    own = WorkFolder(tmp_path / "out.work")
    own.path.mkdir()
    for stage in (READ, REFUSED, UNITS, "edges"):
        own.missing(stage, 0)
    [unit] = read_tried(units_of(tmp_path / "a.jsonl"), _LIMITS)
    table, refused = prepare_tried(unit, 0)
    write_table(own.file(READ, 0), table)
    own.file(REFUSED, 0).write_bytes(b"".join(crashes.refused_lines(refused)))
    own.noted("index", lambda: True)
    return own


def test_words_that_crash_are_left_out(folder: WorkFolder) -> None:
    """All articles with these words are refused, once, however often it is begun; the others are numbered again."""
    table = read_table(folder.file(READ, 0))
    hashes = dict(enumerate(table.column("text_hash").to_pylist()))

    def work(ids: Any) -> None:
        if 4 in ids:
            crash()

    with pytest.raises(UnitCrashError):
        try_texts(folder, [*range(9)], hashes.__getitem__, work)
    assert has_noted(folder)
    note = folder.path / "crashed" / hashes[4].hex()
    for _ in range(2):
        note.write_text("SIGSEGV")  # as if it had ended before it was removed
        leave_out(folder)
        assert read_table(folder.file(READ, 0)).column("line").to_pylist() == [*range(18)]
        refused = [json.loads(line) for line in folder.file(REFUSED, 0).read_text().splitlines()]
        assert [line["position"] for line in refused] == [20, 4, 13]
        assert sorted(path.name for path in folder.path.iterdir()) == ["crashed", "read", "refused", "units"]
    assert not has_noted(folder)


def test_a_crash_that_does_not_repeat_ends_the_run(folder: WorkFolder) -> None:
    """So does one at which no process had a unit."""
    crashes.end_if_repeated({"read-1": 1, "read-2": 1}, {}, "SIGSEGV")
    with pytest.raises(CopydeskError, match="again and again"):
        crashes.end_if_repeated({"read-1": 4}, {"read-1": 3}, "SIGSEGV")
    with pytest.raises(CopydeskError, match="again and again"):
        crashes.end_if_repeated({}, {}, "SIGSEGV")
    with folder.held("read", 1) as deaths:
        assert deaths == 0
        assert folder.deaths() == {"read-1": 1}
    assert folder.deaths() == {}
