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
    "stream": ("service", "Read articles from the stream that COPYDESK_STREAM names and enqueue them."),
    "worker": ("service", "Process files from the queue: clean, fingerprint and match them."),
    "scheduler": (
        "service",
        "Find stuck files and enqueue them again, index articles for the search, and send to webhooks.",
    ),
    "web": ("web", "Serve the pages and the API until Ctrl-C."),
    "ingest": ("ingest", "Process files or folders to the end and show the stories that they became."),
    "stories": ("stories", "List the stories, newest first; with --search the best matches first."),
    "story": (
        "stories",
        "Show a story: text, copies, translations and related stories, or how a copy differs from the canonical text.",
    ),
    "files": ("files", "List the delivered files and their outcomes, newest first."),
    "why": ("why", "Explain what was cleaned, which story an article is in, and the evidence for it."),
    "clean": ("clean", "Print the cleaned text of each article of FILE; `-` reads standard input."),
    "compare": ("compare", "Report whether the first articles of two files are the same story, and why."),
    "export": (
        "export",
        "Write all stories (one canonical text each: the corpus without copies) or all articles with their stories.",
    ),
    "changes": (
        "changes",
        (
            "Show what happened to stories: created, copy added, canonical changed, merged, split, moved, reprocessed, "
            "erased."
        ),
    ),
    "merge": ("correct", "Merge two stories into one."),
    "split": (
        "correct",
        "Move an article and its exact copies into a new story, permanently separate from the others.",
    ),
    "not-a-copy": (
        "correct",
        "Keep two articles in different stories; if they are in the same one, the first leaves it.",
    ),
    "translations": (
        "translations",
        "List pairs of stories that are one dispatch in two languages, the newest first.",
    ),
    "not-a-translation": (
        "translations",
        "Remove the link between two stories for good: they are not one dispatch in two languages.",
    ),
    "pin": ("correct", "Make an article the canonical one of its story, whatever arrives later."),
    "review": (
        "review",
        "Decide on pairs that were joined or refused by little, and on stories that grow oddly, newest first.",
    ),
    "undo": ("correct", "Undo a correction, or without CORRECTION the last one that was not undone."),
    "corrections": ("corrections", "List the corrections of people, the newest first, with their numbers."),
    "bulk": (
        "bulk",
        "Match a whole corpus without the service: files in, one Parquet file of articles and stories out.",
    ),
    "evaluate": (
        "evaluate",
        "Run corpora through the real pipeline, each with an empty database, and print the scores.",
    ),
    "bench": (
        "bench",
        "Deliver generated articles to a running service and measure speed, latency, stages, memory and disk.",
    ),
    "retry": ("retry", "Process quarantined files again from their stored bytes."),
    "reprocess": (
        "reprocess",
        (
            "Process articles of other cleaner or fingerprint versions again from their stored bytes, "
            "and match them again."
        ),
    ),
    "token": (
        "token",
        "Add, list and revoke the tokens with which people sign in to the pages and programs use the API.",
    ),
    "webhook": ("webhook", "Add, list, test and remove webhooks: addresses to which changes of stories are sent."),
    "prune": ("prune", "Remove the stored original bytes of files that a rule selects."),
    "erase": (
        "erase",
        "Erase an article and all articles with the same words: texts, evidence, index, and the bytes of their files.",
    ),
    "backup": (
        "backup",
        "Write all tables and stored bytes to one file, which `copydesk restore` reads; `-` is standard output.",
    ),
    "restore": (
        "backup",
        "Restore a file of `copydesk backup` into an empty database and the archive; `-` is standard input.",
    ),
    "status": ("ops", "Show whether the service is well: processes, queue, files, stories."),
    "health": ("ops", "Check that a part of the service on this machine sent a heartbeat recently: exit 0 or 1."),
    "check": ("ops", "Check settings, folders and servers, and print a hint for each problem."),
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


def _outline(name: str) -> click.Command:
    """Return a command that has only a name and a summary."""
    return click.Command(name, help=COMMANDS[name][1])


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
