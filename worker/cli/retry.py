"""``copydesk retry``: give quarantined files a second chance, after what was wrong with them was mended."""

import click
from sqlalchemy import Connection

from worker.cli import output
from worker.cli.database import database
from worker.display import as_id
from worker.errors import CopydeskError
from worker.store import recovery
from worker.store.read.files import file, files_named


@click.command("retry", epilog="Example:  copydesk retry --all")
@click.argument("names", metavar="FILE...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All quarantined files.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object.")
def retry_command(names: tuple[str, ...], everything: bool, json_wanted: bool) -> None:
    """Try quarantined files again, from the bytes that are kept of them.

    Give ids or names as `copydesk files` shows them, or --all.
    """
    if bool(names) == everything:
        raise click.UsageError("Name the files to try again, or give --all.")
    with database() as (settings, engine):
        from worker.queue.batching import batches
        from worker.queue.tasks import send

        with engine.begin() as connection:
            ids = None if everything else [number for name in names for number in _ids(connection, name)]
            found = recovery.retry_quarantined(connection, ids)
        if names and not (found.files or found.never_read or found.pruned):
            raise CopydeskError("None of these files is in quarantine. See: copydesk files --state quarantined")
        sizes = [(one.id, one.size) for one in found.files]
        send(batches(sizes, settings.batch_files, settings.batch_bytes))
    if json_wanted:
        output.print_json({"retried": len(found.files), "never_read": found.never_read, "pruned": found.pruned})
        return
    click.echo(f"{len(found.files):,} files or parts of files are tried again.")
    if found.never_read:
        click.echo(f"{found.never_read:,} were refused before they were read, so nothing is kept: deliver them again.")
    if found.pruned:
        click.echo(f"Of {found.pruned:,} `copydesk prune` removed the bytes: deliver them again.")


def _ids(connection: Connection, name: str) -> list[int]:
    number = as_id(name)
    found = file(connection, number) if number is not None else None
    ids = [found.id] if found else [row.id for row in files_named(connection, name)]
    if not ids:
        raise CopydeskError(f"No file is known by the name {name}. See: copydesk files --state quarantined")
    return ids
