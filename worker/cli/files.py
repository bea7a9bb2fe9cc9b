"""``copydesk files``: the delivered files and their outcomes."""

import click

from worker.article import FileState
from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_ARRAY, LIMIT, TABLE_ROWS
from worker.cli.table import Column, print_table
from worker.store.read.files import FileRow, all_file_rows, file_rows
from worker.store.read.snapshot import snapshot

_COLUMNS = (
    Column("id", right=True),
    Column("path", wide=True, keep_end=True),
    Column("state"),
    Column("articles", right=True),
    Column("reason", wide=True, fold=True),
)


@click.command("files", epilog="Example:  copydesk files --state quarantined")
@click.option("--state", type=click.Choice([str(state) for state in FileState]), help="Only files in this state.")
@LIMIT
@JSON_ARRAY
def files_command(state: str | None, limit: int | None, as_json: bool) -> None:
    """List the delivered files and their outcomes. The newest come first."""
    with database() as (_, engine), snapshot(engine) as connection:
        if as_json:
            selected = file_rows(connection, state=state, limit=limit) if limit else all_file_rows(connection, state)
            output.print_json_rows(selected)
            return
        most = limit or TABLE_ROWS
        rows = file_rows(connection, state=state, limit=most + 1)
        print_table(_COLUMNS, ((f.id, f.path, f.state, f.articles, _outcome(f)) for f in rows[:most]))
        if not rows:
            output.say("There are no such files.")
        elif len(rows) > most:
            output.say(f"Only the newest {most} files are shown; --limit shows more.")


def _outcome(file: FileRow) -> str:
    if file.reason or not file.bad_records:
        return file.reason or ""
    first = file.bad_record_reasons[0]
    return f"{file.bad_records:,} records were rejected; the first: {first.reason}"
