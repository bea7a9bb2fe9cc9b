"""`copydesk --help` and Tab answer at once: they import none of the libraries that take long."""

import os
import subprocess
import sys

import click
import pytest

from worker.cli import COMMANDS, commands

#: Libraries of which each takes a tenth of a second or more.
_SLOW = {"celery", "sqlalchemy", "numpy", "lxml", "pydantic", "rich", "structlog", "psycopg"}
#: Runs the command line, and prints which libraries it has imported at the end.
_PROGRAM = """
import sys
from worker.cli import main
try:
    main()
finally:
    print("imported", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def completing(*words: str) -> dict[str, str]:
    """Return the variables with which bash asks for the words that may follow."""
    return {
        "_COPYDESK_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("copydesk", *words)),
        "COMP_CWORD": str(len(words)),
    }


@pytest.mark.parametrize(
    ("arguments", "variables", "shown"),
    [
        (["--help"], {}, "reprocess"),
        ([], completing("rep"), "plain,reprocess"),
        ([], completing("status", "--j"), "plain,--json"),
        ([], completing("up", "--h"), "plain,--help"),
    ],
)
def test_no_slow_library_is_imported(arguments: list[str], variables: dict[str, str], shown: str) -> None:
    """Neither the main help nor a completion imports a slow library, and both have their answer."""
    program = _PROGRAM.replace("main()\n", "sys.argv[0] = 'copydesk'; main()\n", 1)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown in done.stdout, done.stderr
    imported = set(done.stderr.rpartition("imported")[2].split())
    assert imported
    assert not imported & _SLOW


@pytest.mark.parametrize("name", COMMANDS)
def test_each_summary_is_the_first_sentence_of_the_help(name: str) -> None:
    """The summary in the list of commands is the one of the command itself."""
    command = commands.get_command(click.Context(commands), name)
    assert command
    assert command.get_short_help_str(1000) == COMMANDS[name][1]
