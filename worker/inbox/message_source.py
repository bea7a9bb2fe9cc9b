"""What the reader of messages needs of a source, such as a stream of Redis: read in batches, acknowledge.

A source delivers each message at least once: one that was delivered and not acknowledged is delivered again, to
another reader if its own ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from worker.errors import RetryError


class SourceError(RetryError):
    """The source does not answer, or refuses: its messages wait there."""


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message as its producer sent it; its id is unique in its source and orders it."""

    id: str
    fields: Mapping[bytes, bytes]


class AbandonedMessage(NamedTuple):
    """A message that a reader took and has not acknowledged for long, and how often it was taken."""

    id: str
    deliveries: int


class MessageSource(Protocol):
    """Messages in an order, read by several readers that share them.

    Every method raises SourceError if the source does not answer or refuses.
    """

    @property
    def name(self) -> str:
        """What the source is called in paths of the ledger."""

    def read(self, limit: int) -> list[SourceMessage]:
        """Return the next messages, ``limit`` at most; wait a moment for the first."""

    def abandoned(self) -> list[AbandonedMessage]:
        """Return messages that must be taken over, the oldest first; not their content, which may be at fault."""

    def take(self, message_id: str) -> SourceMessage | None:
        """Take an abandoned message over, which counts as a delivery; None if another reader has it by now.

        A message that the source no longer has is returned without fields.
        """

    def set_deliveries(self, message_id: str, deliveries: int) -> None:
        """Set how often a message that this reader has counts as taken."""

    def acknowledge(self, message_ids: Sequence[str]) -> None:
        """Record that these messages need not be delivered again."""

    def lag(self) -> int | None:
        """Return the number of messages that are not acknowledged, read or not; None if the source can't say."""

    def close(self) -> None:
        """Leave the source; messages that were read and not acknowledged are delivered to other readers."""
