"""The memory that this process may use: the machine's, or the limit of its container."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

#: The files with a container's limit, in version 2 and version 1 of control groups.
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes(limits: Sequence[Path] = _LIMITS) -> int:
    """Return the bytes of memory: the machine's, or a smaller number from one of the files ``limits``."""
    available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in limits:
        with contextlib.suppress(OSError, ValueError):  # the file is missing or says "max"
            available = min(available, int(limit.read_text(encoding="ascii")))
    return available
