"""Options and argument types that several commands share."""

import click

from worker.display import escape_text

#: Rows of a table without ``--limit``; JSON has all.
TABLE_ROWS = 50


def _parse_id(value: str | int) -> int:
    """Return an id of the database, which has 32 bits and begins at 1; raise BadParameter for anything else."""
    try:
        number = int(value)
    except ValueError:
        number = 0
    if not 1 <= number < 2**31:
        typed = escape_text(str(value))
        raise click.BadParameter(f"'{typed}' is not an id: ids are whole numbers up to 2147483647, such as 7.")
    return number


ID = _parse_id
JSON_OBJECT = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
JSON_ARRAY = click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
LIMIT = click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help=f"At most N rows; without it a table shows {TABLE_ROWS}."
)
NOTE = click.option("--note", metavar="WORDS", help="The reason, stored with the correction.")
