"""Options and argument types that several commands share."""

import click

#: Rows of a table without ``--limit``; JSON has all.
TABLE_ROWS = 50
ID = click.IntRange(min=1, max=2**31 - 1)
JSON_OBJECT = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
JSON_ARRAY = click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
LIMIT = click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help=f"At most N rows; without it a table shows {TABLE_ROWS}."
)
NOTE = click.option("--note", metavar="WORDS", help="The reason, stored with the correction.")
