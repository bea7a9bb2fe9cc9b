"""Accept what arrives without a file in the inbox: posted articles, uploaded files, messages of a stream.

The steps are those of a file in the inbox: bytes into the archive, row committed, message sent. The path in the ledger
is made from the content of an article, the name of an uploaded file or the id of a message, so the same document sent
again is the same delivery and gets the same id. The sender has an answer only after the commit; a sender without one
sends again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine

from worker import archive
from worker.errors import RetryError
from worker.inbox.receiver import delivery_key
from worker.inbox.together import each
from worker.queue.batching import enqueue
from worker.settings import Settings
from worker.store import ledger, recovery


class QueueFullError(RetryError):
    """Too many files wait to accept more now."""


@dataclass(frozen=True, slots=True)
class Document:
    """A delivery without a file, and its bytes; none if it is refused without them."""

    delivery: ledger.Delivery
    content: bytes | None


def document(path: bytes, content: bytes, reason: str | None = None) -> Document:
    """Return a delivery of bytes; with a reason, it is quarantined at once."""
    digest = sha256(content).digest()
    return Document(ledger.Delivery(delivery_key(path, digest), path, digest, len(content), reason), content)


def refused(path: bytes, state: bytes, reason: str, size: int = 0) -> Document:
    """Return a delivery without bytes; its key is the same while ``state`` is."""
    return Document(ledger.Delivery(delivery_key(path, state), path, None, size, reason), None)


def accept_posted(settings: Settings, engine: Engine, contents: Sequence[bytes]) -> list[int]:
    """Accept JSON documents of one article each; return their ledger ids, in order.

    Raises:
        QueueFullError: too many files wait; nothing was accepted.
        RetryError: the archive can't be written; nothing was accepted.
    """
    _require_room(settings, engine, len(contents))
    return accept_documents(settings, engine, [document(_posted_path(content), content) for content in contents])


def accept_uploaded(settings: Settings, engine: Engine, name: bytes, content: bytes) -> int:
    """Accept an uploaded file; ``name`` is the last part of its path in the ledger. Return its ledger id.

    Raises:
        QueueFullError: too many files wait; it was not accepted.
        RetryError: the archive can't be written; it was not accepted.
    """
    _require_room(settings, engine, 1)
    [number] = accept_documents(settings, engine, [document(b"uploaded/%s" % name, content)])
    return number


def room(settings: Settings, engine: Engine) -> int:
    """Return how many more files may wait in the queue."""
    with engine.connect() as connection:
        return settings.max_waiting_files - recovery.backlog(connection)


def _require_room(settings: Settings, engine: Engine, files: int) -> None:
    if room(settings, engine) < files:
        raise QueueFullError(
            f"More than {settings.max_waiting_files:,} files would wait to be processed. Send this again later."
        )


def accept_documents(
    settings: Settings, engine: Engine, documents: Sequence[Document], *, in_order: bool = False
) -> list[int]:
    """Accept documents, however many files wait; return their ledger ids, in order.

    For ``in_order`` see `ledger.claim`.

    Raises:
        RetryError: the archive can't be written; nothing was accepted.
    """
    for _ in each(lambda one: _store(settings, one), documents):
        pass
    distinct = {one.delivery.key: one.delivery for one in documents}
    with engine.begin() as connection:
        new = ledger.claim(connection, list(distinct.values()), in_order=in_order)
        ids = ledger.known(connection, list(distinct))
        ledger.mark_unpruned(connection, [key for key in ids if key not in new and distinct[key].sha256 is not None])
    # `prune` may have removed the bytes of an older delivery before the commit
    for _ in each(lambda one: _store_if_missing(settings, one), documents):
        pass
    accepted = [delivery for key, delivery in distinct.items() if key in new]
    enqueue(settings, [(new[delivery.key], delivery.size) for delivery in accepted if not delivery.reason])
    for delivery in accepted:
        if delivery.reason and delivery.sha256 is not None:
            archive.quarantine(settings, delivery.sha256, delivery.path, delivery.reason)
    return [ids[one.delivery.key] for one in documents]


def _posted_path(content: bytes) -> bytes:
    return b"posted/%s.json" % sha256(content).hexdigest()[:16].encode()


def _store(settings: Settings, one: Document) -> None:
    if one.content is not None and one.delivery.sha256 is not None:
        archive.store_bytes(settings, one.content, one.delivery.sha256, one.delivery.path)


def _store_if_missing(settings: Settings, one: Document) -> None:
    if one.delivery.sha256 is not None and not archive.exists(settings, one.delivery.sha256, one.delivery.path):
        _store(settings, one)
