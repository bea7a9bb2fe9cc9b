"""The messages to webhooks: which changes the next one has, and what became of the last ones.

A message is stored before its first attempt, so that each attempt has the same id and content, also after a restart.
The position of the webhook moves on in the transaction that stores the success, so no change is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Row, text

from worker.article import MessageKind
from worker.store.read.changes import ChangeRow, changes_between

#: Changes of one message, 150 bytes each: one by one, a receiver a tenth of a second away would get ten a second.
MOST_CHANGES = 100
#: Changes that one look-up passes over if the webhook wants none of their kinds.
_MOST_PASSED = 20_000
#: Messages of each webhook that are kept for the page of deliveries.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """A message to be sent: ``uuid`` names it in each attempt, ``secret`` signs it.

    If it says that a backup was ``restored``, it has no changes; ``after`` is then the last change that is kept.
    """

    id: int
    webhook_id: int
    url: str
    secret: bytes
    uuid: UUID
    kind: MessageKind
    after: int
    epoch: UUID
    created_at: datetime
    failures: int
    changes: list[ChangeRow]


@dataclass(frozen=True, slots=True)
class MessageRow:
    """What became of a message; it is not delivered yet if ``delivered_at`` is None."""

    id: int
    uuid: UUID
    kind: str
    after: int
    until: int
    changes: int
    created_at: datetime
    attempts: int
    tried_at: datetime | None
    status: int | None
    problem: str | None
    delivered_at: datetime | None


_WEBHOOK = text("""
    SELECT id, url, secret, events, after, epoch, failures,
        (SELECT epoch FROM feed_epochs ORDER BY number DESC LIMIT 1) AS current
    FROM webhooks WHERE id = :id AND disabled_at IS NULL FOR UPDATE""")
_OPEN = text("SELECT * FROM webhook_messages WHERE webhook_id = :id AND delivered_at IS NULL")
_KEPT_AFTER_RESTORE = text("""
    SELECT min(begins_after) FROM feed_epochs
    WHERE number > coalesce((SELECT number FROM feed_epochs WHERE epoch = :epoch), 0)""")
_INSERT = text("""
    INSERT INTO webhook_messages (webhook_id, kind, after, until, changes)
    VALUES (:webhook, :kind, :after, :until, :changes) RETURNING *""")


def next_message(connection: Connection, webhook_id: int) -> WebhookMessage | None:
    """Return the message to send to a webhook: the one that is undelivered, else one with the next changes.

    None is returned if there is nothing to send, or nothing is sent to this webhook. Changes of other kinds are passed
    over.
    """
    webhook = connection.execute(_WEBHOOK, {"id": webhook_id}).one_or_none()
    if webhook is None:
        return None
    stored = connection.execute(_OPEN, {"id": webhook_id}).one_or_none()
    if stored is None:
        stored = _first_of_epoch(connection, webhook) or _next_changes(connection, webhook)
    if stored is None:
        return None
    is_restored = stored.kind == MessageKind.RESTORED
    return WebhookMessage(
        stored.id,
        webhook.id,
        webhook.url,
        bytes(webhook.secret),
        stored.uuid,
        MessageKind(stored.kind),
        _kept_since(connection, webhook.epoch) if is_restored else stored.after,
        webhook.current,
        stored.created_at,
        webhook.failures,
        [] if is_restored else changes_between(connection, stored.after, stored.until, webhook.events, MOST_CHANGES),
    )


def _first_of_epoch(connection: Connection, webhook: Row[tuple[object, ...]]) -> Row[tuple[object, ...]] | None:
    """Store a message on a restore that the receiver does not know of."""
    if webhook.epoch == webhook.current:
        return None
    kept = _kept_since(connection, webhook.epoch)
    message = {"kind": MessageKind.RESTORED, "after": kept, "until": kept, "changes": 0}
    return connection.execute(_INSERT, message | {"webhook": webhook.id}).one()


def _kept_since(connection: Connection, epoch: UUID) -> int:
    """Return the last change that all restores since an epoch have kept."""
    return int(connection.execute(_KEPT_AFTER_RESTORE, {"epoch": epoch}).scalar_one() or 0)


def _next_changes(connection: Connection, webhook: Row[tuple[object, ...]]) -> Row[tuple[object, ...]] | None:
    """Store a message with the next changes, or pass over those of other kinds."""
    position: int = webhook.after
    newest: int = connection.execute(text("SELECT coalesce(max(id), 0) FROM changes")).scalar_one()
    while position < newest:
        until = min(newest, position + _MOST_PASSED)
        found = changes_between(connection, position, until, webhook.events, MOST_CHANGES)
        if len(found) == MOST_CHANGES:
            until = found[-1].id
        if found:
            message = {"kind": MessageKind.CHANGES, "after": position, "until": until, "changes": len(found)}
            return connection.execute(_INSERT, message | {"webhook": webhook.id}).one()
        position = until
        _move(connection, webhook.id, position)
    return None


def _move(connection: Connection, webhook_id: int, position: int) -> None:
    statement = text("UPDATE webhooks SET after = greatest(after, :position) WHERE id = :id")
    connection.execute(statement, {"id": webhook_id, "position": position})


_DELIVERED = text("""
    UPDATE webhook_messages SET delivered_at = now(), tried_at = now(), attempts = attempts + 1, status = :status,
        problem = NULL WHERE id = :id AND delivered_at IS NULL RETURNING kind, until, webhook_id""")
_SUCCEEDED = text("""
    UPDATE webhooks SET failures = 0, failing_since = NULL, next_at = now(), epoch = coalesce(:epoch, epoch)
    WHERE id = :id""")
_FORGET = text("""
    DELETE FROM webhook_messages WHERE webhook_id = :id AND id <= (
        SELECT id FROM webhook_messages WHERE webhook_id = :id ORDER BY id DESC OFFSET :kept LIMIT 1)""")


def delivered(connection: Connection, message: WebhookMessage, status: int) -> None:
    """Store that a message was delivered: the webhook's position is after its changes."""
    row = connection.execute(_DELIVERED, {"id": message.id, "status": status}).one_or_none()
    if row is None:  # the webhook was removed, or another scheduler delivered it too
        return
    is_restored = row.kind == MessageKind.RESTORED
    connection.execute(_SUCCEEDED, {"id": message.webhook_id, "epoch": message.epoch if is_restored else None})
    if not is_restored:
        _move(connection, message.webhook_id, row.until)
    connection.execute(_FORGET, {"id": message.webhook_id, "kept": _KEPT})


_NOT_DELIVERED = text("""
    UPDATE webhook_messages SET tried_at = now(), attempts = attempts + 1, status = :status, problem = :problem
    WHERE id = :id AND delivered_at IS NULL RETURNING id""")
_FAILED = text("""
    UPDATE webhooks SET failures = failures + 1, failing_since = coalesce(failing_since, now()),
        next_at = now() + :pause WHERE id = :id RETURNING now() - failing_since AS failing""")
_DISABLE = text("UPDATE webhooks SET disabled_at = now(), disabled_reason = :reason WHERE id = :id")


def failed(
    connection: Connection, message: WebhookMessage, status: int | None, problem: str, pause: timedelta
) -> timedelta | None:
    """Store a failed attempt, and try again after ``pause``; return for how long the webhook has been failing."""
    values = {"id": message.id, "status": status, "problem": problem}
    if connection.execute(_NOT_DELIVERED, values).one_or_none() is None:
        return None
    failing: timedelta = connection.execute(_FAILED, {"id": message.webhook_id, "pause": pause}).scalar_one()
    return failing


def disable(connection: Connection, webhook_id: int, reason: str) -> None:
    """Send nothing more to a webhook, for a reason that is a sentence."""
    connection.execute(_DISABLE, {"id": webhook_id, "reason": reason})


def newest_messages(connection: Connection, webhook_ids: Sequence[int], most: int) -> dict[int, list[MessageRow]]:
    """Return at most ``most`` messages of each webhook, the newest first."""
    rows = connection.execute(
        text("""
            SELECT m.webhook_id, m.id, m.uuid, m.kind, m.after, m.until, m.changes, m.created_at, m.attempts,
                m.tried_at, m.status, m.problem, m.delivered_at
            FROM unnest(CAST(:ids AS integer[])) AS w (id) CROSS JOIN LATERAL (
                SELECT * FROM webhook_messages WHERE webhook_id = w.id ORDER BY id DESC LIMIT :most) AS m
            ORDER BY m.webhook_id, m.id DESC"""),
        {"ids": list(webhook_ids), "most": most},
    )
    messages: dict[int, list[MessageRow]] = {webhook_id: [] for webhook_id in webhook_ids}
    for webhook_id, *values in rows:
        messages[webhook_id].append(MessageRow(*values))
    return messages
