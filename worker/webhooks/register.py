"""Register a webhook after checking its address and the kinds of changes that it asks for."""

import socket
from contextlib import suppress

from sqlalchemy import Connection

from worker.article import ChangeKind
from worker.errors import CopydeskError
from worker.settings import Settings
from worker.store import webhooks
from worker.webhooks.address import parse, resolve
from worker.webhooks.signature import new_secret, shown


def register(
    connection: Connection, settings: Settings, url: str, events: str | None, after: int | None
) -> tuple[int, str]:
    """Store a webhook; return its id, and its secret as receivers configure it.

    ``events`` are kinds of changes with commas between them, None: all. It gets the changes after the id ``after``,
    None: later ones.

    Raises:
        CopydeskError: the address or a kind of change can't be used, or there are too many webhooks.
    """
    receiver = parse(url)
    with suppress(socket.gaierror):  # it may be known to the scheduler's machine only; each attempt resolves it again
        resolve(receiver, settings.webhook_networks)
    secret = new_secret()
    webhook_id = webhooks.add(connection, url, None if events is None else _kinds(events), secret, after)
    if webhook_id is None:
        raise CopydeskError(f"There are {webhooks.MOST} webhooks, as many as possible. See: copydesk webhook list")
    return webhook_id, shown(secret)


def _kinds(events: str) -> list[str]:
    kinds = list(dict.fromkeys(name.strip() for name in events.split(",")))
    if unknown := [kind for kind in kinds if kind not in set(ChangeKind)]:
        raise CopydeskError(f"There is no kind of change {unknown[0]!a}, but {', '.join(ChangeKind)}.")
    return kinds
