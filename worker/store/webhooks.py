"""Webhooks: register, list and remove them, and stop and resume sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

#: More would share the scheduler's connections and memory; a program in between can pass messages on to any number.
MOST = 20


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook without its secret. ``events`` are kinds of changes, None: all. ``waiting``: changes are to be sent.

    It has failed ``failures`` times in a row since ``failing_since``, the last time because of ``problem``, and is not
    tried before ``next_at``. Nothing is sent to it if ``disabled_at`` is set.
    """

    id: int
    url: str
    events: list[str] | None
    created_at: datetime
    after: int
    waiting: bool
    failures: int
    failing_since: datetime | None
    next_at: datetime
    disabled_at: datetime | None
    disabled_reason: str | None
    problem: str | None


_NEWEST = "(SELECT coalesce(max(id), 0) FROM changes)"
_EPOCH = "(SELECT epoch FROM feed_epochs ORDER BY number DESC LIMIT 1)"
_WAITING = f"(after < {_NEWEST} OR epoch <> {_EPOCH})"
_ROWS = f"""
    SELECT id, url, events, created_at, after, {_WAITING} AS waiting, failures, failing_since, next_at, disabled_at,
        disabled_reason, (
            SELECT problem FROM webhook_messages
            WHERE webhook_id = webhooks.id AND delivered_at IS NULL) AS problem
    FROM webhooks"""


def newest_change(connection: Connection) -> int:
    """Return the id of the newest change, 0 if there is none."""
    return int(connection.execute(text(f"SELECT {_NEWEST}")).scalar_one())


def add(connection: Connection, url: str, events: Sequence[str] | None, secret: bytes, after: int | None) -> int | None:
    """Store a webhook that gets the changes after the id ``after``, None: later ones; return its id.

    None is returned if there are as many as there may be.
    """
    connection.execute(text("LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE"))
    row = connection.execute(
        text(
            "INSERT INTO webhooks (url, events, secret, after, epoch)"
            f" SELECT :url, :events, :secret, coalesce(:after, {_NEWEST}), {_EPOCH}"
            " WHERE (SELECT count(*) FROM webhooks) < :most RETURNING id"
        ),
        {
            "url": url,
            "events": list(events) if events is not None else None,
            "secret": secret,
            "after": after,
            "most": MOST,
        },
    ).one_or_none()
    return row.id if row else None


def remove(connection: Connection, webhook_id: int) -> bool:
    """Remove a webhook with its messages; return whether there was one."""
    statement = text("DELETE FROM webhooks WHERE id = :id RETURNING id")
    return connection.execute(statement, {"id": webhook_id}).one_or_none() is not None


def enable(connection: Connection, webhook_id: int) -> bool:
    """Send to a webhook from now on, after the last message that it got; return whether there is one."""
    statement = text(
        "UPDATE webhooks SET disabled_at = NULL, disabled_reason = NULL, failures = 0, failing_since = NULL,"
        " next_at = now() WHERE id = :id RETURNING id"
    )
    return connection.execute(statement, {"id": webhook_id}).one_or_none() is not None


def disable_all(connection: Connection, reason: str) -> int:
    """Stop sending to every webhook; return how many were not stopped already."""
    statement = text(
        "UPDATE webhooks SET disabled_at = now(), disabled_reason = :reason WHERE disabled_at IS NULL RETURNING id"
    )
    return len(connection.execute(statement, {"reason": reason}).all())


def all_webhooks(connection: Connection) -> list[WebhookRow]:
    """Return every webhook in the order of their creation."""
    return [WebhookRow(*row) for row in connection.execute(text(f"{_ROWS} ORDER BY id"))]


def disabled(connection: Connection) -> list[WebhookRow]:
    """Return the webhooks to which nothing is sent."""
    return [WebhookRow(*row) for row in connection.execute(text(f"{_ROWS} WHERE disabled_at IS NOT NULL ORDER BY id"))]


def failing(connection: Connection) -> list[WebhookRow]:
    """Return the webhooks that fail again and again; one failure is no sign of trouble, as when a receiver restarts."""
    condition = "disabled_at IS NULL AND failures > 1"
    return [WebhookRow(*row) for row in connection.execute(text(f"{_ROWS} WHERE {condition} ORDER BY id"))]


def unattended(connection: Connection, seconds: float) -> list[WebhookRow]:
    """Return the webhooks that nobody tried for so long although a change has waited for as long."""
    rows = connection.execute(
        text(
            f"{_ROWS} WHERE disabled_at IS NULL AND next_at < now() - :time AND"
            " (SELECT at FROM changes WHERE id > webhooks.after ORDER BY id LIMIT 1) < now() - :time ORDER BY id"
        ),
        {"time": timedelta(seconds=seconds)},
    )
    return [WebhookRow(*row) for row in rows]


def due(connection: Connection) -> list[int]:
    """Return the ids of the webhooks to which something is to be sent now."""
    rows = connection.execute(
        text(f"SELECT id FROM webhooks WHERE disabled_at IS NULL AND next_at <= now() AND {_WAITING} ORDER BY id")
    )
    return [row.id for row in rows]


def address_and_secret(connection: Connection, webhook_id: int) -> tuple[str, bytes] | None:
    """Return the URL of a webhook and the key of its signatures."""
    row = connection.execute(text("SELECT url, secret FROM webhooks WHERE id = :id"), {"id": webhook_id}).one_or_none()
    return (row.url, bytes(row.secret)) if row else None
