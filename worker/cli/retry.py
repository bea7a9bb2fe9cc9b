"""``copydesk retry``: process quarantined files again, after the cause was fixed."""

import click
from sqlalchemy import Connection

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_OBJECT
from worker.display import as_id
from worker.errors import CopydeskError
from worker.store import recovery
from worker.store.read.files import file, files_named


@click.command("retry", epilog="Example:  copydesk retry --all")
@click.argument("names", metavar="FILE...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Retry all quarantined files.")
@JSON_OBJECT
def retry_command(names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Process quarantined files again from stored bytes.

    Give ids or names as shown by `copydesk files`, or --all.
    """
    if bool(names) == everything:
        raise click.UsageError("Name the files to retry, or give --all.")
    with database() as (settings, engine):
        from worker.queue.batching import enqueue

        with engine.begin() as connection:
            ids = None if everything else [number for name in names for number in _ids(connection, name)]
            retried = recovery.retry_quarantined(connection, ids)
        if names and not (retried.files or retried.never_read or retried.pruned):
            raise CopydeskError("None of these files is in quarantine. See: copydesk files --state quarantined")
        enqueue(settings, [(row.id, row.size) for row in retried.files])
    pruned = retried.pruned - retried.erased
    if as_json:
        others = {"never_read": retried.never_read, "pruned": pruned, "erased": retried.erased}
        output.print_json({"retried": len(retried.files)} | others)
        return
    click.echo(f"{len(retried.files):,} files or parts of files will be processed again.")
    if retried.never_read:
        click.echo(f"{retried.never_read:,} were rejected unread, so their bytes are not stored: deliver them again.")
    if pruned:
        click.echo(f"The bytes of {pruned:,} were removed by `copydesk prune`: deliver them again.")
    if retried.erased:
        click.echo(f"The bytes of {retried.erased:,} were removed by `copydesk erase`: there is nothing to process.")


def _ids(connection: Connection, name: str) -> list[int]:
    number = as_id(name)
    row = file(connection, number) if number is not None else None
    ids = [row.id] if row else [row.id for row in files_named(connection, name)]
    if not ids:
        raise CopydeskError(f"No file is called {name}. See: copydesk files --state quarantined")
    return ids
