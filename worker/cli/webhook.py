"""``copydesk webhook``: addresses of other programs to which changes of stories are sent."""

import sys

import click

from worker.cli import output
from worker.cli.database import database
from worker.cli.options import ID, JSON_ARRAY, JSON_OBJECT
from worker.errors import CopydeskError


@click.group("webhook", epilog="Example:  copydesk webhook add https://desk.example.org/copydesk")
def webhook_command() -> None:
    """Add, list, test and remove webhooks. Changes of stories are sent to their addresses.

    Messages are signed, and arrive in order. A receiver that is down gets them later.
    """


def _missing(webhook: int) -> CopydeskError:
    return CopydeskError(f"There is no webhook {webhook}. See: copydesk webhook list")


@webhook_command.command("add", epilog="Example:  copydesk webhook add https://desk.example.org/hook --events merged")
@click.argument("url")
@click.option("--events", metavar="KINDS", help="Only these kinds of changes, such as created,merged.")
@click.option(
    "--after",
    metavar="CHANGE",
    type=click.IntRange(0, 2**63 - 1),
    help="Begin after this change; 0: with the first one.  [default: with the next one]",
)
@JSON_OBJECT
def add_command(url: str, events: str | None, after: int | None, as_json: bool) -> None:
    """Register a webhook, and print its secret. Messages are signed with it; it is not shown again.

    The scheduler checks where the address leads whenever it sends. To see what it finds: copydesk webhook test
    """
    from worker.webhooks.register import register

    with database() as (_, engine), engine.begin() as connection:
        webhook, secret = register(connection, url, events, after)
    if as_json:
        output.print_json({"id": webhook, "url": url, "secret": secret})
    else:
        output.print_text(secret)
        output.say(
            f"This is the secret of webhook {webhook}. It is not shown again: configure it at the receiver. "
            f"Check that the scheduler reaches it: copydesk webhook test {webhook}"
        )


@webhook_command.command("list", epilog="Example:  copydesk webhook list")
@JSON_ARRAY
def list_command(as_json: bool) -> None:
    """List the webhooks. Each is shown with the last change that it has got and what keeps it from more."""
    from worker.store.webhooks import all_webhooks

    with database() as (_, engine), engine.connect() as connection:
        rows = all_webhooks(connection)
    if as_json:
        output.print_json_rows(rows)
        return
    for row in rows:
        click.echo(f"{row.id:3}  {row.url}\n     {', '.join(row.events or ['all changes'])}, up to change {row.after}")
        if row.disabled_at:
            click.echo(f"     disabled since {row.disabled_at:%Y-%m-%d %H:%M}. {row.disabled_reason}")
        elif row.failing_since:
            click.echo(f"     failing since {row.failing_since:%Y-%m-%d %H:%M}, next try {row.next_at:%H:%M:%S} UTC")
            click.echo(f"     the last time: {row.problem}")
        elif row.waiting:
            click.echo("     changes are being sent")
    if not rows:
        output.say("There is no webhook. Register one: copydesk webhook add URL")


@webhook_command.command("test", epilog="Example:  copydesk webhook test 1")
@click.argument("webhook", type=ID)
def test_command(webhook: int) -> None:
    """Send a signed test message, and print the answer. Its type is `test`. Exit 1 without success.

    The scheduler sends all messages, so the answer is for its settings and its network, not for those of this command.
    """
    from worker.store.webhooks import address_and_secret
    from worker.webhooks.testing import ask

    with database() as (_, engine):
        with engine.connect() as connection:
            if address_and_secret(connection, webhook) is None:
                raise _missing(webhook)
        answer = ask(engine, webhook)
    if answer.problem:
        output.say(f"The scheduler reports: {answer.problem}")
        sys.exit(1)
    click.echo(f"The receiver answered {answer.status}.")


@webhook_command.command("enable", epilog="Example:  copydesk webhook enable 1")
@click.argument("webhook", type=ID)
def enable_command(webhook: int) -> None:
    """Send to a disabled or failing webhook again. It begins with what the webhook has not got."""
    from worker.store import webhooks

    with database() as (_, engine), engine.begin() as connection:
        if not webhooks.enable(connection, webhook):
            raise _missing(webhook)
    click.echo(f"Messages are sent to webhook {webhook} from now on.")


@webhook_command.command("remove", epilog="Example:  copydesk webhook remove 1")
@click.argument("webhook", type=ID)
def remove_command(webhook: int) -> None:
    """Remove a webhook, with its secret and its messages."""
    from worker.store import webhooks

    with database() as (_, engine), engine.begin() as connection:
        if not webhooks.remove(connection, webhook):
            raise _missing(webhook)
    click.echo(f"Webhook {webhook} is removed.")
