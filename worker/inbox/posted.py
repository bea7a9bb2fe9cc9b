"""Accept articles that a program posts and files that a person uploads, without a file in the inbox.

The steps are those of a file in the inbox: bytes into the archive, row committed, message sent. The path in the ledger
is made from the content of an article, or from the name of an uploaded file, so the same document sent again is the
same delivery and gets the same id. The sender has an answer only after the commit; a sender without one sends again.
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
    _require_room(settings, engine, len(documents))
    return _accept(settings, engine, [_delivery(_posted_path(document), document) for document in documents], documents)


def accept_uploaded(settings: Settings, engine: Engine, name: bytes, content: bytes) -> int:
    """Accept an uploaded file; ``name`` is the last part of its path in the ledger. Return its ledger id.

    Raises:
        QueueFullError: too many files wait; it was not accepted.
        RetryError: the archive can't be written; it was not accepted.
    """
    _require_room(settings, engine, 1)
    [number] = _accept(settings, engine, [_delivery(b"uploaded/%s" % name, content)], [content])
    return number


def _require_room(settings: Settings, engine: Engine, files: int) -> None:
    with engine.connect() as connection:
        if recovery.backlog(connection) + files > settings.max_waiting_files:
            raise QueueFullError(
                f"More than {settings.max_waiting_files:,} files would wait to be processed. Send this again later."
            )


def _accept(
    settings: Settings, engine: Engine, deliveries: Sequence[ledger.Delivery], documents: Sequence[bytes]
) -> list[int]:
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


def _posted_path(document: bytes) -> bytes:
    return b"posted/%s.json" % _hash(document).hex()[:16].encode()


def _delivery(path: bytes, document: bytes) -> ledger.Delivery:
    digest = _hash(document)
    return ledger.Delivery(key=delivery_key(path, digest), path=path, sha256=digest, size=len(document))


def _store(settings: Settings, delivery: ledger.Delivery, document: bytes) -> None:
    archive.store_bytes(settings, document, _hash(document), delivery.path)
