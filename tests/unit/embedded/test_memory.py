"""The memory that the embedded servers assume."""

import os
from pathlib import Path

import pytest

from worker.embedded.memory import memory_bytes

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("content", "bytes_"),
    [("268435456\n", 268435456), ("max\n", MACHINE), ("9223372036854771712\n", MACHINE), (None, MACHINE)],
)
def test_a_container_has_what_its_limit_says(tmp_path: Path, content: str | None, bytes_: int) -> None:
    """A limit below the machine's memory applies; without a limit or a number, the machine's memory does."""
    limit = tmp_path / "memory.max"
    if content:
        limit.write_text(content)
    assert memory_bytes([tmp_path / "not there", limit]) == bytes_
