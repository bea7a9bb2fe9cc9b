"""Write a result to a file that appears under its name only when it is complete, or to standard output."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from worker.errors import CopydeskError


@contextmanager
def open_output(target: Path | None) -> Iterator[BinaryIO]:
    """Yield the output: the file ``target``, or standard output."""
    try:
        if target is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif target.is_symlink() or (target.exists() and not target.is_file()):
            # /dev/stdout, /dev/null, a pipe: renaming a file to this name would replace it
            with target.open("wb") as out:
                yield out
        else:
            with _replace_when_complete(target) as out:
                yield out
    except BrokenPipeError:  # the reader closed the pipe: Click ends the command
        raise
    except OSError as error:
        raise CopydeskError(f"{target or 'Standard output'} can't be written: {error.strerror}.") from error


@contextmanager
def _replace_when_complete(target: Path) -> Iterator[BinaryIO]:
    """Yield a temporary file next to ``target`` that is renamed to it once it is complete and synced to disk."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    with draft.open("wb") as out:
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
