"""Which errors are reasons to refuse a file or record of the input, and which end the run: those of all others too."""

import errno
from typing import Final

from worker.errors import CopydeskError, ObjectError, RetryError

#: The machine lacks memory, disk or open files: the run ends, and goes on where it was when there are more.
_SHORTAGES: Final = frozenset({errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})


def refusal(error: Exception) -> str:
    """Return why a file or record is refused. Raises ``error`` again if any other file would fail as well."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    short = isinstance(cause, OSError) and cause.errno in _SHORTAGES
    for_now = isinstance(error, RetryError) and not isinstance(error, ObjectError) and not isinstance(cause, OSError)
    if short or for_now or isinstance(error, MemoryError):
        raise error
    if isinstance(error, CopydeskError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"It can't be read: {error.strerror}."
    return f"It can't be processed ({type(error).__name__}: {error})."
