"""``copydesk reprocess``: process old articles again with the current cleaner and fingerprint."""

import sys
from dataclasses import asdict

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_OBJECT
from worker.cli.table import Column, print_table
from worker.reprocess.run import ReprocessRun
from worker.reprocess.summary import MOST_TOLD, Changed, Summary, why_kept

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
    "--dry-run", is_flag=True, help="Write nothing; show which articles would get another text, story or relation."
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also articles of the current versions, for example after a change of the debris rules.",
)
@click.option("--after", metavar="ARTICLE", type=click.IntRange(min=0), default=0, help="Only articles after this id.")
@JSON_OBJECT
def reprocess_command(dry_run: bool, everything: bool, after: int, as_json: bool) -> None:
    """Process and match articles of older versions again.

    Articles of other cleaner or fingerprint versions are read from their stored bytes.

    The service may keep running. Finished articles stay finished: after Ctrl-C or a crash the next run continues. Old
    story ids stay valid, `merge`, `split` and `not-a-copy` are respected, and the change feed reports the changes.
    Exits with 1 if compiled code crashed on an article, which stays as it was.
    """
    with database() as (settings, engine), output.progress() as bar:
        run = ReprocessRun(settings, engine, dry=dry_run, everything=everything)
        task = bar.add_task("Reprocessing articles", total=None, rate="")
        try:
            summary = run(lambda done, last: bar.update(task, completed=done, total=last), after)
        except KeyboardInterrupt:
            if everything:
                output.say(f"Continue with: copydesk reprocess --all --after {run.summary.done}")
            raise
    if as_json:
        output.print_json(asdict(summary) | {"dry_run": dry_run})
    else:
        _show(summary, dry_run=dry_run)
    for article, name in summary.crashed.items():
        output.say(
            f"Compiled code crashed on article {article} ({name}), which stays as it was. Please report it with the"
            " article's file and the traceback above; after an update give the command again."
        )
    sys.exit(1 if summary.crashed else 0)


def _show(summary: Summary, *, dry_run: bool) -> None:
    if summary.changed:
        print_table(_COLUMNS, map(_cells, summary.changed[:_ROWS]))
    if len(summary.changed) > _ROWS:
        output.say(f"{_ROWS} of the changed articles are shown; --json lists up to {MOST_TOLD:,}.")
    would = "would get" if dry_run else "got"
    lines = [
        (summary.looked_at, "articles were checked"),
        (summary.unchanged, "are unchanged"),
        (summary.text_changed, f"{would} another text"),
        (summary.story_changed, f"{would} another story"),
        (summary.relation_changed, f"{would} another relation"),
    ]
    for count, words in lines:
        click.echo(f"{count:>9,} {words}")
    for reason, count in why_kept(summary).most_common():
        click.echo(f"{count:>9,} were not reprocessed: {reason}")


def _cells(row: Changed) -> tuple[object, ...]:
    return (
        *(row.article_id, "changes" if row.text else "", row.story_before, row.story_after or "a new story"),
        *(row.relation_before, row.relation_after if row.relation_after != row.relation_before else ""),
    )
