"""Every reading command explains itself with an example that names it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from worker.cli import commands

READING = ["stories", "story", "files", "why", "clean", "compare", "export"]


@pytest.mark.parametrize("name", READING)
def test_help_ends_with_an_example(name: str) -> None:
    """The last lines of --help can be copied and changed."""
    last = CliRunner().invoke(commands, [name, "--help"]).stdout.rstrip().splitlines()[-1]
    assert last.strip().startswith(f"Example:  copydesk {name} ")


def test_the_first_help_says_where_to_start() -> None:
    """`copydesk --help` shows the two commands to start with, a line each, and no mark of Click's."""
    told = CliRunner().invoke(commands, ["--help"]).stdout
    assert "\\b" not in told
    assert "\n  Start here:  copydesk ingest seeds/ " in told
    assert re.search(r"^ +copydesk up  ", told, re.MULTILINE)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="only Linux has a device that is always full")
def test_a_full_disk_behind_the_output_is_told() -> None:
    """Whatever a command prints into a full disk, it ends with a sentence and a failure."""
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "worker", "--help"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode != 0
    assert ended.stderr.startswith(b"copydesk: What it prints or keeps can't be written: No space left on device.\n")
    assert b"Traceback" not in ended.stderr
