"""Inputs of bulk are found like those of the inbox, and what can't be read is named."""

import os
from pathlib import Path

from tests.folders import write_out_of_reach
from worker.bulk.inputs import find_inputs
from worker.bulk.source import SourcePart, cut
from worker.bulk.units import Units, write_units
from worker.formats import Limits


def names(*paths: Path, ignored: tuple[str, ...] = (".*",)) -> list[str]:
    """Return the names of the inputs that are found."""
    return [Path(file.path).name for file in find_inputs(paths, ignored)]


def test_links_pipes_and_ignored_files_of_a_folder_are_left_out(tmp_path: Path) -> None:
    """A folder's files are its own, also below; what is given by name is a file whatever its name."""
    secret, folder = tmp_path / "secret.txt", tmp_path / "in"
    (folder / "below").mkdir(parents=True)
    (folder / "_temporary").mkdir()
    kept = (folder / "a.txt", folder / "below" / "b.txt", folder / "c.part")
    for path in (secret, *kept, folder / ".hidden", folder / "_part", folder / "_temporary" / "d.txt"):
        path.write_text("A word.")
    (folder / "link.txt").symlink_to(secret)
    os.mkfifo(folder / "pipe.txt")
    assert [Path(file.path) for file in find_inputs([folder], (".*",))] == [*kept]
    assert names(folder, ignored=(".*", "*.PART")) == ["a.txt", "b.txt"]
    assert names(folder / "link.txt", folder / "_part", folder / ".hidden") == ["link.txt", "_part", ".hidden"]
    assert names(folder / "a.txt", folder / "a.txt") == ["a.txt"]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file whose path is too long for the system, and one that is gone, are refused with the reason."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("A word.")
    write_out_of_reach(tmp_path / "in")
    found = find_inputs([tmp_path / "in", tmp_path / "gone.txt"], ())
    assert [(Path(file.path).name[:6], file.fault) for file in found] == [
        ("a.txt", None),
        ("gone.t", "It can't be read: No such file or directory."),
        ("xxxxxx", "It can't be read: File name too long."),
    ]
    parts = [part for unit in cut(found, Limits(), lambda _: None) for part in unit]
    assert [part.is_unreadable for part in parts] == [False, True, True]


def test_units_are_kept_in_a_file(tmp_path: Path) -> None:
    """What is read from the file is what was cut: names that are no text, spans, faults; no unit is possible too."""
    odd = os.fsdecode(b"/in/\xff.jsonl")
    units = [
        [SourcePart(0, "/in/a.txt", "17"), SourcePart(1, odd)],
        [SourcePart(2, "s3://desk/b.parquet", "tag", (500, 400, 2**40), 3)],
        [SourcePart(3, "/in/c", fault="It can't be read.", is_unreadable=True)],
    ]
    write_units(tmp_path / "units.arrow", units)
    kept = Units(tmp_path / "units.arrow")
    assert list(kept) == units
    assert kept.unreadable == 1
    write_units(tmp_path / "none.arrow", [])
    assert list(Units(tmp_path / "none.arrow")) == []
