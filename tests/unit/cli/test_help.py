"""The help of the commands, and the message for output that can't be written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from worker.cli import COMMANDS, SECTIONS, commands

READING = ["stories", "story", "files", "why", "clean", "compare", "export"]


@pytest.mark.parametrize("name", READING)
def test_help_ends_with_an_example(name: str) -> None:
    """The last line of --help is an example of the command."""
    last = CliRunner().invoke(commands, [name, "--help"]).stdout.rstrip().splitlines()[-1]
    assert last.strip().startswith(f"Example:  copydesk {name} ")


def test_the_main_help_says_where_to_start() -> None:
    """`copydesk --help` shows the two commands to start with, one per line, and no Click escape."""
    shown = CliRunner().invoke(commands, ["--help"]).stdout
    assert "\\b" not in shown
    assert "\n  Start here:  copydesk ingest seeds/ " in shown
    assert re.search(r"^ +copydesk up  ", shown, re.MULTILINE)


def test_the_main_help_groups_all_commands() -> None:
    """Each command is in one section of `copydesk --help`, with its summary on one line of 80 columns."""
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(COMMANDS)
    shown = CliRunner().invoke(commands, ["--help"], terminal_width=80).stdout
    assert [line[:-1] for line in shown.splitlines() if line[:-1] in SECTIONS] == list(SECTIONS)
    assert all(re.search(rf"^  {name} +\S", shown, re.MULTILINE) for name in COMMANDS)
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("arguments", [[], ["token"], ["webhook"]])
def test_no_summary_is_cut_off(arguments: list[str]) -> None:
    """The list of commands shows each summary whole on 80 columns."""
    shown = CliRunner().invoke(commands, [*arguments, "--help"], terminal_width=80).stdout
    assert [line for line in shown.splitlines() if line.endswith("...") and "Usage" not in line] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("search", "stories --search"), ("diff", "story ID --diff"), ("mrege", "merge"), ("webhooks", "webhook")],
)
def test_an_unknown_command_names_the_one_that_is_meant(typed: str, meant: str) -> None:
    """A misspelt command, or one that other programs have, is answered with the command that does it here."""
    ended = CliRunner().invoke(commands, [typed])
    assert ended.exit_code == 2
    assert f"No such command '{typed}'. Did you mean 'copydesk {meant}'? See: copydesk --help" in ended.stderr


def test_a_command_like_no_other_names_none() -> None:
    """Where no command is meant, the message points to the help only."""
    assert "No such command 'zebra'. See: copydesk --help" in CliRunner().invoke(commands, ["zebra"]).stderr


@pytest.mark.parametrize("typed", ["abc", "0", "1.5", "2147483648"])
def test_what_is_no_id_is_refused_in_words(typed: str) -> None:
    """A word or number that can't be an id is refused with what an id looks like."""
    ended = CliRunner().invoke(commands, ["story", typed])
    assert ended.exit_code == 2
    assert f"'{typed}' is not an id: ids are whole numbers up to 2147483647, such as 7." in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="only Linux has a device that is always full")
def test_output_to_a_full_disk_fails_with_a_message() -> None:
    """A command that prints to a full disk fails with one sentence."""
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "worker", "--help"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode != 0
    assert ended.stderr.startswith(b"copydesk: Output or data can't be written: No space left on device.\n")
    assert b"Traceback" not in ended.stderr
