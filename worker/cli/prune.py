"""``copydesk prune``: remove kept original bytes by a rule that a person gives."""

from dataclasses import asdict
from datetime import datetime

import click

from worker.article import FileState
from worker.cli import output
from worker.cli.database import database
from worker.cli.progress import progress
from worker.cli.stories import Since
from worker.operations.prune import prune
from worker.store.prune import PruneRule

#: What a person calls a place -> the state of the files whose bytes stand there.
_PLACES = {"archive": FileState.DONE, "quarantine": FileState.QUARANTINED}


@click.command("prune", epilog="Example:  copydesk prune --older-than 90d --dry-run")
@click.option(
    "--older-than",
    "before",
    metavar="T",
    type=Since(),
    required=True,
    help="Of files that had their outcome before T: 2026-01-31, 90d, 12w.",
)
@click.option("--only", type=click.Choice(list(_PLACES)), help="Only what stands in the archive, or in the quarantine.")
@click.option("--dry-run", is_flag=True, help="Remove nothing; tell how much it would be.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def prune_command(before: datetime, only: str | None, dry_run: bool, as_json: bool) -> None:
    """Remove the original bytes that are kept of files, by a rule.

    Cleaned texts, stories and the ledger stay; the ledger tells since when the bytes are gone. Such files can't be
    tried again (`retry`) nor made anew (`reprocess`). Bytes that came several times go when all of their deliveries
    fall under the rule.
    """
    rule = PruneRule(before, tuple(str(state) for place, state in _PLACES.items() if only in {None, place}))
    with database() as (settings, engine), progress() as bar:
        task = bar.add_task("Removing kept bytes", total=None, rate="")
        found = prune(
            settings, engine, rule, lambda done, total: bar.update(task, completed=done, total=total), dry=dry_run
        )
    if as_json:
        output.print_json(asdict(found) | {"dry_run": dry_run})
        return
    would = "would be" if dry_run else "were"
    click.echo(f"{found.files:,} kept files of {found.bytes:,} bytes {would} removed.")
