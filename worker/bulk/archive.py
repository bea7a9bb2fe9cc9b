"""A settled corpus: the results of earlier runs, as a file or a folder of them. They are only read."""

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from worker.bulk.inputs import InputFile, find_inputs
from worker.bulk.schema import RESULT, VERSION_KEY
from worker.errors import CopydeskError

if TYPE_CHECKING:
    import duckdb


def find_archive(place: Path, ignored: tuple[str, ...], target: Path) -> list[InputFile]:
    """Return the files of a settled corpus.

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
    return files


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


def register(connection: "duckdb.DuckDBPyConnection", files: Sequence[InputFile]) -> None:
    """Create the view ``archive`` of the articles of a settled corpus."""
    # a name is a pattern to the library, so that its special characters are escaped
    connection.read_parquet([glob.escape(file.path) for file in files]).create_view("archive", replace=True)
