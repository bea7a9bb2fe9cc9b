"""Taking one file in: opened safely, hashed, kept, told in a sentence where it can't be; and cutting batches."""

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

from worker import archive
from worker.errors import RetryError
from worker.inbox.receiver import NotReadyError, receive, remove
from worker.queue.batching import cut_batches
from worker.settings import Settings, load
from worker.store.ledger import Delivery

TEXT = b"The harbour reopened on Monday.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings on an own data folder with an inbox."""
    found = load(data_dir=tmp_path)
    found.inbox.mkdir()
    return found


def put(settings: Settings, name: str = "a.txt", content: bytes = TEXT) -> bytes:
    """Write a file into the inbox; return its path."""
    path = settings.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return os.fsencode(path)


def kept(settings: Settings, delivery: Delivery) -> bytes:
    """Return the archived bytes of a delivery."""
    assert delivery.sha256
    return archive.archive_path(settings, delivery.sha256, delivery.path).read_bytes()


@pytest.mark.parametrize("move", [True, False])
def test_the_bytes_are_kept_before_anything_else(settings: Settings, move: bool) -> None:
    """A received file stands in the archive under its hash, and still in the inbox."""
    path = put(settings)
    delivery = receive(settings, path, move=move)
    assert (delivery.sha256, delivery.size, delivery.reason) == (sha256(TEXT).digest(), len(TEXT), None)
    assert kept(settings, delivery) == TEXT
    assert os.path.exists(path)


def test_moving_links_and_reading_copies(settings: Settings) -> None:
    """What will leave the inbox gets a second name; what stays is copied, for it may be edited where it stands."""
    moved = receive(settings, put(settings, "a.txt"), move=True)
    stays = receive(settings, put(settings, "b.txt", TEXT * 2), move=False)
    assert moved.sha256
    assert stays.sha256
    assert os.stat(moved.path).st_ino == archive.archive_path(settings, moved.sha256, moved.path).stat().st_ino
    assert os.stat(stays.path).st_ino != archive.archive_path(settings, stays.sha256, stays.path).stat().st_ino


def test_a_file_with_other_names_is_copied(settings: Settings, tmp_path: Path) -> None:
    """A hard link from elsewhere may be edited there later: the archive gets bytes of its own."""
    path = put(settings)
    os.link(path, tmp_path / "elsewhere.txt")
    delivery = receive(settings, path, move=True)
    (tmp_path / "elsewhere.txt").write_bytes(b"edited later, in place\n")
    assert kept(settings, delivery) == TEXT


def test_another_file_system_gets_a_copy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no second name can be given (EXDEV, a file of another owner) the bytes are copied."""

    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert kept(settings, receive(settings, put(settings), move=True)) == TEXT


def test_half_a_copy_from_a_crash_is_replaced(settings: Settings) -> None:
    """A file in the archive that is shorter than its bytes is written again, not trusted."""
    path = put(settings)
    delivery = receive(settings, path, move=False)
    assert delivery.sha256
    archive.archive_path(settings, delivery.sha256, path).write_bytes(TEXT[:5])
    assert kept(settings, receive(settings, path, move=True)) == TEXT


def test_nothing_but_whole_files_is_left_in_the_archive(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while copying leaves no half file behind, and says that the archive is at fault."""

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(RetryError, match=r"archive .* can't be written: No space left on device"):
        receive(settings, put(settings), move=False)
    assert not [path for path in settings.archive.rglob("*") if path.is_file()]


def test_the_same_file_is_the_same_delivery(settings: Settings) -> None:
    """The key is of path and content: the same again is known, other content or another name is new."""
    first = receive(settings, put(settings), move=True)
    again = receive(settings, put(settings), move=True)
    other_name = receive(settings, put(settings, "b.txt"), move=True)
    other_text = receive(settings, put(settings, "a.txt", b"Corrected.\n"), move=True)
    assert first.key == again.key
    assert len({first.key, other_name.key, other_text.key}) == 3


def link_inside(at: Path) -> None:
    """Put a link to a file beside it."""
    (at.parent / "real.txt").write_bytes(TEXT)
    at.symlink_to("real.txt")


def link_outside(at: Path) -> None:
    """Put a link to a file that is nobody's business."""
    at.symlink_to("/etc/passwd")


def link_loop(at: Path) -> None:
    """Put a link to itself."""
    at.symlink_to(at)


def a_socket(at: Path) -> None:
    """Put a socket."""
    os.mknod(at, stat.S_IFSOCK | 0o600)


ODD: list[tuple[Callable[[Path], object], str]] = [
    (link_inside, "a symbolic link"),
    (link_outside, "a symbolic link"),
    (link_loop, "a symbolic link"),
    (os.mkfifo, "a named pipe"),
    (a_socket, "a socket"),
    (Path.mkdir, "a folder"),
]


@pytest.mark.parametrize(("make", "kind"), ODD)
def test_what_is_no_file_is_refused_at_once(settings: Settings, make: Callable[[Path], object], kind: str) -> None:
    """Links, pipes, sockets and folders are not opened for long, not followed, left where they are, and told."""
    at = settings.inbox / "x.txt"
    make(at)
    delivery = receive(settings, os.fsencode(at), move=True)
    assert delivery.reason == f"This is {kind}, not a file; it was left where it is. Deliver the file itself."
    assert delivery.sha256 is None
    assert os.path.lexists(at)


def test_a_device_is_refused(settings: Settings) -> None:
    """A device is not read."""
    delivery = receive(settings, b"/dev/zero", move=False)
    assert delivery.reason
    assert delivery.reason.startswith("This is a device, not a file")


def test_a_folder_that_became_a_link_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    """A folder of the inbox that was exchanged for a link after the scan leads nowhere."""
    path = put(settings, "desk/a.txt")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/a.txt").write_bytes(b"nobody's business\n")
    os.rename(settings.inbox / "desk", settings.inbox / "before")
    (settings.inbox / "desk").symlink_to(tmp_path / "private")
    with pytest.raises(NotReadyError):
        receive(settings, path, move=True)
    assert not settings.archive.exists()


def test_an_inbox_that_is_a_link_is_followed(settings: Settings, tmp_path: Path) -> None:
    """The inbox itself may be a link: who configures it decides where it leads."""
    put(settings, "desk/a.txt")
    (tmp_path / "link").symlink_to(settings.inbox)
    linked = load(data_dir=settings.data_dir, inbox=tmp_path / "link")
    assert receive(linked, os.fsencode(tmp_path / "link/desk/a.txt"), move=True).reason is None


def test_a_file_that_vanished_is_told(settings: Settings) -> None:
    """A file that is gone before it could be read gets its sentence, the same each time."""
    first, second = (receive(settings, os.fsencode(settings.inbox / "gone.txt"), move=True) for _ in range(2))
    assert first.reason == "The file vanished before it could be read. Deliver it again if it was wanted."
    assert first.vanished
    assert first.key == second.key


def test_a_file_that_was_renamed_is_read_under_its_new_name(settings: Settings) -> None:
    """What was renamed between the scan and the reading is told as vanished, and its new name is a delivery."""
    path = put(settings, "draft.txt", b"The quay opens.")
    new = path.replace(b"draft", b"final")
    os.rename(path, new)
    assert receive(settings, path, move=True).vanished
    assert kept(settings, receive(settings, new, move=True)) == b"The quay opens."


def test_a_file_without_permission_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that this user may not read gets a sentence that says what to do; a change of rights makes it new."""
    path = put(settings)
    real = os.open

    def refuse(name: bytes, *args: int, **more: Any) -> int:
        # root may read everything, so the refusal of the system is played
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
    """A file of a terabyte (of nothing) is refused by its size alone."""
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
    """A file that grows or is cut while it is read is left for the next scan."""
    path = put(settings)

    def late(*given: bytes) -> object:
        # the digest is made after the file was opened and measured, and before it is read
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
    """A file whose disk can't be read waits alone; being out of descriptors is everybody's trouble."""
    path = put(settings)
    for number, kind in ((5, NotReadyError), (24, RetryError)):

        def fail(*_args: object, number: int = number, **_more: object) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "open", fail)
        with pytest.raises(RetryError) as caught:
            receive(settings, path, move=True)
        assert caught.type is kind


def test_a_file_that_took_its_place_is_not_removed(settings: Settings) -> None:
    """Between reading and removing, another file may come to stand there: it stays, and is a delivery of its own."""
    path = put(settings)
    delivery = receive(settings, path, move=True)
    os.replace(put(settings, "new.txt", b"Another text.\n"), path)
    remove(delivery)
    assert Path(os.fsdecode(path)).read_bytes() == b"Another text.\n"


def test_what_was_read_is_removed_once(settings: Settings) -> None:
    """A claimed file leaves the inbox; that it has left already is no error."""
    delivery = receive(settings, put(settings), move=True)
    remove(delivery)
    remove(delivery)
    assert not os.path.exists(delivery.path)
    assert kept(settings, delivery) == TEXT


@pytest.mark.parametrize("name", ["a\nb.txt", 'it\'s "quoted".txt', "..txt", "\u202etxt.a", "x" * 251 + ".txt"])
def test_any_name_is_taken_and_stays_out_of_our_paths(settings: Settings, name: str) -> None:
    """Line breaks, quotes, marks of direction and 255 bytes are names like any other; the archive's name is a hash."""
    delivery = receive(settings, put(settings, name), move=True)
    assert delivery.reason is None
    assert delivery.sha256
    stored = archive.archive_path(settings, delivery.sha256, delivery.path).name
    assert stored.removesuffix(".txt").removesuffix(".a") == sha256(TEXT).hexdigest()


def test_a_name_of_invalid_bytes_is_taken(settings: Settings) -> None:
    """A name that is no text is taken as its bytes."""
    path = os.fsencode(settings.inbox) + b"/\xff\xfe.txt"
    with open(path, "wb") as file:
        file.write(TEXT)
    assert receive(settings, path, move=True).path == path


def test_a_delivery_never_leaves_the_archive(settings: Settings) -> None:
    """A path with `..` in it names the bytes that stand there, and is never a path of ours."""
    delivery = receive(settings, put(settings, "desk/../a.txt"), move=False)
    assert kept(settings, delivery) == TEXT
    assert all(settings.archive in path.parents for path in settings.archive.rglob("*"))


@given(
    st.lists(st.integers(0, 120), max_size=60).map(lambda sizes: list(enumerate(sizes))),
    st.integers(1, 10),
    st.integers(1, 100),
)
def test_batches_hold_every_file_once_within_both_limits(
    files: list[tuple[int, int]], most_files: int, most_bytes: int
) -> None:
    """Batches keep the order, lose and double nothing, and pass a limit only for one file that is larger alone."""
    sizes = dict(files)
    cut = cut_batches(files, most_files, most_bytes)
    assert [number for batch in cut for number in batch] == [number for number, _ in files]
    assert all(len(batch) <= most_files for batch in cut)
    assert all(len(batch) == 1 or sum(sizes[n] for n in batch) <= most_bytes for batch in cut)


@given(st.lists(st.integers(1, 100), min_size=2, max_size=60).map(lambda sizes: list(enumerate(sizes))))
def test_no_batch_is_smaller_than_it_must_be(files: list[tuple[int, int]]) -> None:
    """A batch ends only where the next file would not have fitted."""
    sizes = dict(files)
    cut = cut_batches(files, 7, 150)
    for batch, following in pairwise(cut):
        assert len(batch) == 7 or sum(sizes[n] for n in batch) + sizes[following[0]] > 150


def test_a_socket_by_its_own_path_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A living socket answers with an error at opening, and is told like the others."""
    monkeypatch.chdir(settings.inbox)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("live.sock")
        delivery = receive(settings, os.fsencode(settings.inbox / "live.sock"), move=True)
    assert delivery.reason
    assert delivery.reason.startswith("This is a socket")
