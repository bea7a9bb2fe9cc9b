"""The scan and the settling of files: what is seen, what is left alone, what counts as standing still."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from worker.inbox.scanner import Ignore, Sighting, scan
from worker.inbox.watcher import InboxWatcher, SettledFileTracker
from worker.settings import load

NOTHING = Ignore(())


def unexpected(folder: bytes, error: OSError) -> None:
    """Fail on a folder that can't be read."""
    raise AssertionError(f"{folder!r}: {error}")


def seen(root: Path, ignore: Ignore = NOTHING) -> set[bytes]:
    """Return the names that a scan of ``root`` yields, below it."""
    prefix = len(os.fsencode(root)) + 1
    return {sighting.path[prefix:] for sighting in scan(root, ignore, {}, unreadable=unexpected)}


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: float = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def at(name: bytes, size: int = 3, mtime: int = 1) -> Sighting:
    """Return a sighting."""
    return Sighting(name, size, mtime, mtime, 7)


@pytest.mark.parametrize(
    "name", [".hidden", "a.tmp", "A.TMP", "a.part", "video.crdownload", "a.swp", "letter~", "~$report.doc", "Thumbs.db"]
)
def test_temporary_names_are_left_alone(name: str) -> None:
    """The names of files that are still on their way, or that nobody wrote, are ignored in any case of letters."""
    assert Ignore(load().ignore)(name.encode())


@pytest.mark.parametrize("name", ["a.txt", "tmp", "part.txt", "a.tmp.txt", "~.txt", "däs.html", "x"])
def test_other_names_are_taken(name: str) -> None:
    """Names that only look a little like temporary ones are not ignored."""
    assert not Ignore(load().ignore)(os.fsencode(name))


def test_names_of_invalid_bytes_can_be_ignored_and_taken() -> None:
    """A name that is no text is matched like any other."""
    assert Ignore(("*.tmp",))(b"\xff.tmp")
    assert not Ignore(("*.tmp",))(b"\xff.txt")


def test_without_patterns_nothing_is_ignored() -> None:
    """An empty list ignores nothing, not everything."""
    assert not NOTHING(b".hidden")


def test_folders_are_searched_and_ignored_ones_are_not(tmp_path: Path) -> None:
    """Files are found at any depth, but nothing below a folder whose name is ignored."""
    for name in ("a.txt", "deep/er/b.txt", ".git/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert seen(tmp_path, Ignore((".*",))) == {b"a.txt", b"deep/er/b.txt"}


def test_a_name_of_invalid_bytes_is_seen(tmp_path: Path) -> None:
    """Names are bytes: one that is not UTF-8, or holds a line break, is seen as it is."""
    for name in (b"\xff\xfe.txt", b"two\nlines.txt"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("x")
    assert seen(tmp_path) == {b"\xff\xfe.txt", b"two\nlines.txt"}


def test_what_is_no_file_is_seen_too(tmp_path: Path) -> None:
    """Links, pipes and sockets are yielded, so that intake can say what is wrong with them; links are not followed."""
    (tmp_path / "link").symlink_to("/etc")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
    assert seen(tmp_path) == {b"link", b"loop", b"pipe", b"socket"}


def test_a_folder_that_cannot_be_read_is_told_and_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unreadable folder is reported; the files beside it are seen."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.txt").write_text("x")
    real: Callable[[bytes], object] = os.scandir

    def refusing(folder: bytes) -> object:
        # root may read everything, so the refusal of the system is played
        if folder.endswith(b"/locked"):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    told: list[bytes] = []
    found = list(scan(tmp_path, NOTHING, {}, unreadable=lambda folder, _: told.append(folder)))
    assert [sighting.path for sighting in found] == [os.fsencode(tmp_path / "a.txt")]
    assert told == [os.fsencode(tmp_path / "locked")]


def test_a_file_that_cannot_be_looked_at_is_told_and_costs_no_other(tmp_path: Path) -> None:
    """A file whose path is too long for the system is reported; all others of its folder are seen."""
    folder = os.open(tmp_path, os.O_RDONLY)
    path = os.fsencode(tmp_path)
    while len(path) < 4_000:  # made step by step: no call of the system takes a path of over 4,095 bytes
        path += b"/" + b"d" * 60
        os.mkdir(b"d" * 60, dir_fd=folder)
        below = os.open(b"d" * 60, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    names = [*(b"%02d" % number for number in range(40)), b"x" * 200]
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    told: list[bytes] = []
    found = list(scan(tmp_path, NOTHING, {}, unreadable=lambda place, _: told.append(place)))
    assert {sighting.path for sighting in found} == {path + b"/" + name for name in names[:-1]}
    assert told == [path + b"/" + names[-1]]


def test_a_folder_that_vanishes_during_the_scan_is_told(tmp_path: Path) -> None:
    """A root that is gone is reported, not raised."""
    told: list[bytes] = []
    assert not list(scan(tmp_path / "gone", NOTHING, {}, unreadable=lambda folder, _: told.append(folder)))
    assert told == [os.fsencode(tmp_path / "gone")]


def test_a_known_file_is_not_looked_at_while_it_is_the_same_one(tmp_path: Path) -> None:
    """What waits for its turn is yielded as it was known; another file under its name, or a folder, is not."""
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
    """Change bytes and nothing else: the same size, the same time of writing."""
    at = path.stat()
    path.write_text("TWO")
    os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))


def replace(path: Path) -> None:
    """Put another file in its place."""
    path.with_suffix(".new").write_text("two")
    path.with_suffix(".new").rename(path)


def link(path: Path) -> None:
    """Put a link in its place."""
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("change", [write_in_place, replace, link, lambda path: os.truncate(path, 1)])
def test_a_settled_file_that_changed_before_its_turn_settles_anew(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """A file that is touched while it waits is not taken until it stood still once more."""
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


def test_a_settled_file_that_went_before_its_turn_is_for_the_intake_to_tell(tmp_path: Path) -> None:
    """What is gone, or lies below no folder any more, another service may have taken."""
    gone, below = at(os.fsencode(tmp_path / "gone")), at(os.fsencode(tmp_path / "file" / "below"))
    (tmp_path / "file").write_text("no folder")
    assert InboxWatcher(load(inbox=tmp_path)).unchanged([gone, below]) == [gone, below]


def test_a_file_settles_once_it_stood_still() -> None:
    """A file is not yielded at its first sighting, and is yielded when nothing changed for the time."""
    clock = Clock()
    settling = SettledFileTracker(1.0, clock)
    assert settling.update(iter([at(b"a")])) == []
    clock.now += 0.5
    assert settling.update(iter([at(b"a")])) == []
    clock.now += 0.5
    assert settling.update(iter([at(b"a")])) == [at(b"a")]


def test_a_file_that_grows_starts_anew() -> None:
    """A change of size or time sets the clock back."""
    clock = Clock()
    settling = SettledFileTracker(1.0, clock)
    for size in range(4):
        assert settling.update(iter([at(b"a", size=size)])) == []
        clock.now += 0.9
    clock.now += 1.0
    assert settling.update(iter([at(b"a", size=3)])) == [at(b"a", size=3)]


def test_the_time_on_the_file_is_no_matter() -> None:
    """A file from 1970 or from the future settles like any other: only standing still counts."""
    clock = Clock()
    settling = SettledFileTracker(1.0, clock)
    files = [at(b"future", mtime=4_102_444_800_000_000_000), at(b"past", mtime=0)]
    settling.update(iter(files))
    clock.now += 1.0
    assert settling.update(iter(files)) == files


def test_a_file_left_alone_comes_back_only_when_it_changes() -> None:
    """What was refused and stays in the inbox is not yielded again until it is another file."""
    settling = SettledFileTracker(0.0, Clock())
    assert settling.update(iter([at(b"a")])) == [at(b"a")]
    settling.ignore_until_changed(at(b"a"))
    assert settling.update(iter([at(b"a")])) == []
    assert settling.waiting == 0
    assert settling.update(iter([at(b"a", mtime=2)])) == [at(b"a", mtime=2)]


def test_a_file_that_went_is_forgotten() -> None:
    """A name that is used again later starts anew; what is gone takes no memory."""
    clock = Clock()
    settling = SettledFileTracker(1.0, clock)
    settling.update(iter([at(b"a")]))
    settling.update(iter([]))
    assert settling.waiting == 0
    clock.now += 5.0
    assert settling.update(iter([at(b"a")])) == []


def test_files_come_in_the_order_of_their_names() -> None:
    """Settled files are yielded by name, so that two services on one inbox claim in the same order."""
    settling = SettledFileTracker(0.0, Clock())
    assert settling.update(iter([at(b"b"), at(b"a"), at(b"c")])) == [at(b"a"), at(b"b"), at(b"c")]


def test_what_a_long_scan_left_is_taken_before_the_next_one(tmp_path: Path) -> None:
    """Where a scan takes long, the rest of its files is taken first; then, or after a while, new ones are seen."""
    clock = Clock()

    def slow() -> float:
        clock.now += 1.0
        return clock.now

    watch = InboxWatcher(load(inbox=tmp_path, settle_seconds=0.0), slow)

    def taken(most: int) -> list[str]:
        assert watch.has_settled_files()
        return [os.fsdecode(file.path).rpartition("/")[2] for file in watch.next_files(most)]

    for name in "bcd":
        (tmp_path / name).touch()
    assert taken(1) == ["b"]
    (tmp_path / "a").touch()
    assert taken(1) == ["c"]
    assert taken(9) == ["d"]
    assert taken(1) == ["a"], "all was taken, so it scans at once"
    clock.now += 100.0
    (tmp_path / "1").touch()
    assert taken(1) == ["1"], "it has rested"


def test_stop_ends_waiting(tmp_path: Path) -> None:
    """A watch that was stopped does not wait any more."""
    watch = InboxWatcher(load(inbox=tmp_path, scan_seconds=3600.0))
    watch.stop()
    assert not watch.wait()


def test_the_next_scan_is_due_when_what_the_last_one_found_has_settled() -> None:
    """What is due is reckoned from the scan's beginning, since when its files count as standing still."""
    clock = Clock()
    settling = SettledFileTracker(2.0, clock)

    def slow_scan() -> Iterator[Sighting]:
        clock.now += 0.5
        yield at(b"a")

    assert settling.update(slow_scan()) == []
    clock.now = settling.due
    assert settling.due == 102.0
    assert settling.update(iter([at(b"a")])) == [at(b"a")]
