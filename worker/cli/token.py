"""``copydesk token``: named tokens for people and programs that read, post articles or correct stories."""

import click

from worker.article import TokenScope
from worker.cli import output
from worker.cli.database import database
from worker.cli.options import JSON_ARRAY, JSON_OBJECT
from worker.errors import CopydeskError


@click.group("token", epilog="Example:  copydesk token add desk-tools --scope write")
def token_command() -> None:
    """Add, list and revoke tokens for the pages and the API.

    People sign in to the pages with them, and programs use the API.

    Corrections are stored with the name of the token. COPYDESK_WEB_TOKEN, which has no name, is valid too.
    """


@token_command.command("add", epilog="Example:  copydesk token add feed-reader --scope ingest")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice([str(scope) for scope in TokenScope]),
    required=True,
    help="read: read, and match texts; ingest: post articles; write: both, and correct stories and retry files.",
)
@JSON_OBJECT
def add_command(name: str, scope: str, as_json: bool) -> None:
    """Create a token and print it. It is not shown again: only its hash is stored."""
    from worker.operations import tokens

    with database() as (_, engine), engine.begin() as connection:
        token = tokens.create(connection, name, TokenScope(scope))
    if as_json:
        output.print_json({"name": name, "scope": scope, "token": token})
    else:
        output.print_text(token)
        output.say(f"This is the token of {name}. It is not shown again. It is valid at once, until you revoke it.")


@token_command.command("list", epilog="Example:  copydesk token list")
@JSON_ARRAY
def list_command(as_json: bool) -> None:
    """List the tokens, also the revoked ones, without their secrets."""
    from worker.store.tokens import all_tokens

    with database() as (_, engine), engine.connect() as connection:
        rows = all_tokens(connection)
    if as_json:
        fields = ("name", "scope", "created_at", "revoked_at")
        output.print_json_rows({field: getattr(row, field) for field in fields} for row in rows)
        return
    for row in rows:
        state = f"revoked {row.revoked_at:%Y-%m-%d %H:%M}" if row.revoked_at else "valid"
        click.echo(f"{row.name:24} {row.scope:8} {row.created_at:%Y-%m-%d %H:%M}  {state}")
    if not rows:
        output.say("There is no token. Create one: copydesk token add NAME --scope read|write|ingest")


@token_command.command("revoke", epilog="Example:  copydesk token revoke feed-reader")
@click.argument("name")
def revoke_command(name: str) -> None:
    """Revoke a token, with the sessions that it opened."""
    from worker.store import tokens

    with database() as (_, engine), engine.begin() as connection:
        if not tokens.revoke(connection, name):
            raise CopydeskError(f"There is no valid token with the name {name}. See: copydesk token list")
    click.echo(f"The token {name} is revoked.")
