"""``copydesk reprocess``: make old articles anew with the present cleaner and fingerprint."""

import sys
from dataclasses import asdict

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.progress import progress
from worker.cli.table import Column, print_table
from worker.reprocess.run import MOST_TOLD, Changed, ReprocessRun, Summary, why_kept

_COLUMNS = (
    Column("article", right=True),
    Column("text"),
    Column("story", right=True),
    Column("becomes", right=True),
    Column("relation"),
    Column("becomes"),
)
#: Rows of the table; JSON has up to ``MOST_TOLD``.
_ROWS = 50


@click.command("reprocess", epilog="Example:  copydesk reprocess --dry-run")
@click.option(
    "--dry-run", is_flag=True, help="Write nothing; tell which articles' text, story or relation would change."
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Articles of the present versions too, as after a change of the debris rules.",
)
@click.option(
    "--after", metavar="ARTICLE", type=click.IntRange(min=0), default=0, help="Only articles behind this id, to go on."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def reprocess_command(dry_run: bool, everything: bool, after: int, as_json: bool) -> None:
    """Make articles of older cleaner or fingerprint versions anew from their kept bytes, and judge them again.

    The service may go on meanwhile. What is done is done: after Ctrl-C or a crash the next run goes on. Story ids stay
    readable, `merge`, `split` and `not-a-copy` are respected, and the change feed tells what changed.
    """
    with database() as (settings, engine), progress() as bar:
        run = ReprocessRun(settings, engine, dry=dry_run, everything=everything)
        task = bar.add_task("Making articles anew", total=None, rate="")
        try:
            summary = run(lambda done, last: bar.update(task, completed=done, total=last), after)
        except KeyboardInterrupt:
            if everything:
                output.say(f"Go on with: copydesk reprocess --all --after {run.summary.done}")
            raise
    if as_json:
        output.print_json(asdict(summary) | {"dry_run": dry_run})
    else:
        _show(summary, dry_run=dry_run)
    sys.exit(0)


def _show(summary: Summary, *, dry_run: bool) -> None:
    if summary.changed:
        print_table(_COLUMNS, map(_cells, summary.changed[:_ROWS]))
    if len(summary.changed) > _ROWS:
        output.say(f"{_ROWS} of the articles that change are shown; --json tells {MOST_TOLD:,}.")
    would = "would get" if dry_run else "got"
    lines = [
        (summary.looked_at, "articles were looked at"),
        (summary.unchanged, "stay as they are"),
        (summary.text_changed, f"{would} another text"),
        (summary.story_changed, f"{would} another story"),
        (summary.relation_changed, f"{would} another relation"),
    ]
    for count, words in lines:
        click.echo(f"{count:>9,} {words}")
    for reason, count in why_kept(summary).most_common():
        click.echo(f"{count:>9,} were kept as they were: {reason}")


def _cells(one: Changed) -> tuple[object, ...]:
    return (
        *(one.article_id, "changes" if one.text else "", one.story_before, one.story_after or "its own"),
        *(one.relation_before, one.relation_after if one.relation_after != one.relation_before else ""),
    )
