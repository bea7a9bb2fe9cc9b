"""Decide which errors belong to a file, and which to the machine: time, memory, disk, signals, the database.

This is the only place that decides it. An error of the machine says nothing about the file: it passes through every
``except`` of the readers, and the file is tried again.
"""

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import MessageError

from worker.errors import QuarantineError, RetryError

#: What parsers raise for content that they can't read, and nothing else: whatever is not listed passes. A library with
#: exceptions of another base class is called where these are caught by name. ``file_fault`` takes the errors of the
#: disk out of ``OSError``, which libraries also raise for damaged content.
CONTENT_ERRORS = (
    QuarantineError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,  # XML's ParseError
    TypeError,
    ValueError,
    MessageError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
#: Without a number it was raised by a library; EINVAL is a seek to an offset that a damaged archive contains.
_OF_CONTENT = (None, errno.EINVAL)


def is_of_machine(error: BaseException) -> bool:
    """Return whether ``error`` says nothing about the file that was being read."""
    if isinstance(error, OSError):
        return error.errno not in _OF_CONTENT
    return isinstance(error, MemoryError | RetryError) or not isinstance(error, Exception)


def file_fault(error: Exception) -> QuarantineError:
    """Return one of ``CONTENT_ERRORS`` as the reason why its content is refused: it will not get better.

    Raises:
        RetryError: the disk failed.
    """
    if isinstance(error, QuarantineError):
        return error
    if isinstance(error, OSError) and is_of_machine(error):
        raise RetryError(f"The file could not be read just now ({error.strerror}): it will be tried again.") from error
    kind = type(error).__name__
    return QuarantineError(
        f"It can't be read as what it seems to be ({kind}): open it in its own program and export it again."
    )


@contextmanager
def content_errors_refused() -> Iterator[None]:
    """Raise QuarantineError in place of what a library raises about content, and RetryError if the disk failed.

    No frame may hold the error in a variable: its traceback holds that frame and with it the reader, whose buffers
    (128 MB for a window of Zstandard) would stay until the garbage collector runs.
    """
    try:
        yield
    except QuarantineError:
        raise
    except CONTENT_ERRORS as error:
        raise file_fault(error) from error
