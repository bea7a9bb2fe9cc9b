"""At most one service per data folder: `copydesk up` holds a lock, which the kernel releases when it ends."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.errors import CopydeskError

#: The file in the data folder that is locked; it holds the id of the process.
LOCK_FILE = "service.lock"


@contextmanager
def only_service(data_dir: Path) -> Iterator[Callable[[], bool]]:
    """Be the folder's only service inside the block; yield a function that returns whether the folder still exists.

    Raises:
        CopydeskError: a service runs in this folder, or the folder can't be written.
    """
    path = data_dir / LOCK_FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+", encoding="ascii")
    except OSError as error:
        raise CopydeskError(
            f"The data folder {data_dir} can't be written ({error.strerror}). "
            "Give this user the right to write there, or set COPYDESK_DATA_DIR."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            raise CopydeskError(
                f"A service already runs in {data_dir} (process {pid}). "
                "Stop that one first, or set COPYDESK_DATA_DIR to another folder."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield lambda: _is_same(path, lock.fileno())


def _is_same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
