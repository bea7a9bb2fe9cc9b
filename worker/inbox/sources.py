"""Receive and remove a file wherever it is: in a folder, or an object in a bucket, whose path is its URL."""

from pathlib import Path

from worker.inbox import receiver
from worker.settings import Settings
from worker.settings.places import BucketUrl
from worker.store.ledger import Delivery


def is_in_bucket(place: Path | BucketUrl) -> bool:
    """Return whether the files of a place are objects."""
    return isinstance(place, BucketUrl)


def receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    """Read the file once, store its bytes, and return the delivery that the ledger records.

    Raises:
        NotReadyError: this file can't be read now; it was not touched.
        RetryError: no file can be received now.
    """
    if path.startswith(b"/"):
        return receiver.receive(settings, path, move=move)
    from worker.inbox import object_receiver  # its library is optional

    return object_receiver.receive(settings, path)


def remove(delivery: Delivery) -> None:
    """Remove an accepted file from the inbox, unless its path now holds another file, which is a new delivery.

    Raises:
        OSError: this user may not remove it.
        RetryError: the storage does not answer, or refuses.
    """
    if delivery.path.startswith(b"/"):
        receiver.remove(delivery)
        return
    from worker.inbox import object_receiver

    object_receiver.remove(delivery)
