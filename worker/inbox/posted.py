"""Accept articles that a program posts: the same steps as for a file of the inbox, without a file in the inbox.

Bytes into the archive, row committed, message sent. The path in the ledger is made from the content, so the same
document posted again is the same delivery and gets the same id. The sender has an answer only after the commit; a
sender without one sends again.
"""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Engine

from worker import archive
from worker.errors import RetryError
from worker.inbox.receiver import delivery_key
from worker.queue.batching import enqueue
from worker.settings import Settings
from worker.store import ledger, recovery


class QueueFullError(RetryError):
    """Too many files wait to accept more now."""


def accept_posted(settings: Settings, engine: Engine, documents: Sequence[bytes]) -> list[int]:
    """Accept JSON documents of one article each; return their ledger ids, in order.

    Raises:
        QueueFullError: too many files wait; nothing was accepted.
        RetryError: the archive can't be written; nothing was accepted.
    """
    with engine.connect() as connection:
        if recovery.backlog(connection) + len(documents) > settings.max_waiting_files:
            raise QueueFullError(
                f"More than {settings.max_waiting_files:,} files would wait to be processed. Send this again later."
            )
    deliveries = [_delivery(document) for document in documents]
    for delivery, document in zip(deliveries, documents, strict=True):
        _store(settings, delivery, document)
    distinct = {delivery.key: delivery for delivery in deliveries}
    with engine.begin() as connection:
        new = ledger.claim(connection, list(distinct.values()))
        ids = ledger.known(connection, list(distinct))
        ledger.mark_unpruned(connection, [key for key in ids if key not in new])
    for delivery, document in zip(deliveries, documents, strict=True):
        # `prune` may have removed the bytes of an older delivery before the commit
        if not archive.exists(settings, _hash(document), delivery.path):
            _store(settings, delivery, document)
    enqueue(settings, [(ids[key], delivery.size) for key, delivery in distinct.items() if key in new])
    return [ids[delivery.key] for delivery in deliveries]


def _hash(document: bytes) -> bytes:
    return sha256(document).digest()


def _delivery(document: bytes) -> ledger.Delivery:
    digest = _hash(document)
    path = b"posted/%s.json" % digest.hex()[:16].encode()
    return ledger.Delivery(key=delivery_key(path, digest), path=path, sha256=digest, size=len(document))


def _store(settings: Settings, delivery: ledger.Delivery, document: bytes) -> None:
    archive.store_bytes(settings, document, _hash(document), delivery.path)
