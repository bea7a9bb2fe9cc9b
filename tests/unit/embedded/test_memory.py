"""How much memory the embedded servers reckon with."""

import os
from pathlib import Path

import pytest

from worker.embedded.memory import memory_bytes

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("told", "bytes_"),
    [("268435456\n", 268435456), ("max\n", MACHINE), ("9223372036854771712\n", MACHINE), (None, MACHINE)],
)
def test_a_container_has_what_its_limit_says(tmp_path: Path, told: str | None, bytes_: int) -> None:
    """A limit counts where it is less than the machine's memory; none, or no number, is the machine's."""
    limit = tmp_path / "memory.max"
    if told:
        limit.write_text(told)
    assert memory_bytes([tmp_path / "not there", limit]) == bytes_
