"""Register a webhook after checking its address and the kinds of changes that it asks for."""

from sqlalchemy import Connection

from worker.article import ChangeKind
from worker.errors import CopydeskError
from worker.store import webhooks
from worker.webhooks.address import parse
from worker.webhooks.signature import new_secret, shown


def register(connection: Connection, url: str, events: str | None, after: int | None) -> tuple[int, str]:
    """Store a webhook; return its id, and its secret as receivers configure it.

    ``events`` are kinds of changes with commas between them, None: all. It gets the changes after the id ``after``,
    None: later ones. Where the address leads is checked at each attempt, by the scheduler: its settings and its network
    may differ from those here.

    Raises:
        CopydeskError: the address is none, a kind of change is unknown, there is no change ``after`` yet, or there are
            too many webhooks.
    """
    parse(url)
    if after is not None and after > (newest := webhooks.newest_change(connection)):
        raise CopydeskError(
            f"There is no change {after} yet, and the changes up to it would never be sent: the newest is {newest}."
            " Leave --after out to begin with the next one."
        )
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
