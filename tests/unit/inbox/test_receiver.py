"""Receiving a file: open it safely, hash and store it, or give the reason for refusing it; and cutting batches."""

import os
import socket
import stat
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.archive import folder
from worker.errors import RetryError
from worker.inbox.receiver import NotReadyError, receive, remove
from worker.queue.batching import cut_batches
from worker.settings import Settings, load
from worker.store.ledger import Delivery

TEXT = b"The harbour reopened on Monday.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a new data folder that has an inbox."""
    settings = load(data_dir=tmp_path)
    settings.inbox_folder.mkdir()
    return settings


def put(settings: Settings, name: str = "a.txt", content: bytes = TEXT) -> bytes:
    """Write a file into the inbox; return its path."""
    path = settings.inbox_folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return os.fsencode(path)


def archived_bytes(settings: Settings, delivery: Delivery) -> bytes:
    """Return the archived bytes of a delivery."""
    assert delivery.sha256
    return folder.archive_path(settings, delivery.sha256, delivery.path).read_bytes()


@pytest.mark.parametrize("move", [True, False])
def test_the_bytes_are_stored_first(settings: Settings, move: bool) -> None:
    """A received file is in the archive under its hash, and still in the inbox."""
    path = put(settings)
    delivery = receive(settings, path, move=move)
    assert (delivery.sha256, delivery.size, delivery.reason) == (sha256(TEXT).digest(), len(TEXT), None)
    assert archived_bytes(settings, delivery) == TEXT
    assert os.path.exists(path)


def test_a_file_to_move_is_linked_and_one_to_keep_is_copied(settings: Settings) -> None:
    """A file that will leave the inbox is hard-linked; a file that stays may be edited, so it is copied."""
    moved = receive(settings, put(settings, "a.txt"), move=True)
    kept = receive(settings, put(settings, "b.txt", TEXT * 2), move=False)
    assert moved.sha256
    assert kept.sha256
    assert os.stat(moved.path).st_ino == folder.archive_path(settings, moved.sha256, moved.path).stat().st_ino
    assert os.stat(kept.path).st_ino != folder.archive_path(settings, kept.sha256, kept.path).stat().st_ino


def test_a_file_with_other_names_is_copied(settings: Settings, tmp_path: Path) -> None:
    """The file may be edited later through its other hard link: the archive gets a copy."""
    path = put(settings)
    os.link(path, tmp_path / "elsewhere.txt")
    delivery = receive(settings, path, move=True)
    (tmp_path / "elsewhere.txt").write_bytes(b"edited later, in place\n")
    assert archived_bytes(settings, delivery) == TEXT


def test_another_file_system_gets_a_copy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no hard link is possible (EXDEV, another owner) the bytes are copied."""

    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert archived_bytes(settings, receive(settings, put(settings), move=True)) == TEXT


def test_a_partial_copy_from_a_crash_is_replaced(settings: Settings) -> None:
    """A file in the archive that is too short is written again."""
    path = put(settings)
    delivery = receive(settings, path, move=False)
    assert delivery.sha256
    folder.archive_path(settings, delivery.sha256, path).write_bytes(TEXT[:5])
    assert archived_bytes(settings, receive(settings, path, move=True)) == TEXT


def test_a_full_disk_leaves_no_partial_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full while copying leaves no partial file, and the error names the archive."""

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(RetryError, match=r"archive .* can't be written: No space left on device"):
        receive(settings, put(settings), move=False)
    assert not [path for path in settings.archive_folder.rglob("*") if path.is_file()]


def test_the_same_file_is_the_same_delivery(settings: Settings) -> None:
    """The key depends on path and content: other content or another name is a new delivery."""
    first = receive(settings, put(settings), move=True)
    again = receive(settings, put(settings), move=True)
    other_name = receive(settings, put(settings, "b.txt"), move=True)
    other_text = receive(settings, put(settings, "a.txt", b"Corrected.\n"), move=True)
    assert first.key == again.key
    assert len({first.key, other_name.key, other_text.key}) == 3


def link_inside(path: Path) -> None:
    """Create a link to a file next to it."""
    (path.parent / "real.txt").write_bytes(TEXT)
    path.symlink_to("real.txt")


def link_outside(path: Path) -> None:
    """Create a link to a private file."""
    path.symlink_to("/etc/passwd")


def link_loop(path: Path) -> None:
    """Create a link to itself."""
    path.symlink_to(path)


def create_socket(path: Path) -> None:
    """Create a socket."""
    os.mknod(path, stat.S_IFSOCK | 0o600)


SPECIAL: list[tuple[Callable[[Path], object], str]] = [
    (link_inside, "a symbolic link"),
    (link_outside, "a symbolic link"),
    (link_loop, "a symbolic link"),
    (os.mkfifo, "a named pipe"),
    (create_socket, "a socket"),
    (Path.mkdir, "a folder"),
]


@pytest.mark.parametrize(("make", "kind"), SPECIAL)
def test_a_special_file_is_refused_at_once(settings: Settings, make: Callable[[Path], object], kind: str) -> None:
    """Links, pipes, sockets and folders are refused with a reason, without following or waiting, and stay in place."""
    path = settings.inbox_folder / "x.txt"
    make(path)
    delivery = receive(settings, os.fsencode(path), move=True)
    assert delivery.reason == f"This is {kind}, not a file; it was left where it is. Deliver the file itself."
    assert delivery.sha256 is None
    assert os.path.lexists(path)


def test_a_device_is_refused(settings: Settings) -> None:
    """A device is not read."""
    delivery = receive(settings, b"/dev/zero", move=False)
    assert delivery.reason
    assert delivery.reason.startswith("This is a device, not a file")


def test_a_folder_that_became_a_link_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    """A folder of the inbox that was replaced by a link after the scan is not followed."""
    path = put(settings, "desk/a.txt")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/a.txt").write_bytes(b"private\n")
    os.rename(settings.inbox_folder / "desk", settings.inbox_folder / "before")
    (settings.inbox_folder / "desk").symlink_to(tmp_path / "private")
    with pytest.raises(NotReadyError):
        receive(settings, path, move=True)
    assert not settings.archive_folder.exists()


def test_an_inbox_that_is_a_link_is_followed(settings: Settings, tmp_path: Path) -> None:
    """The inbox itself may be a link, since it is configured."""
    put(settings, "desk/a.txt")
    (tmp_path / "link").symlink_to(settings.inbox_folder)
    linked = load(data_dir=settings.data_dir, inbox=tmp_path / "link")
    assert receive(linked, os.fsencode(tmp_path / "link/desk/a.txt"), move=True).reason is None


def test_a_vanished_file_is_reported(settings: Settings) -> None:
    """A file that is gone before it is read gets a reason, and the same key each time."""
    first, second = (receive(settings, os.fsencode(settings.inbox_folder / "gone.txt"), move=True) for _ in range(2))
    assert first.reason == "The file vanished before it could be read. Deliver it again if it was wanted."
    assert first.vanished
    assert first.key == second.key


def test_a_file_that_was_renamed_is_read_under_its_new_name(settings: Settings) -> None:
    """A file renamed between scan and reading is reported as vanished, and its new name is a delivery."""
    path = put(settings, "draft.txt", b"The quay opens.")
    new = path.replace(b"draft", b"final")
    os.rename(path, new)
    assert receive(settings, path, move=True).vanished
    assert archived_bytes(settings, receive(settings, new, move=True)) == b"The quay opens."


def test_a_file_without_permission_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that this user may not read gets a reason that says what to do; a new mode makes it a new delivery."""
    path = put(settings)
    real = os.open

    def refuse(name: bytes, *args: int, **more: Any) -> int:
        # root may read everything, so the system's refusal is simulated
        if os.path.basename(name) == b"a.txt":
            raise PermissionError(13, "Permission denied")
        return real(name, *args, **more)

    monkeypatch.setattr(os, "open", refuse)
    first = receive(settings, path, move=True)
    assert first.reason
    assert "Give read permission, and it is processed." in first.reason
    os.chmod(path, 0o600)
    assert receive(settings, path, move=True).key != first.key


def test_a_file_over_the_limit_is_not_read(settings: Settings) -> None:
    """A sparse file of a terabyte is refused because of its size."""
    path = put(settings)
    os.truncate(path, 2**40)
    delivery = receive(settings, path, move=True)
    assert delivery.reason == (
        "The file has 1,099,511,627,776 bytes; the limit is 2,000,000,000. Split it, or raise max_file_bytes."
    )


@pytest.mark.parametrize("change", [b"more\n", b""])
def test_a_file_that_changes_while_it_is_read_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    """A file that grows or shrinks while it is read waits for the next scan."""
    path = put(settings)

    def late(*given: bytes) -> object:
        # the digest is created after the file's size is read and before its bytes are
        if change:
            with open(path, "ab") as writing:
                writing.write(change)
        else:
            os.truncate(path, 3)
        return sha256(*given)

    monkeypatch.setattr("hashlib.sha256", late)
    with pytest.raises(NotReadyError, match="still being written"):
        receive(settings, path, move=True)


def test_a_failing_disk_costs_one_file_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read error delays one file; a lack of file descriptors affects all files."""
    path = put(settings)
    for number, kind in ((5, NotReadyError), (24, RetryError)):

        def fail(*_args: object, number: int = number, **_more: object) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "open", fail)
        with pytest.raises(RetryError) as caught:
            receive(settings, path, move=True)
        assert caught.type is kind


def test_a_file_that_replaced_it_is_not_removed(settings: Settings) -> None:
    """A file that replaces the received one before its removal stays: it is a new delivery."""
    path = put(settings)
    delivery = receive(settings, path, move=True)
    os.replace(put(settings, "new.txt", b"Another text.\n"), path)
    remove(delivery)
    assert Path(os.fsdecode(path)).read_bytes() == b"Another text.\n"


@pytest.mark.parametrize("links", [1, 2])
def test_a_file_replaced_under_the_same_times_is_not_removed(settings: Settings, tmp_path: Path, links: int) -> None:
    """A file with another content, but the size, the mtime and even the inode of the one that was read, is kept."""
    path = put(settings)
    if links > 1:
        os.link(path, tmp_path / "other-name")  # then the archive has a copy
    delivery = receive(settings, path, move=True)
    before = os.stat(path)
    with open(path, "r+b") as file:
        file.write(TEXT.upper())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (os.stat(path).st_size, os.stat(path).st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    remove(delivery)
    assert Path(os.fsdecode(path)).read_bytes() == TEXT.upper()


@pytest.mark.parametrize("move", [True, False])
def test_damaged_kept_bytes_are_replaced(settings: Settings, move: bool) -> None:
    """Kept bytes of the right size and the wrong content are not taken for good ones when the file is met again."""
    delivery = receive(settings, put(settings), move=False)
    assert delivery.sha256
    kept = folder.archive_path(settings, delivery.sha256, delivery.path)
    kept.write_bytes(TEXT.upper())
    again = receive(settings, put(settings, "b.txt"), move=move)
    remove(again)
    assert kept.read_bytes() == TEXT


def test_what_was_read_is_removed_once(settings: Settings) -> None:
    """An accepted file is removed from the inbox; removing it again is not an error."""
    delivery = receive(settings, put(settings), move=True)
    remove(delivery)
    remove(delivery)
    assert not os.path.exists(delivery.path)
    assert archived_bytes(settings, delivery) == TEXT


@pytest.mark.parametrize("name", ["a\nb.txt", 'it\'s "quoted".txt', "..txt", "\u202etxt.a", "x" * 251 + ".txt"])
def test_any_name_is_accepted_and_stays_out_of_our_paths(settings: Settings, name: str) -> None:
    """Names with line breaks, quotes, direction marks or 255 bytes are accepted; the archive's name is a hash."""
    delivery = receive(settings, put(settings, name), move=True)
    assert delivery.reason is None
    assert delivery.sha256
    stored = folder.archive_path(settings, delivery.sha256, delivery.path).name
    assert stored.removesuffix(".txt").removesuffix(".a") == sha256(TEXT).hexdigest()


def test_a_name_of_invalid_bytes_is_accepted(settings: Settings) -> None:
    """A name that is not text is accepted as bytes."""
    path = os.fsencode(settings.inbox_folder) + b"/\xff\xfe.txt"
    with open(path, "wb") as file:
        file.write(TEXT)
    assert receive(settings, path, move=True).path == path


def test_a_delivery_never_leaves_the_archive(settings: Settings) -> None:
    """A path with `..` is read as given, but never becomes part of a path in the archive."""
    delivery = receive(settings, put(settings, "desk/../a.txt"), move=False)
    assert archived_bytes(settings, delivery) == TEXT
    assert all(settings.archive_folder in path.parents for path in settings.archive_folder.rglob("*"))


@given(
    st.lists(st.integers(0, 120), max_size=60).map(lambda sizes: list(enumerate(sizes))),
    st.integers(1, 10),
    st.integers(1, 100),
)
def test_batches_hold_every_file_once_within_both_limits(
    files: list[tuple[int, int]], max_files: int, max_bytes: int
) -> None:
    """Batches contain every file once, in order, and exceed a limit only for a single larger file."""
    sizes = dict(files)
    batches = cut_batches(files, max_files, max_bytes)
    assert [number for batch in batches for number in batch] == [number for number, _ in files]
    assert all(len(batch) <= max_files for batch in batches)
    assert all(len(batch) == 1 or sum(sizes[n] for n in batch) <= max_bytes for batch in batches)


@given(st.lists(st.integers(1, 100), min_size=2, max_size=60).map(lambda sizes: list(enumerate(sizes))))
def test_no_batch_is_smaller_than_necessary(files: list[tuple[int, int]]) -> None:
    """A batch ends only where the next file does not fit."""
    sizes = dict(files)
    batches = cut_batches(files, 7, 150)
    for batch, following in pairwise(batches):
        assert len(batch) == 7 or sum(sizes[n] for n in batch) + sizes[following[0]] > 150


def test_a_socket_by_its_own_path_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a live socket fails, and it is refused like other special files."""
    monkeypatch.chdir(settings.inbox_folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("live.sock")
        delivery = receive(settings, os.fsencode(settings.inbox_folder / "live.sock"), move=True)
    assert delivery.reason
    assert delivery.reason.startswith("This is a socket")
