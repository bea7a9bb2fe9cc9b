"""The command line. Each command is imported only when it runs."""

import errno
import importlib
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from worker import __version__
from worker.errors import CopydeskError

#: Command -> its module, which defines ``<command>_command``, and its summary, the first sentence of its help. Imports
#: take most of the time of a short command, so `copydesk --help` and Tab import none of the modules.
COMMANDS = {
    "up": ("service", "Run the whole service until Ctrl-C."),
    "watch": ("service", "Watch the inbox and enqueue new files."),
    "stream": ("service", "Enqueue the articles of the stream COPYDESK_STREAM."),
    "worker": ("service", "Process queued files: clean, fingerprint, match them."),
    "scheduler": ("service", "Enqueue lost files, index articles, send to webhooks."),
    "web": ("web", "Serve the pages and the API until Ctrl-C."),
    "ingest": ("ingest", "Process files or folders, and show their stories."),
    "stories": ("stories", "List the stories, newest first."),
    "story": ("stories", "Show a story: text, copies and related stories."),
    "files": ("files", "List the delivered files and their outcomes."),
    "why": ("why", "Explain cleaning, story and evidence of an article."),
    "clean": ("clean", "Print the cleaned text of each article of FILE."),
    "compare": ("compare", "Report whether two files are one story, and why."),
    "export": ("export", "Write all stories, or all articles with their story."),
    "changes": ("changes", "Show what happened to stories, the oldest first."),
    "merge": ("correct", "Merge two stories into one."),
    "split": ("correct", "Move an article and its exact copies to a new story."),
    "not-a-copy": ("correct", "Keep two articles in different stories."),
    "translations": ("translations", "List stories that are one dispatch in two languages."),
    "not-a-translation": ("translations", "Remove the link between two stories for good."),
    "pin": ("correct", "Make an article the canonical one of its story."),
    "review": ("review", "Decide on close verdicts, and on odd stories."),
    "undo": ("correct", "Undo a correction, by default the last one."),
    "corrections": ("corrections", "List the corrections of people, newest first."),
    "bulk": ("bulk", "Match a whole corpus without the service."),
    "evaluate": ("evaluate", "Measure the pipeline on corpora, and print the scores."),
    "bench": ("bench", "Measure a running service with generated articles."),
    "retry": ("retry", "Process quarantined files again from stored bytes."),
    "reprocess": ("reprocess", "Process and match articles of older versions again."),
    "token": ("token", "Add, list and revoke tokens for the pages and the API."),
    "webhook": ("webhook", "Add, list, test and remove webhooks."),
    "prune": ("prune", "Remove the stored bytes of files that a rule selects."),
    "erase": ("erase", "Erase an article and all with the same words."),
    "backup": ("backup", "Write all tables and stored bytes to one file."),
    "restore": ("backup", "Restore a backup into an empty archive."),
    "status": ("ops", "Show whether the service is well, with key figures."),
    "health": ("ops", "Check that a part of the service here is alive."),
    "check": ("ops", "Check settings, folders and servers, with hints."),
    "migrate": ("ops", "Upgrade the database schema to this version."),
}


#: The commands in the order of `copydesk --help`, by what a user is about to do.
SECTIONS = {
    "Run": ("ingest", "bulk", "up", "watch", "stream", "worker", "scheduler", "web"),
    "Read": ("stories", "story", "translations", "files", "why", "clean", "compare", "export", "changes"),
    "Correct": ("merge", "split", "not-a-copy", "not-a-translation", "pin", "review", "undo", "corrections"),
    "Maintain": ("retry", "reprocess", "prune", "erase", "backup", "restore"),
    "Operate and measure": ("status", "health", "check", "migrate", "token", "webhook", "evaluate", "bench"),
}


#: What other programs have as a command -> where it is here.
_ELSEWHERE = {"search": "stories --search", "diff": "story ID --diff", "start": "up", "run": "up", "serve": "up"}
#: How alike a command must be to what was typed: `storys` is .77 like `stories`, and `zebra` .60 like `erase`.
_ALIKE = 0.7


def _outline(name: str) -> click.Command:
    """Return a command that has only a name and a summary."""
    return click.Command(name, help=COMMANDS[name][1])


def _instead(typed: str) -> str:
    """Return a question about the command that was probably meant, or nothing."""
    from difflib import get_close_matches

    similar = get_close_matches(typed, COMMANDS, 1, _ALIKE)
    meant = _ELSEWHERE.get(typed) or next(iter(similar), "")
    return f"Did you mean 'copydesk {meant}'? " if meant else ""


class _Lazy(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"worker.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        room = formatter.width - 6 - max(map(len, COMMANDS))
        for section, names in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, _outline(name).get_short_help_str(room)) for name in names])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [name for name in COMMANDS if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=_outline(name).get_short_help_str()) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message} {_instead(args[0])}See: copydesk --help", ctx) from error


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
