"""Commands for who runs the service: ``status``, ``health``, ``check``, ``migrate``."""

import json
import socket
import sys
from dataclasses import asdict

import click

from worker.cli.database import database, settings_on_servers
from worker.store.session import engine


@click.command("migrate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def migrate_command(as_json: bool) -> None:
    """Bring the database's tables to this version.

    Example: copydesk migrate
    """
    from worker.store.migrate import migrate

    with settings_on_servers() as settings:
        made = engine(settings)
        before, after = migrate(made)
        made.dispose()
    if as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    else:
        click.echo(f"The tables are at version {after}" + (f", from {before}." if before != after else "."))


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def status_command(as_json: bool) -> None:
    """Show whether the service is well: processes, queue, files, stories. Exit 1 when it is not.

    Example: copydesk status
    """
    with database() as (settings, made):
        from worker.operations.health import status  # the Celery app reads the servers' addresses when it is imported

        found = status(settings, made)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=str))
    else:
        for line in found.lines():
            click.echo(line)
    sys.exit(0 if found.ok else 1)


@click.command("health")
@click.argument("kind", type=click.Choice(["watcher", "worker", "scheduler", "web"]))
def health_command(kind: str) -> None:
    """Tell whether a part of the service on this machine gave a sign of life lately: exit 0 or 1.

    Example: copydesk health worker
    """
    from worker.queue.heartbeat import count

    with database() as (_, made):
        alive = count(made, kind, socket.gethostname())
    click.echo(f"{kind}: {'alive' if alive else 'no sign of life'}", err=not alive)
    sys.exit(0 if alive else 1)


@click.command("check")
@click.option("--deep", is_flag=True, help="Also read all tables, texts and kept bytes for contradictions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def check_command(deep: bool, as_json: bool) -> None:
    """Check settings, folders and servers, with a hint for each thing that is wrong. Exit 1 when one is.

    Example: copydesk check
    """
    from worker.kernel import library
    from worker.operations.audit import contradictions

    with settings_on_servers() as settings:
        from worker.operations.health import check

        found = check(settings)
        if deep and not found:
            made = engine(settings)
            found = list(contradictions(settings, made))
            made.dispose()
    if as_json:
        click.echo(json.dumps({"ok": not found, "problems": found}, indent=2))
    else:
        for problem in found:
            click.echo(f"- {problem}")
        click.echo("Something must be mended." if found else "All is well.")
        if library.loaded is None:
            click.echo("There is no compiled kernel, so NumPy does its work: the same results, more slowly.")
    sys.exit(1 if found else 0)
