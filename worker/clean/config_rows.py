"""Read the rows of a file in config/ that editors maintain, such as ``[[rule]]`` in debris.toml."""

import tomllib
from collections.abc import Set
from typing import Any, NamedTuple

from worker.errors import SettingsError
from worker.settings import config_file


class RowFormat(NamedTuple):
    """What a file holds: rows below ``[[key]]`` with these keys, and what it and a row are called in messages."""

    file: str
    key: str
    file_title: str
    row_title: str
    required: Set[str]
    optional: Set[str]
    least: int = 0  # number of rows


def config_rows(format_: RowFormat) -> list[dict[str, Any]]:
    """Return the rows of a file; raise SettingsError if it, or the keys of a row, are invalid."""
    path = config_file(format_.file)
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The {format_.file_title} {path} can't be read ({error}): correct the file.") from error
    rows = table.pop(format_.key, [])
    is_list = isinstance(rows, list) and len(rows) >= format_.least and all(isinstance(row, dict) for row in rows)
    if table or not is_list:
        raise SettingsError(
            f"The {format_.file_title} {path} hold something else: each {format_.key} begins with a line "
            f"[[{format_.key}]]."
        )
    for row in rows:
        missing, unknown = format_.required - row.keys(), row.keys() - format_.required - format_.optional
        if missing or unknown:
            name = row.get("name", "without a name")
            raise SettingsError(f"{format_.row_title} {name}: add {sorted(missing)}, remove {sorted(unknown)}.")
    return list(rows)
