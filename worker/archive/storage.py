"""What every storage of the archive does; `worker.archive` says what each function promises."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import BinaryIO, Protocol

from worker.settings import Settings


class ArchiveStorage(Protocol):
    """The functions of `worker.archive.folder` and `worker.archive.bucket`."""

    def store(self, settings: Settings, source: BinaryIO, sha256: bytes, path: bytes, *, move: bool) -> None:
        """See `worker.archive`, as for all below."""

    def store_bytes(self, settings: Settings, data: bytes, sha256: bytes, path: bytes) -> None: ...  # noqa: D102

    def store_blocks(self, settings: Settings, blocks: Iterable[bytes], sha256: bytes, path: bytes) -> None: ...  # noqa: D102

    def open_kept(self, settings: Settings, sha256: bytes, path: bytes) -> BinaryIO: ...  # noqa: D102

    def quarantine(self, settings: Settings, sha256: bytes, path: bytes, reason: str) -> None: ...  # noqa: D102

    def unquarantine(self, settings: Settings, sha256: bytes, path: bytes) -> None: ...  # noqa: D102

    def exists(self, settings: Settings, sha256: bytes, path: bytes) -> bool: ...  # noqa: D102

    def kept(self, settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> list[tuple[PurePath, int]]: ...  # noqa: D102

    def stage_removal(self, settings: Settings, place: PurePath) -> PurePath: ...  # noqa: D102

    def restore(self, settings: Settings, staged: PurePath) -> None: ...  # noqa: D102

    def staged_removals(self, settings: Settings) -> dict[PurePath, bytes]: ...  # noqa: D102

    def remove(self, settings: Settings, staged: PurePath) -> None: ...  # noqa: D102

    def open_copies(  # noqa: D102
        self, settings: Settings, sha256: bytes, paths: Sequence[bytes]
    ) -> Iterator[tuple[str, BinaryIO]]: ...

    def put_back(self, settings: Settings, name: str, blocks: Iterable[bytes]) -> None: ...  # noqa: D102
