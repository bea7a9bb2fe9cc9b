"""Every reading command explains itself with an example that names it."""

import re

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
