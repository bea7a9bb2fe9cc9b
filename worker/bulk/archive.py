"""A settled corpus: the results of earlier runs, as a file or a folder of them. They are only read."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
from pyarrow import parquet

from worker.bulk import settled_sql
from worker.bulk.folder import WorkFolder
from worker.bulk.inputs import InputFile, find_inputs
from worker.bulk.schema import RESULT, VERSION_KEY
from worker.errors import CopydeskError

if TYPE_CHECKING:
    import duckdb


class SettledCorpus(Protocol):
    """What a run is matched against; ``made_of`` is what its work files depend on, a value for JSON."""

    @property
    def made_of(self) -> Any:
        """What a run depends on."""

    def files(self, folder: WorkFolder) -> list[str]:
        """Return the Parquet files with its articles; those that it makes are in ``folder``."""


@dataclass(frozen=True, slots=True)
class Results:
    """The results of earlier runs."""

    found: Sequence[InputFile]

    @property
    def made_of(self) -> Any:
        """The files and their states."""
        return [(file.shown_path, file.size, file.state) for file in self.found]

    def files(self, folder: WorkFolder) -> list[str]:  # noqa: ARG002  they are there already
        """Return the files."""
        return [file.path for file in self.found]


def find_archive(place: Path, ignored: tuple[str, ...], target: Path) -> Results:
    """Return the results in a file or folder.

    Raises:
        CopydeskError: there is none, or one can't be read, is no result of this version, or is the one to write.
    """
    found = find_inputs([place], ignored)
    if any(Path(file.path).resolve() == target.resolve() for file in found):
        raise CopydeskError(
            f"{target} is one of the results in {place}, which are only read: name another file to write, or move this "
            "one out of the folder to write it again."
        )
    unreadable = next((file for file in found if file.fault), None)
    if unreadable:
        raise CopydeskError(f"{unreadable.shown_path} of the settled corpus: {unreadable.fault}")
    files = [file for file in found if file.path == str(place) or file.path.endswith(".parquet")]
    if not files:
        raise CopydeskError(f"{place} holds no result of an earlier run: name a Parquet file, or a folder of them.")
    for file in files:
        _check(file)
    return Results(files)


def _check(file: InputFile) -> None:
    try:
        schema = parquet.read_schema(file.path)
    except (pa.ArrowException, OSError) as error:
        raise CopydeskError(f"{file.shown_path} is no Parquet file ({type(error).__name__}).") from error
    if not set(schema.names) >= set(RESULT.names):
        raise CopydeskError(f"{file.shown_path} is no result of `copydesk bulk`: match it first.")
    if (schema.metadata or {}).get(VERSION_KEY) != (RESULT.metadata or {})[VERSION_KEY]:
        raise CopydeskError(
            f"{file.shown_path} was written by another version, whose fingerprints can't be compared with these: match"
            f" it again, for example by `copydesk bulk {file.shown_path} again.parquet`."
        )


def register(connection: "duckdb.DuckDBPyConnection", files: Sequence[str]) -> None:
    """Create the view ``archive`` of the articles of a settled corpus, each with the time at which it was seen."""
    # a name is a pattern to the library, so that its special characters are escaped
    articles = connection.read_parquet([glob.escape(file) for file in files])
    if "seen_at" not in articles.columns:
        articles = articles.project(settled_sql.SEEN_WHEN_PUBLISHED)
    articles.create_view("archive", replace=True)
