"""``copydesk prune``: remove archived original bytes that a rule selects."""

from dataclasses import asdict
from datetime import datetime

import click

from worker.article import FileState
from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_OBJECT
from worker.cli.stories import Since
from worker.operations.prune import prune
from worker.store.prune import PruneRule

#: Folder -> the state of the files whose bytes it holds.
_STATES = {"archive": FileState.DONE, "quarantine": FileState.QUARANTINED}


@click.command("prune", epilog="Example:  copydesk prune --older-than 90d --dry-run")
@click.option(
    "--older-than",
    "before",
    metavar="T",
    type=Since(),
    required=True,
    help="Only bytes of files that were finished before T: 2026-01-31, 90d, 12w.",
)
@click.option("--only", type=click.Choice(list(_STATES)), help="Only bytes in the archive, or in the quarantine.")
@click.option("--dry-run", is_flag=True, help="Remove nothing; print how much would be removed.")
@JSON_OBJECT
def prune_command(before: datetime, only: str | None, dry_run: bool, as_json: bool) -> None:
    """Remove the stored bytes of files that a rule selects.

    Cleaned texts, stories and the ledger stay; the ledger records when the bytes were removed. `retry` and
    `reprocess` can't process such files again. Bytes that were delivered several times are removed when the rule
    selects all of their deliveries.
    """
    rule = PruneRule(before, tuple(str(state) for folder, state in _STATES.items() if only in {None, folder}))
    with database() as (settings, engine), output.progress() as bar:
        task = bar.add_task("Removing bytes", total=None, rate="")
        pruned = prune(
            settings, engine, rule, lambda done, total: bar.update(task, completed=done, total=total), dry=dry_run
        )
    if as_json:
        output.print_json(asdict(pruned) | {"dry_run": dry_run})
        return
    would = "would be" if dry_run else "were"
    click.echo(f"The stored bytes of {pruned.files:,} files ({pruned.bytes:,} bytes) {would} removed.")
