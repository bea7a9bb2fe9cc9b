"""Inputs in a bucket: listed page by page, and opened only in the state in which they were listed.

The library of the storage is optional: only what reads a bucket imports this module.
"""

from collections.abc import Iterator
from typing import BinaryIO

from worker.bucket.listing import is_file, listed
from worker.bucket.object_file import open_object
from worker.bucket.objects import ChangedError, ObjectState, located, opened
from worker.bulk.inputs import InputFile
from worker.errors import CopydeskError
from worker.scanner import Ignore
from worker.settings.places import BucketUrl

_REFUSED_KEY = (
    "The library of the storage can't read this key, and up to 1,000 objects before it are left out: rename or remove"
    " it, and give the command again."
)


def find_objects(url: BucketUrl, ignore: Ignore) -> Iterator[InputFile]:
    """Yield the object with this URL, or the objects below it without ignored names, in the order of their keys.

    Raises:
        CopydeskError: there is no such bucket, or the storage does not answer or refuses to list it.
    """
    faults: list[InputFile] = []
    try:
        if (alone := _alone(url)) is not None:
            yield alone
            return
        bucket = opened(url)
        for page in listed(bucket, lambda key: faults.append(InputFile(f"{url}/{key}", fault=_REFUSED_KEY))):
            yield from (_input(f"{url}/{found.key}", found) for found in page if is_file(bucket, found, ignore))
    except FileNotFoundError:
        raise CopydeskError(f"There is no bucket {url}: correct its name.") from None
    yield from faults


def _alone(url: BucketUrl) -> InputFile | None:
    """Return the object whose key is the whole prefix, None if it is a folder of keys."""
    if not url.prefix:
        return None
    bucket, key = located(str(url))
    found = bucket.state(key)
    return _input(str(url), found) if found and found.size else None


def _input(path: str, found: ObjectState) -> InputFile:
    return InputFile(path, found.size, found.tag)


def open_listed(path: str, tag: str) -> BinaryIO:
    """Open an object in the state that it had when it was listed.

    Raises:
        ObjectError: it was replaced or removed, or the storage refuses to read it.
        RetryError: the storage does not answer.
    """
    bucket, key = located(path)
    try:
        return open_object(bucket, key, tag=tag)
    except FileNotFoundError:
        raise ChangedError("The object was removed since it was listed.") from None


def first_bytes(path: str, tag: str, length: int) -> bytes:
    """Return the beginning of an object, by one request; see `open_listed`."""
    bucket, key = located(path)
    try:
        return bucket.read_range(key, 0, length, tag) if length else b""
    except FileNotFoundError:
        raise ChangedError("The object was removed since it was listed.") from None
