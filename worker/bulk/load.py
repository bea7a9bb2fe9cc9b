"""Run bulk and load the result into an empty archive of the service, instead of writing it to a file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from worker.bulk.contents import Contents
from worker.bulk.corpus_run import Advance, ReadCounts
from worker.bulk.crashes import is_of_crash
from worker.bulk.inputs import InputFile
from worker.bulk.output import read_refused
from worker.bulk.run import BulkRun
from worker.settings import Settings
from worker.settings.places import BucketUrl

#: The work folder is that of this name in the data folder; no file is written under it.
_NAME: Final = "load"


@dataclass(frozen=True, slots=True)
class LoadResult(ReadCounts):
    """What a run loaded."""

    stories: int


class Archive(Protocol):
    """An archive to load into."""

    def is_loaded(self, key: bytes) -> bool:
        """Return whether a load with this key of a file was committed.

        Raises:
            CopydeskError: it was not, and the archive can't be loaded into.
        """

    def load(self, contents: Contents, advance: Advance) -> None:
        """Store all contents, or on any error nothing of them."""


class LoadRun(BulkRun):
    """One run over ``places`` whose result goes into ``archive``; its work folder is in the data folder."""

    def __init__(
        self, settings: Settings, places: Sequence[Path | BucketUrl], archive: Archive, advance: Advance
    ) -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        super().__init__(settings, places, settings.data_dir / _NAME, advance)
        self._archive = archive

    def run_load(self) -> LoadResult:
        """Run all stages that are not done yet. A run that was loaded already, and then killed, is only cleared up."""
        with self._folder.locked():
            self._again_after_crashes(self._load_once)
            counted: dict[str, int] = self._folder.noted("result", dict)
            self._folder.remove()
        return LoadResult(**counted)

    def _load_once(self) -> None:
        self._folder.open(self._made_of())
        run = bytes.fromhex(self._folder.noted("run", lambda: uuid4().hex))
        keys = [_key(run, file) for file in self._files]
        if self._archive.is_loaded(keys[0]):
            return
        with self._placed() as (connection, _):
            refused = read_refused(self._folder)
            contents = Contents(connection, self._folder, len(self._units()), self._files, keys, refused)
            reasons = [reason for of_file in refused.values() for reason in of_file.values()]
            counts = (len(reasons), sum(map(is_of_crash, reasons)), self._units().unreadable)
            result = LoadResult(contents.articles, *counts, contents.stories)
            self._folder.noted("result", lambda: asdict(result))
            self._archive.load(contents, self._advance)


def _key(run: bytes, file: InputFile) -> bytes:
    """Return the key of a file in the ledger: it names the run, so that a run knows what it has loaded."""
    return blake2b(f"{file.shown_path}\0{file.state}".encode(), digest_size=16, key=run).digest()
