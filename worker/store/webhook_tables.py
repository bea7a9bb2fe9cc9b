"""The tables of webhooks: where changes are sent to, and the messages that were sent."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from worker.article import MessageKind
from worker.store.metadata import metadata, now_column, one_of

#: Webhooks: addresses to which the change feed is sent, each with its position in the feed.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text)),  # kinds of changes; NULL: all
    Column("secret", LargeBinary, nullable=False),  # key of the signatures; as it is, because signing needs it
    now_column("created_at"),
    Column("after", BigInteger, nullable=False),  # changes up to this one were delivered, or are of other kinds
    Column("epoch", Uuid, nullable=False),  # the epoch of the change feed that the receiver knows
    Column("failures", Integer, nullable=False, server_default="0"),  # failed attempts since the last success
    Column("failing_since", DateTime(timezone=True)),  # time of the first of them; NULL: there is none
    now_column("next_at"),  # no attempt before this time
    Column("disabled_at", DateTime(timezone=True)),  # set: nothing is sent until `copydesk webhook enable`
    Column("disabled_reason", Text),  # a sentence
)

#: Messages to webhooks: of each webhook the newest ones, of which the last may be undelivered. Their content is read
#: from the change feed at each attempt.
webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("webhook_id", Integer, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column(
        "uuid", Uuid, nullable=False, server_default=func.gen_random_uuid()
    ),  # `webhook-id`, the same in each attempt
    Column("kind", Text, nullable=False),  # changes; restored: a new epoch of the feed has begun
    Column(
        "after", BigInteger, nullable=False
    ),  # its changes have larger ids; if restored: the last change that is kept
    Column("until", BigInteger, nullable=False),  # and this one or smaller ones
    Column("changes", Integer, nullable=False),  # how many it has
    now_column("created_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("tried_at", DateTime(timezone=True)),  # the last attempt
    Column("status", SmallInteger),  # of the HTTP response; NULL: there was none
    Column("problem", Text),  # why the last attempt failed, a sentence
    Column("delivered_at", DateTime(timezone=True)),  # NULL: not yet
    one_of("kind", MessageKind),
    Index("ix_webhook_messages_webhook_id", "webhook_id", "id"),
    # one message at a time, so that they arrive in order
    Index("ix_webhook_messages_open", "webhook_id", unique=True, postgresql_where=text("delivered_at IS NULL")),
)
