"""Scanning the inbox and settling: which files are seen, ignored or settled."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from worker.inbox.watcher import InboxWatcher, SettledFileTracker
from worker.scanner import EntryState, Ignore, scan
from worker.settings import load

NOTHING = Ignore(())


def unexpected(folder: bytes, error: OSError) -> None:
    """Fail for a folder that can't be read."""
    raise AssertionError(f"{folder!r}: {error}")


def seen(root: Path, ignore: Ignore = NOTHING) -> set[bytes]:
    """Return the paths that a scan of ``root`` yields, relative to it."""
    prefix = len(os.fsencode(root)) + 1
    return {entry.path[prefix:] for entry in scan(root, ignore, {}, unreadable=unexpected)}


@dataclass
class Clock:
    """A clock that moves only when it is set."""

    now: float = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def at(name: bytes, size: int = 3, mtime: int = 1) -> EntryState:
    """Return the state of an entry."""
    return EntryState(name, size, mtime, mtime, 7)


@pytest.mark.parametrize(
    "name", [".hidden", "a.tmp", "A.TMP", "a.part", "video.crdownload", "a.swp", "letter~", "~$report.doc", "Thumbs.db"]
)
def test_temporary_names_are_ignored(name: str) -> None:
    """Names of unfinished downloads, editor files and system files are ignored, in upper and lower case."""
    assert Ignore(load().ignore)(name.encode())


@pytest.mark.parametrize("name", ["a.txt", "tmp", "part.txt", "a.tmp.txt", "~.txt", "däs.html", "x"])
def test_other_names_are_accepted(name: str) -> None:
    """Names that only resemble temporary ones are not ignored."""
    assert not Ignore(load().ignore)(os.fsencode(name))


def test_names_of_invalid_bytes_are_matched() -> None:
    """A name that is not text is matched like any other."""
    assert Ignore(("*.tmp",))(b"\xff.tmp")
    assert not Ignore(("*.tmp",))(b"\xff.txt")


def test_without_patterns_nothing_is_ignored() -> None:
    """An empty list ignores nothing, not everything."""
    assert not NOTHING(b".hidden")


def test_folders_are_searched_and_ignored_ones_are_not(tmp_path: Path) -> None:
    """Files at any depth are seen, but nothing below a folder whose name is ignored."""
    for name in ("a.txt", "deep/er/b.txt", ".git/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert seen(tmp_path, Ignore((".*",))) == {b"a.txt", b"deep/er/b.txt"}


def test_a_name_of_invalid_bytes_is_seen(tmp_path: Path) -> None:
    """Names are bytes: a name that is not UTF-8 or contains a line break is seen unchanged."""
    for name in (b"\xff\xfe.txt", b"two\nlines.txt"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("x")
    assert seen(tmp_path) == {b"\xff\xfe.txt", b"two\nlines.txt"}


def test_special_files_are_seen_too(tmp_path: Path) -> None:
    """Links, pipes and sockets are yielded, so that the receiver can refuse them; links are not followed."""
    (tmp_path / "link").symlink_to("/etc")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
    assert seen(tmp_path) == {b"link", b"loop", b"pipe", b"socket"}


def test_an_unreadable_folder_is_reported_and_others_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreadable folder is reported; the files next to it are seen."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.txt").write_text("x")
    real: Callable[[bytes], object] = os.scandir

    def refusing(folder: bytes) -> object:
        # root may read everything, so the system's refusal is simulated
        if folder.endswith(b"/locked"):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    reported: list[bytes] = []
    entries = list(scan(tmp_path, NOTHING, {}, unreadable=lambda folder, _: reported.append(folder)))
    assert [entry.path for entry in entries] == [os.fsencode(tmp_path / "a.txt")]
    assert reported == [os.fsencode(tmp_path / "locked")]


def test_an_unreadable_file_is_reported_and_others_are_seen(tmp_path: Path) -> None:
    """A file whose path is too long for the system is reported; all others in its folder are seen."""
    folder = os.open(tmp_path, os.O_RDONLY)
    path = os.fsencode(tmp_path)
    while len(path) < 4_000:  # step by step: no system call accepts a path of over 4,095 bytes
        path += b"/" + b"d" * 60
        os.mkdir(b"d" * 60, dir_fd=folder)
        below = os.open(b"d" * 60, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    names = [*(b"%02d" % number for number in range(40)), b"x" * 200]
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    reported: list[bytes] = []
    entries = list(scan(tmp_path, NOTHING, {}, unreadable=lambda place, _: reported.append(place)))
    assert {entry.path for entry in entries} == {path + b"/" + name for name in names[:-1]}
    assert reported == [path + b"/" + names[-1]]


def test_a_missing_root_is_reported(tmp_path: Path) -> None:
    """A root that does not exist is reported; it raises no error."""
    reported: list[bytes] = []
    assert not list(scan(tmp_path / "gone", NOTHING, {}, unreadable=lambda folder, _: reported.append(folder)))
    assert reported == [os.fsencode(tmp_path / "gone")]


def test_a_known_file_is_not_read_again_while_its_inode_is_the_same(tmp_path: Path) -> None:
    """A known file is yielded unchanged; another file or a folder under its name is not."""
    path = tmp_path / "a.txt"
    path.write_text("one")
    (before,) = scan(tmp_path, NOTHING, {}, unreadable=unexpected)
    path.write_text("longer")
    known = {before.path: before}
    assert list(scan(tmp_path, NOTHING, known, unreadable=unexpected)) == [before]
    (tmp_path / "b.txt").write_text("another")
    (tmp_path / "b.txt").rename(path)
    (other,) = scan(tmp_path, NOTHING, known, unreadable=unexpected)
    assert (other.path, other.size) == (before.path, len("another"))
    path.unlink()
    path.mkdir()
    assert not list(scan(tmp_path, NOTHING, known, unreadable=unexpected))


def write_in_place(path: Path) -> None:
    """Change only the bytes: size and mtime stay the same."""
    before = path.stat()
    path.write_text("TWO")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    """Replace it by another file."""
    path.with_suffix(".new").write_text("two")
    path.with_suffix(".new").rename(path)


def link(path: Path) -> None:
    """Replace it by a link."""
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("change", [write_in_place, replace, link, lambda path: os.truncate(path, 1)])
def test_a_settled_file_that_changed_must_settle_again(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """A file that changes while it waits is not accepted until it has settled again."""
    path = tmp_path / "a.txt"
    path.write_text("one")
    (tmp_path / "b.txt").write_text("stays")
    clock = Clock()
    watch = InboxWatcher(load(inbox=tmp_path, settle_seconds=1.0), clock)
    watch.scan()
    clock.now += 1.0
    first, second = watch.scan()
    change(path)
    assert watch.unchanged([first, second]) == [second]
    assert watch.scan() == [second]
    clock.now += 1.0
    again, _ = watch.scan()
    assert again.path == first.path
    assert again != first
    assert watch.unchanged([again]) == [again]


def test_a_settled_file_that_is_gone_is_left_to_the_receiver(tmp_path: Path) -> None:
    """A file that is gone, or whose folder is gone, is returned: another service may have accepted it."""
    gone, below = at(os.fsencode(tmp_path / "gone")), at(os.fsencode(tmp_path / "file" / "below"))
    (tmp_path / "file").write_text("no folder")
    assert InboxWatcher(load(inbox=tmp_path)).unchanged([gone, below]) == [gone, below]


def test_a_file_settles_when_it_has_not_changed() -> None:
    """A file is not settled when it is first seen, but after the settling time without a change."""
    clock = Clock()
    tracker = SettledFileTracker(1.0, clock)
    assert tracker.update(iter([at(b"a")])) == []
    clock.now += 0.5
    assert tracker.update(iter([at(b"a")])) == []
    clock.now += 0.5
    assert tracker.update(iter([at(b"a")])) == [at(b"a")]


def test_a_file_that_grows_settles_later() -> None:
    """A change of size or time restarts the settling time."""
    clock = Clock()
    tracker = SettledFileTracker(1.0, clock)
    for size in range(4):
        assert tracker.update(iter([at(b"a", size=size)])) == []
        clock.now += 0.9
    clock.now += 1.0
    assert tracker.update(iter([at(b"a", size=3)])) == [at(b"a", size=3)]


def test_the_mtime_does_not_matter() -> None:
    """A file from 1970 or from the future settles like any other."""
    clock = Clock()
    tracker = SettledFileTracker(1.0, clock)
    files = [at(b"future", mtime=4_102_444_800_000_000_000), at(b"past", mtime=0)]
    tracker.update(iter(files))
    clock.now += 1.0
    assert tracker.update(iter(files)) == files


def test_an_ignored_file_comes_back_only_when_it_changes() -> None:
    """A refused file that stays in the inbox is not returned again until it changes."""
    tracker = SettledFileTracker(0.0, Clock())
    assert tracker.update(iter([at(b"a")])) == [at(b"a")]
    tracker.ignore_until_changed(at(b"a"))
    assert tracker.update(iter([at(b"a")])) == []
    assert tracker.waiting == 0
    assert tracker.update(iter([at(b"a", mtime=2)])) == [at(b"a", mtime=2)]


def test_a_file_that_is_gone_is_forgotten() -> None:
    """A file that is gone takes no memory; a later file of that name has to settle."""
    clock = Clock()
    tracker = SettledFileTracker(1.0, clock)
    tracker.update(iter([at(b"a")]))
    tracker.update(iter([]))
    assert tracker.waiting == 0
    clock.now += 5.0
    assert tracker.update(iter([at(b"a")])) == []


def test_files_come_in_the_order_of_their_names() -> None:
    """Settled files are sorted by name, so that two services on one inbox accept them in the same order."""
    tracker = SettledFileTracker(0.0, Clock())
    assert tracker.update(iter([at(b"b"), at(b"a"), at(b"c")])) == [at(b"a"), at(b"b"), at(b"c")]


def test_files_of_a_long_scan_are_returned_before_the_next_scan(tmp_path: Path) -> None:
    """After a long scan its files are returned first; then, or after a while, there is a new scan."""
    clock = Clock()

    def slow() -> float:
        clock.now += 1.0
        return clock.now

    watch = InboxWatcher(load(inbox=tmp_path, settle_seconds=0.0), slow)

    def next_names(limit: int) -> list[str]:
        assert watch.has_settled_files()
        return [os.fsdecode(file.path).rpartition("/")[2] for file in watch.next_files(limit)]

    for name in "bcd":
        (tmp_path / name).touch()
    assert next_names(1) == ["b"]
    (tmp_path / "a").touch()
    assert next_names(1) == ["c"]
    assert next_names(9) == ["d"]
    assert next_names(1) == ["a"], "no file was left, so it scans at once"
    clock.now += 100.0
    (tmp_path / "1").touch()
    assert next_names(1) == ["1"], "the pause between scans is over"


def test_stop_ends_waiting(tmp_path: Path) -> None:
    """A stopped watcher does not wait."""
    watch = InboxWatcher(load(inbox=tmp_path, scan_seconds=3600.0))
    watch.stop()
    assert not watch.wait()


def test_the_next_scan_is_due_when_the_files_of_the_last_one_have_settled() -> None:
    """The settling time starts at the beginning of the scan."""
    clock = Clock()
    tracker = SettledFileTracker(2.0, clock)

    def slow_scan() -> Iterator[EntryState]:
        clock.now += 0.5
        yield at(b"a")

    assert tracker.update(slow_scan()) == []
    clock.now = tracker.due
    assert tracker.due == 102.0
    assert tracker.update(iter([at(b"a")])) == [at(b"a")]
