"""DuckDB in the work folder, within a share of the memory: what does not fit is written to files next to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from worker.errors import CopydeskError

if TYPE_CHECKING:
    import duckdb

#: Memory of DuckDB; with 1 GB the join is as fast, with 300 MB a sort of a million articles' keys fails.
_MEMORY: Final = "700MB"


@contextmanager
def database(path: Path, prepared: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Yield a connection to the database ``path``, with the view ``prepared`` of the files in that folder.

    Raises:
        CopydeskError: the extra is not installed.
    """
    try:
        import duckdb
        from pyarrow import dataset
    except ImportError as error:
        raise CopydeskError("Bulk needs the extra `bulk`: pip install 'copydesk[bulk]'") from error
    connection = duckdb.connect(
        str(path), config={"memory_limit": _MEMORY, "temp_directory": str(path.parent), "threads": os.cpu_count() or 1}
    )
    try:
        connection.execute("SET preserve_insertion_order = false")
        connection.register("prepared", dataset.dataset(str(prepared), format="ipc"))
        yield connection
    finally:
        connection.close()
