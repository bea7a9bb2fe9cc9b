"""How much memory there is: the machine's, or what the container that this runs in may use of it."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

#: Where Linux tells a container its limit, by version 2 and by version 1 of control groups.
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes(limits: Sequence[Path] = _LIMITS) -> int:
    """Return the bytes of memory; ``limits`` are files that may hold a number of bytes, fewer than the machine has."""
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in limits:
        with contextlib.suppress(OSError, ValueError):  # there is none, or it says "max"
            found = min(found, int(limit.read_text(encoding="ascii")))
    return found
