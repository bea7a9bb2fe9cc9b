"""Receive one object of a bucket: read it once, hash it, store its bytes in the archive.

An object is always whole. Its tag is compared before more of a large one is read and before one is removed: it may
have been replaced.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from worker import archive
from worker.bucket.faults import RefusedError
from worker.bucket.objects import PIECE_BYTES, Bucket, ChangedError, ObjectState, located
from worker.inbox.receiver import NotReadyError, delivery_key
from worker.settings import Settings
from worker.store.ledger import Delivery

#: Held while a large object is read and written: one at a time bounds the memory.
_large = threading.Lock()


def receive(settings: Settings, path: bytes) -> Delivery:
    """Read the object whose URL is ``path``, store its bytes, and return the delivery that the ledger records.

    Raises:
        NotReadyError: it is being replaced, or the storage refuses it; other objects can be received.
        RetryError: the storage of the inbox or of the archive does not answer, or refuses.
    """
    bucket, key = located(path.decode())
    try:
        with _one_object():
            state, content = bucket.read(key, PIECE_BYTES)
    except FileNotFoundError:
        reason = "The file vanished before it could be read. Deliver it again if it was wanted."
        return Delivery(delivery_key(path, b"gone"), path, sha256=None, size=0, reason=reason, vanished=True)
    if state.size > settings.max_file_bytes:
        reason = (
            f"The file has {state.size:,} bytes; the limit is {settings.max_file_bytes:,}. "
            "Split it, or raise max_file_bytes."
        )
        return Delivery(delivery_key(path, state.tag.encode()), path, sha256=None, size=state.size, reason=reason)
    if content is None:
        digest = _store_large(settings, bucket, state, path)
    else:
        digest = sha256(content).digest()
        archive.store_bytes(settings, content, digest, path)
    return Delivery(key=delivery_key(path, digest), path=path, sha256=digest, size=state.size, stamp=_stamp(state))


@contextmanager
def _one_object() -> Iterator[None]:
    """Raise NotReadyError where the storage refuses to read an object: it concerns that one alone."""
    try:
        yield
    except RefusedError as error:
        raise NotReadyError(
            f"The storage refuses to read the object ({error.answer}): must it be restored from an archive class, or "
            "is it encrypted with a key that this service may not use?"
        ) from None


def _store_large(settings: Settings, bucket: Bucket, state: ObjectState, path: bytes) -> bytes:
    """Store a large object in two passes: its name in the archive is its hash."""
    hashed = sha256()
    try:
        with _large:
            with _one_object():
                for piece in bucket.pieces(state):
                    hashed.update(piece)
            archive.store_blocks(settings, bucket.pieces(state), hashed.digest(), path)
    except (ChangedError, FileNotFoundError) as error:
        raise NotReadyError("The object was replaced or removed while it was read.") from error
    return hashed.digest()


def remove(delivery: Delivery) -> None:
    """Delete an accepted object, unless its key now holds another one, which is a new delivery.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    bucket, key = located(delivery.path.decode())
    state = bucket.state(key)
    if state is not None and _stamp(state) == delivery.stamp:
        bucket.delete([key])


def _stamp(state: ObjectState) -> tuple[int, int, int, int]:
    return state.tag_number, state.size, state.modified_ns, 0
