"""Commands for operating the service: ``status``, ``health``, ``check``, ``migrate``."""

import json
import socket
import sys
from dataclasses import asdict

import click

from worker.article import ProcessKind
from worker.cli.database import database, settings_on_servers
from worker.cli.options import JSON_OBJECT
from worker.errors import CopydeskError


@click.command("migrate")
@JSON_OBJECT
def migrate_command(as_json: bool) -> None:
    """Upgrade the database schema to this version.

    Example: copydesk migrate
    """
    from worker.store.migrate import migrate

    with database(create=True) as (_, connected):
        before, after = migrate(connected)
    if as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    else:
        click.echo(f"The database schema is at version {after}" + (f", from {before}." if before != after else "."))


@click.command("status")
@JSON_OBJECT
def status_command(as_json: bool) -> None:
    """Show whether the service is well, with key figures. Exit 1 if it is not.

    Example: copydesk status
    """
    from worker.kernel import library

    try:
        with database() as (settings, connected):
            from worker.operations.health import status

            service_status = status(settings, connected)
    except CopydeskError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "problem": str(error)}, indent=2))
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(asdict(service_status), indent=2, default=str))
    else:
        for line in service_status.lines():
            click.echo(line)
        if library.loaded is None:
            click.echo(library.MISSING)
    sys.exit(0 if service_status.ok else 1)


@click.command("health")
@click.argument("kind", type=click.Choice([str(kind) for kind in ProcessKind]))
def health_command(kind: str) -> None:
    """Check that a part of the service here is alive.

    Exit 0 if that part sent a heartbeat on this machine recently, else 1.

    Example: copydesk health worker
    """
    from worker.store.heartbeats import count

    with database() as (_, connected):
        alive = count(connected, ProcessKind(kind), socket.gethostname())
    click.echo(f"{kind}: {'alive' if alive else 'no recent heartbeat'}", err=not alive)
    sys.exit(0 if alive else 1)


def _check(deep: bool) -> tuple[list[str], list[str]]:
    """Return the problems, and if there are none what does not work on this machine."""
    with settings_on_servers() as settings:
        from worker.operations.health import check, limits

        problems = check(settings)
        left_out = [] if problems else limits(settings)
        if deep and not problems:
            from worker.operations.audit import contradictions
            from worker.store.session import engine

            connected = engine(settings)
            problems = list(contradictions(settings, connected))
            connected.dispose()
    return problems, left_out


@click.command("check")
@click.option("--deep", is_flag=True, help="Also check all tables, texts and stored bytes for contradictions.")
@JSON_OBJECT
def check_command(deep: bool, as_json: bool) -> None:
    """Check settings, folders and servers, with hints. Prints a hint for each problem. Exit 1 if there is any.

    Example: copydesk check
    """
    from worker.kernel import library

    try:
        problems, left_out = _check(deep)
    except CopydeskError as error:
        if not as_json:
            raise
        problems, left_out = [str(error)], []
    if as_json:
        click.echo(json.dumps({"ok": not problems, "problems": problems}, indent=2))
    else:
        for problem in problems:
            click.echo(f"- {problem}")
        click.echo("There are problems to fix." if problems else "All is well.")
        for sentence in left_out:
            click.echo(sentence)
        if library.loaded is None:
            click.echo(library.MISSING)
    sys.exit(1 if problems else 0)
