"""What the machine does (time, memory, disk, signals, the database) is never taken for what a file is."""

import ctypes
import errno
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, cast

import psycopg
import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import OperationalError

from tests.unit.formats.test_golden import RAW
from worker import formats
from worker.article import Article, BadRecord
from worker.errors import OutOfTimeError, QuarantineError, RetryError
from worker.formats import Limits, read, spans

READERS = str(Path(formats.__file__).parent)
LIMITS = Limits()
MACHINE: dict[str, Callable[[], BaseException]] = {
    "soft time limit": SoftTimeLimitExceeded,
    "time": OutOfTimeError,
    "memory": MemoryError,
    "signal": KeyboardInterrupt,
    "database": lambda: OperationalError("SELECT", {}, psycopg.OperationalError("the connection is lost")),
    **{name: (lambda code: lambda: OSError(code, os.strerror(code)))(getattr(errno, name)) for name in (
        "EIO", "ENOSPC", "EMFILE", "ENOMEM")},
}  # fmt: skip
#: The errors that are tried on each call of every reader; the others, of the same classes, only with the slow tests.
OFTEN = ("time", "EIO")
EACH = [
    pytest.param(error, id=name, marks=() if name in OFTEN else pytest.mark.slow) for name, error in MACHINE.items()
]


class Failing(io.BytesIO):
    """A file whose n-th call, counted from 0, raises."""

    def __init__(self, data: bytes, fail_at: int, error: BaseException) -> None:
        super().__init__(data)
        self.calls = 0
        self._fail_at = fail_at
        self.error = error

    def _count(self) -> None:
        self.calls += 1
        if self.calls > self._fail_at:  # a disk that fails goes on failing
            raise self.error

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, or fail."""
        self._count()
        return super().read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line, or fail."""
        self._count()
        return super().readline(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Seek, or fail."""
        self._count()
        return super().seek(offset, whence)

    def tell(self) -> int:
        """Tell, or fail."""
        self._count()
        return super().tell()


@contextmanager
def failing_call(fail_at: int, error: BaseException) -> Iterator[list[int]]:
    """Raise ``error`` at the n-th call that a reader receives or makes; yield a list whose item counts the calls."""
    calls = [0]

    def count(frame: FrameType, event: str, _argument: object) -> None:
        caller = frame if event == "c_call" else frame.f_back
        if event in ("call", "c_call") and caller and caller.f_code.co_filename.startswith(READERS):
            calls[0] += 1
            if calls[0] > fail_at:
                raise error

    gc.disable()  # Python ignores what is raised in a callback of the garbage collector
    ignored = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)
        sys.unraisablehook = ignored
        gc.enable()


def outcome(work: Callable[[], Any]) -> BaseException | Any:
    """Return what ``work`` returns or raises."""
    try:
        return work()
    except BaseException as error:
        return error


def works(data: bytes, name: str) -> dict[str, Callable[[io.BytesIO], Any]]:
    """Return both passes over a file: counting its records and reading them."""
    return {
        "read": lambda file: list(read(file, name, LIMITS)),
        "count": lambda file: spans(file, name, LIMITS, 1),
    }


def is_blamed_on_the_machine(result: object, error: BaseException) -> bool:
    """Return whether the error was raised, itself or as one after which the file is tried again."""
    # ctypes raises an ArgumentError where the conversion of an argument fails; nobody takes that for the file's fault
    if type(result) is type(error) or isinstance(result, ctypes.ArgumentError):  # a codec makes a new one of the type
        return True
    return isinstance(error, OSError) and isinstance(result, RetryError)


@pytest.mark.parametrize("error", MACHINE.values(), ids=list(MACHINE))
@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
def test_a_failing_read_is_never_a_bad_file(path: Path, error: Callable[[], BaseException]) -> None:
    """At whichever read, seek or tell the machine fails, a reader yields no result that could be recorded."""
    data = path.read_bytes()
    for work in works(data, path.name).values():
        expected = work(io.BytesIO(data))
        for number in range(10_000):
            file = Failing(data, number, error())
            result = outcome(lambda: work(file))  # noqa: B023  called at once
            if file.calls <= number:
                assert result == expected
                break
            assert is_blamed_on_the_machine(result, file.error), (number, result)
        assert number > 0


@pytest.mark.slow
@pytest.mark.parametrize("error", EACH)
@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
def test_a_failing_call_is_never_a_bad_file(path: Path, error: Callable[[], BaseException]) -> None:
    """At whichever call within a reader the machine fails, the error passes through every ``except``."""
    data = path.read_bytes()
    for work in works(data, path.name).values():
        expected = work(io.BytesIO(data))  # fills caches: an import is not a call of the reader
        with failing_call(sys.maxsize, error()) as calls:
            work(io.BytesIO(data))
        total = calls[0]
        for number in range(0, total, max(1, total // 50)):
            raised = error()
            with failing_call(number, raised) as calls:
                result = outcome(lambda: work(io.BytesIO(data)))  # noqa: B023  called at once
            # or it had no effect: Python ignores what is raised while an unfinished generator is closed
            assert is_blamed_on_the_machine(result, raised) or result == expected, (number, result)


def test_an_error_that_a_library_logs_is_raised_again() -> None:
    """Trafilatura catches all exceptions and returns less text; one of the machine is not lost there."""
    page = (b"<html><body><article>" + b"<p>The bridge over the Varn is closed until the spring.</p>" * 9
            + b"</article></body></html>")  # fmt: skip
    assert isinstance(next(read(io.BytesIO(page), "a.html", LIMITS)), Article)
    trafilatura = sys.modules["trafilatura"]
    with pytest.MonkeyPatch.context() as patch:

        def exhausted(*_arguments: object) -> None:
            raise MemoryError

        patch.setattr(cast("Any", trafilatura).metadata, "extract_meta_json", exhausted)
        with pytest.raises(MemoryError):
            list(read(io.BytesIO(page), "a.html", LIMITS))


def test_an_unknown_error_of_a_library_refuses_nothing() -> None:
    """An exception that is on no list is raised as it is: the file is not refused for it."""

    class StrangeError(Exception):
        pass

    with pytest.raises(StrangeError):
        list(read(Failing(b"words", 0, StrangeError()), "a.txt", LIMITS))


def test_an_error_of_content_refuses_the_content() -> None:
    """What a parser raises for damaged content still costs the record alone."""
    results = list(read(io.BytesIO(b'{"text": "words"}\n{"text": \n'), "a.jsonl", LIMITS))
    assert [type(result) for result in results] == [Article, BadRecord]
    with pytest.raises(QuarantineError):
        list(read(io.BytesIO(b"%PDF-1.4 broken"), "a.pdf", LIMITS))


REFUSED: dict[str, Callable[[io.BytesIO], object]] = {
    "read": lambda data: list(read(data, "a.jsonl.zst", LIMITS)),
    "spans": lambda data: spans(data, "a.jsonl.zst", LIMITS, 10),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_a_refused_archive_releases_its_memory_at_once(call: Callable[[io.BytesIO], object]) -> None:
    """Frames of Zstandard that ask for windows of 128 MB and are damaged hold one such window at a time, not three."""
    head = b"\x28\xb5\x2f\xfd\x00" + bytes([17 << 3])  # a window of 2 ** (10 + 17) bytes
    gc.disable()
    try:
        before = _address_space()
        for _ in range(3):
            with pytest.raises(QuarantineError, match="damaged"):
                call(io.BytesIO(head + b"\x19\x00\x00abcz"))
        assert _address_space() - before < 128 << 20
    finally:
        gc.enable()


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
