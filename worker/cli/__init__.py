"""The command line. Each command is imported only when it runs."""

import errno
import importlib
import sys
from typing import Any

import click

from worker import __version__
from worker.errors import CopydeskError

#: Command -> its module, which defines ``<command>_command``. Imports take most of the time of a short command.
COMMANDS = {
    "up": "service",
    "watch": "service",
    "worker": "service",
    "scheduler": "service",
    "web": "web",
    "ingest": "ingest",
    "stories": "stories",
    "story": "stories",
    "files": "files",
    "why": "files",
    "clean": "offline",
    "compare": "offline",
    "export": "export",
    "changes": "changes",
    "merge": "correct",
    "split": "correct",
    "not-a-copy": "correct",
    "pin": "correct",
    "evaluate": "evaluate",
    "bench": "bench",
    "retry": "retry",
    "reprocess": "reprocess",
    "prune": "prune",
    "erase": "erase",
    "backup": "backup",
    "restore": "backup",
    "status": "ops",
    "health": "ops",
    "check": "ops",
    "migrate": "ops",
}


class _Lazy(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"worker.cli.{COMMANDS[name]}")
        command: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message} See: copydesk --help", ctx) from error


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="copydesk")
def commands() -> None:
    """Turn news files into stories: one canonical text per dispatch, with all its copies.

    \b
    Start here:  copydesk ingest seeds/      read the files and show the stories
                 copydesk up                 run the whole service until Ctrl-C
    """  # noqa: D301  Click needs the escape itself


def main() -> None:
    """Run the command line. Exit status: 0 success, 1 failure, 2 wrong usage."""
    try:
        commands.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CopydeskError as error:
        click.echo(f"copydesk: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            click.echo(f"copydesk: Output or data can't be written: {error.strerror}.", err=True)
            sys.exit(1)
        if not _is_database(error):
            raise
        message = str(getattr(error, "orig", error)).strip().splitlines()[0]
        click.echo(f"copydesk: Postgres does not answer as expected: {message}. See: copydesk check", err=True)
        sys.exit(1)


def _is_database(error: Exception) -> bool:
    """Return whether SQLAlchemy or psycopg raised the error, without importing them."""
    kinds = {(kind.__module__, kind.__name__) for kind in type(error).__mro__}
    return not kinds.isdisjoint({("sqlalchemy.exc", "DBAPIError"), ("psycopg", "Error")})
