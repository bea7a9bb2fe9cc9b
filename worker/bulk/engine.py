"""DuckDB in the work folder, within a share of the memory: what does not fit is written to files next to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
from pyarrow import dataset

#: Memory of DuckDB, of the 2 GB that a run may take: two workers need 300 MB each, this process 400 MB.
_MEMORY: Final = "700MB"


@contextmanager
def database(path: Path, prepared: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the database ``path``, with the view ``prepared`` of the files in that folder."""
    config = {
        "memory_limit": _MEMORY,
        "temp_directory": str(path.parent),
        "threads": os.cpu_count() or 1,
        "preserve_insertion_order": False,  # tables need no order, and keeping it needs memory
    }
    connection = duckdb.connect(str(path), config=config)
    try:
        connection.register("prepared", dataset.dataset(str(prepared), format="ipc"))
        yield connection
    finally:
        connection.close()
