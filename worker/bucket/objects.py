"""Read, write, copy and delete the objects of a place in a bucket, by keys relative to its prefix.

Every write is atomic: an object is there whole or not at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from worker.bucket.connection import open_store
from worker.bucket.faults import reported
from worker.errors import ObjectError
from worker.process.stall_guard import progress
from worker.settings.places import BucketUrl

#: Objects in a page of a listing: as many as the storage sends in one answer.
PAGE_OBJECTS = 1000
#: Larger objects are read and written in pieces of this size, each in its own request: a few of them fit in memory in
#: each of several threads, and a piece takes seconds on a slow line.
PIECE_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class ObjectState:
    """The state of an object; equal states mean that it was not written in between."""

    key: str  # below the prefix of its place
    size: int
    modified_ns: int
    tag: str  # the storage's mark of this content

    @property
    def tag_number(self) -> int:
        """The tag as a number of 63 bits."""
        return int.from_bytes(blake2b(self.tag.encode(), digest_size=8).digest()) >> 1


class ChangedError(ObjectError):
    """The object was replaced or removed while it was read."""


class Bucket:
    """The objects of one place."""

    def __init__(self, url: BucketUrl) -> None:
        self.url = url
        self._store = open_store(url)
        self._prefix = f"{url.prefix}/" if url.prefix else ""

    def state(self, key: str) -> ObjectState | None:
        """Return the object's present state, None if there is none."""
        try:
            with reported(self.url):
                return self._state(obstore.head(self._store, self._prefix + key))
        except FileNotFoundError:
            return None

    def read(self, key: str, most: int) -> tuple[ObjectState, bytes | None]:
        """Return the object's state and, if it has up to ``most`` bytes, its content, by one request.

        Raises:
            FileNotFoundError: there is none.
        """
        with reported(self.url):
            answer = obstore.get(self._store, self._prefix + key)
            state = self._state(answer.meta)
            return state, answer.bytes().to_bytes() if state.size <= most else None

    def read_range(self, key: str, start: int, length: int, tag: str = "") -> bytes:
        """Return up to ``length`` bytes of an object that never changes, or that must have this ``tag``.

        Raises:
            FileNotFoundError: it is gone.
            ChangedError: it has another tag.
        """
        condition: Any = {"range": (start, start + length)} | ({"if_match": tag} if tag else {})
        try:
            with reported(self.url):
                return obstore.get(self._store, self._prefix + key, options=condition).bytes().to_bytes()
        except PreconditionError as error:
            raise ChangedError(f"The object {key} of {self.url} was replaced while it was read.") from error

    def pieces(self, state: ObjectState) -> Iterator[bytes]:
        """Yield the content of an object in this state.

        Raises:
            FileNotFoundError: it is gone.
            ChangedError: it has another state now.
        """
        for start in range(0, state.size, PIECE_BYTES):
            progress()
            yield self.read_range(state.key, start, min(PIECE_BYTES, state.size - start), state.tag)

    def create(self, key: str, data: bytes) -> bool:
        """Write an object unless there is one with this key; return whether it was written."""
        try:
            with reported(self.url):
                obstore.put(self._store, self._prefix + key, data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
        return True

    def write(self, key: str, data: bytes) -> None:
        """Write an object, in place of the one with this key if there is one."""
        with reported(self.url):
            obstore.put(self._store, self._prefix + key, data, use_multipart=False)

    def write_blocks(self, key: str, blocks: Iterable[bytes]) -> None:
        """Write a large object; if ``blocks`` raises an error, nothing is written."""
        # not `put` of an iterable: that calls it inside the library's runtime, where a request of ours would panic
        writer = obstore.open_writer(self._store, self._prefix + key, buffer_size=2 * PIECE_BYTES, max_concurrency=2)
        with reported(self.url), writer:
            for block in blocks:
                writer.write(block)

    def copy(self, key: str, target: str) -> None:
        """Copy an object within the bucket.

        Raises:
            FileNotFoundError: there is none.
        """
        with reported(self.url):
            obstore.copy(self._store, self._prefix + key, self._prefix + target)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that are gone are no error."""
        if keys:
            with reported(self.url):
                obstore.delete(self._store, [self._prefix + key for key in keys])

    def move(self, key: str, target: str) -> None:
        """Copy an object and delete it; after a crash in between there are both.

        Raises:
            FileNotFoundError: there is none.
        """
        self.copy(key, target)
        self.delete([key])

    def pages(self, below: str = "", after: str | None = None) -> Iterator[list[ObjectState]]:
        """Yield the objects below a folder of keys in pages, each read when it is asked for.

        Raises:
            InvalidPathError: the next page holds a key that the library refuses; `worker.bucket.listing` goes on.
        """
        prefix = f"{self._prefix}{below}".rstrip("/") or None
        offset = None if after is None else self._prefix + after
        with reported(self.url):
            pages = obstore.list(self._store, prefix, offset=offset, chunk_size=PAGE_OBJECTS)
        while True:
            with reported(self.url):
                page = next(pages, None)
            if page is None:
                return
            yield [self._state(found) for found in page]

    def has_objects(self, below: str = "") -> bool:
        """Return whether there is any object; False also where there is no such bucket."""
        try:
            return any(self.pages(below))
        except FileNotFoundError:
            return False

    def _state(self, found: Any) -> ObjectState:
        modified_ns = int(found["last_modified"].timestamp() * 1_000_000) * 1000
        return ObjectState(found["path"].removeprefix(self._prefix), found["size"], modified_ns, found["e_tag"] or "")


@lru_cache(maxsize=8)
def opened(url: BucketUrl) -> Bucket:
    """Return this place, opened once per process; its environment counts at that time."""
    return Bucket(url)


def located(url: str) -> tuple[Bucket, str]:
    """Return the bucket and the key of an object, of its URL as it was listed."""
    scheme, _, rest = url.partition("://")
    name, _, key = rest.partition("/")
    return opened(BucketUrl(scheme, name, "")), key
