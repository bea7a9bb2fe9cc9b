"""``copydesk corrections``: who corrected what and when, with the numbers that ``copydesk undo`` takes."""

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_ARRAY, LIMIT, TABLE_ROWS
from worker.cli.table import Column, print_table
from worker.explain.corrections import correction_sentence
from worker.store import correction_log
from worker.store.correction_log import LoggedCorrection
from worker.store.read.snapshot import snapshot

_COLUMNS = (
    Column("correction", right=True),
    Column("made"),
    Column("by", optional=True),
    Column("what", wide=True, fold=True, least=20),
    Column("note", wide=True, fold=True, least=15),
)
_EMPTY = (
    "Nobody has corrected anything yet. `copydesk merge`, `split` and `pin` do, as the pages do; each correction is "
    "then listed here, with the number that `copydesk undo` takes."
)


@click.command("corrections", epilog="Example:  copydesk corrections --limit 5")
@LIMIT
@JSON_ARRAY
def corrections_command(limit: int | None, as_json: bool) -> None:
    """List the corrections of people, newest first. Each has the number that `copydesk undo` takes."""
    with database() as (_, engine), snapshot(engine) as connection:
        rows = correction_log.page(connection, limit or (None if as_json else TABLE_ROWS))
    if as_json:
        output.print_json_rows(rows)
        return
    print_table(_COLUMNS, map(_cells, rows))
    if not rows:
        output.say(_EMPTY)


def _cells(made: LoggedCorrection) -> tuple[object, ...]:
    undone = f" Undone by {made.undone_by}." if made.undone_by else ""
    return made.id, made.made_at, made.made_by or "a command", correction_sentence(made) + undone, made.note or ""
