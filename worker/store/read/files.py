"""The ledger as people see it: one row a delivered file, its parts folded in, its bad records counted."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from worker.display import escape_path, unescape_path

_PAGE = 500
#: Different reasons told of one file; a file of a million bad records has seldom more than two.
_MOST_REASONS = 10
#: Files of one name that are told apart; more are only counted.
_MOST_NAMESAKES = 20
#: The names that the archive (SHA-256 and suffix) and the quarantine (its start and the name) give to kept bytes.
_KEPT_NAME = re.compile(rb"([0-9a-f]{16}-|[0-9a-f]{64}(?:\.|\Z))")


@dataclass(frozen=True, slots=True)
class BadRecords:
    """Records of a file that were passed over for one reason."""

    reason: str
    count: int
    first_position: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A delivered file. ``articles`` counts what is committed; ``parts`` is set for a large file that was split.

    ``pruned_at`` is set where `copydesk prune` removed the bytes that were kept of it.
    """

    id: int
    path: str
    state: str
    reason: str | None
    articles: int
    bad_records: int
    bad_record_reasons: list[BadRecords]
    size: int
    sha256: str | None
    attempts: int
    parts: int | None
    arrived_at: datetime
    finished_at: datetime | None
    pruned_at: datetime | None


_FILES = """
    SELECT f.id, f.path, f.state, f.reason, greatest(f.articles, coalesce(p.articles, 0))::int AS articles, f.size,
        f.sha256, greatest(f.attempts, coalesce(p.attempts, 0)) AS attempts, f.parts, f.arrived_at, f.finished_at,
        f.pruned_at
    FROM files f LEFT JOIN LATERAL (
        SELECT sum(articles) AS articles, max(attempts) AS attempts FROM files WHERE parent_id = f.id) AS p
        ON f.parts IS NOT NULL
    WHERE f.parent_id IS NULL AND {condition} ORDER BY f.id DESC LIMIT :limit"""

_ENDS = """EXISTS (
    SELECT FROM unnest(CAST(:ends AS bytea[])) AS t (e)
    WHERE substring(f.path FROM greatest(length(f.path) - length(e) + 1, 1)) = e)"""

_BAD = text("""
    SELECT coalesce(f.parent_id, f.id) AS id, b.reason, count(*), min(b.position)
    FROM bad_records b JOIN files f ON f.id = b.file_id
    WHERE f.id = ANY(:ids) OR f.parent_id = ANY(:ids)
    GROUP BY 1, 2 ORDER BY 1, 3 DESC, 4""")


def file_rows(
    connection: Connection, *, state: str | None = None, before: int | None = None, limit: int = _PAGE
) -> list[FileRow]:
    """Return delivered files, the last first: those in ``state``, with an id below ``before``."""
    conditions = ["true"]
    values: dict[str, Any] = {"limit": limit}
    if state:
        conditions.append("f.state = :state")
        # said again as the indexes have it
        conditions += {"quarantined": ["f.reason IS NOT NULL"], "done": []}.get(state, ["f.finished_at IS NULL"])
        values["state"] = state
    if before is not None:
        conditions.append("f.id < :before")
        values["before"] = before
    return _rows(connection, " AND ".join(conditions), values)


def all_file_rows(connection: Connection, state: str | None = None) -> Iterator[FileRow]:
    """Yield every file of the ledger, a page at a time; use it in a ``snapshot``."""
    before = None
    while page := file_rows(connection, state=state, before=before):
        yield from page
        before = page[-1].id


def file(connection: Connection, file_id: int) -> FileRow | None:
    """Return a file by its id; for a part, the file that it is a part of."""
    condition = "f.id = (SELECT coalesce(parent_id, id) FROM files WHERE id = :id)"
    return next(iter(_rows(connection, condition, {"id": file_id, "limit": 1})), None)


def files_named(connection: Connection, name: str) -> list[FileRow]:
    """Return the files that a person may mean by ``name``, the last delivered first.

    Tried in turn, the first that finds something: the path as given or made absolute, the end of a path, the name
    that the archive or the quarantine keeps the bytes under. ``name`` may hold the escapes of ``escape_path``.
    """
    given = {os.fsencode(name), unescape_path(name)}
    exact = sorted(given | {os.path.abspath(path) for path in given})  # noqa: PTH100  a name of bytes, not a Path
    if found := _named(connection, "f.path = ANY(:paths)", {"paths": exact}):
        return found
    ends = sorted(b"/" + path.removeprefix(b"./").lstrip(b"/") for path in given)
    if found := _named(connection, _ENDS, {"ends": ends}):
        return found
    if kept := _KEPT_NAME.match(os.fsencode(name).rpartition(b"/")[2]):
        start = bytes.fromhex(kept[1].rstrip(b"-.").decode())
        return _named(
            connection, "substring(f.sha256 FROM 1 FOR :length) = :start", {"start": start, "length": len(start)}
        )
    return []


def _named(connection: Connection, condition: str, values: dict[str, Any]) -> list[FileRow]:
    return _rows(connection, condition, values | {"limit": _MOST_NAMESAKES})


def _rows(connection: Connection, condition: str, values: dict[str, Any]) -> list[FileRow]:
    rows = connection.execute(text(_FILES.format(condition=condition)), values).mappings().all()
    bad = _bad_records(connection, [row["id"] for row in rows])
    return [_row(row, bad.get(row["id"], [])) for row in rows]


def _row(row: RowMapping, bad: list[BadRecords]) -> FileRow:
    values = {**row, "path": escape_path(row["path"]), "sha256": row["sha256"].hex() if row["sha256"] else None}
    return FileRow(bad_records=sum(records.count for records in bad), bad_record_reasons=bad[:_MOST_REASONS], **values)


def _bad_records(connection: Connection, ids: Sequence[int]) -> dict[int, list[BadRecords]]:
    found: dict[int, list[BadRecords]] = {}
    if ids:
        for file_id, *records in connection.execute(_BAD, {"ids": list(ids)}):
            found.setdefault(file_id, []).append(BadRecords(*records))
    return found
