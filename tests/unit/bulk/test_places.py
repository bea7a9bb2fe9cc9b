"""Bulk overwrites nothing but its own files, and two runs don't share a work folder."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from worker.bulk.crashes import REFUSED
from worker.bulk.folder import WorkFolder, write_whole
from worker.bulk.output import check_target, write_refused
from worker.bulk.run import BulkRun
from worker.bulk.schema import RESULT
from worker.errors import CopydeskError
from worker.settings import load


def silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


def test_an_input_is_not_overwritten(tmp_path: Path) -> None:
    """The last of several inputs, named in place of the result, is refused; so is a Parquet file of another kind."""
    first, last = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path in (first, last):
        path.write_text('{"text": "Some words of news."}\n')
    with pytest.raises(CopydeskError, match="not overwritten"):
        BulkRun(load(), [first], last, silent)
    other, own = tmp_path / "other.parquet", tmp_path / "own.parquet"
    parquet.write_table(pa.table({"text": ["x"]}), other)
    with pytest.raises(CopydeskError, match="not overwritten"):
        check_target(other)
    parquet.write_table(RESULT.empty_table(), own)
    check_target(own)
    with pytest.raises(CopydeskError, match="is an input"):
        BulkRun(load(), [first, own], own, silent)


def test_a_foreign_folder_is_not_emptied(tmp_path: Path) -> None:
    """A folder with the name of the work folder that no run made is left as it is."""
    folder = WorkFolder(tmp_path / "out.work")
    folder.path.mkdir()
    (folder.path / "thesis.txt").write_text("mine")
    with pytest.raises(CopydeskError, match="move it away"), folder.locked():
        folder.open({})
    assert (folder.path / "thesis.txt").read_text() == "mine"


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second run over one work folder is refused while the first works, and may go on after it."""
    first, second = WorkFolder(tmp_path / "out.work"), WorkFolder(tmp_path / "out.work")
    with first.locked():
        assert not first.open({"of": 1})
        with pytest.raises(CopydeskError, match="Another run"), second.locked():
            pass
    with second.locked():
        assert second.open({"of": 1})
        assert not second.open({"of": 2})
        second.remove()
    assert not first.path.exists()


def test_a_folder_that_is_half_removed_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest goes first: a kill while the folder is removed leaves nothing that a run would go on with."""
    folder = WorkFolder(tmp_path / "out.work")
    with folder.locked():
        folder.open({"of": 1})
        folder.missing("read", 0)
        write_whole(folder.file("read", 0), lambda draft: draft.write_bytes(b"x"))
        with monkeypatch.context() as killed:
            killed.setattr("shutil.rmtree", _interrupt)
            with pytest.raises(KeyboardInterrupt):
                folder.remove()
    with folder.locked():
        assert not folder.open({"of": 1})
        assert not folder.file("read", 0).exists()


def _interrupt(_path: Path) -> None:
    raise KeyboardInterrupt


def test_refused_records_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    """A run without refused records leaves no list of them, also not one of an earlier run."""
    target, folder = tmp_path / "refused.jsonl", WorkFolder(tmp_path)
    target.write_text("{}\n")
    assert write_refused(folder, target) == (0, 0)
    assert not target.exists()
    folder.missing(REFUSED, 0)
    lines = '{"reason": "It is empty."}\n{"reason": "The compiled kernel crashed on it (SIGSEGV)."}\n'
    folder.file(REFUSED, 0).write_text(lines)
    assert write_refused(folder, target) == (2, 1)
    assert target.read_text() == lines
