"""How frequent a word is depends on no process's own hashes."""

import subprocess
import sys

import pytest

_ASK = "from worker.features.frequency import frequencies; print(frequencies('en').zipfs(['kp', '火']).tolist())"


@pytest.mark.parametrize("seed", ["1", "3"])
def test_words_of_the_same_bytes_are_two(seed: str) -> None:
    """Whatever Python's hashes are, a word has its own frequency: else fingerprints differ by process."""
    told = subprocess.run(
        [sys.executable, "-c", _ASK], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[3.2, 1.3]"
