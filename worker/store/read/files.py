"""Read the ledger with one row per delivered file: parts of a split file are added up, bad records are counted."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from worker.display import escape_path, unescape_path

_PAGE = 500
#: Distinct reasons shown per file; even a file with a million bad records rarely has more than two.
_MOST_REASONS = 10
#: Files listed at most when a name matches several.
_MOST_NAMESAKES = 20
#: File names in the archive (SHA-256 and suffix) and in the quarantine (start of the SHA-256 and the original name).
_KEPT_NAME = re.compile(rb"([0-9a-f]{16}-|[0-9a-f]{64}(?:\.|\Z))")


@dataclass(frozen=True, slots=True)
class BadRecords:
    """Records of a file that were skipped for one reason."""

    reason: str
    count: int
    first_position: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A delivered file. ``articles`` counts committed articles; ``parts`` is set for a large file that was split.

    ``pruned_at`` is set once `copydesk prune` has removed the stored bytes, or `copydesk erase`, if it is ``erased``;
    ``dismissed_at`` once a person has taken it off the list of quarantined files.
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
    dismissed_at: datetime | None
    erased: bool


_FILES = """
    SELECT f.id, f.path, f.state, f.reason, greatest(f.articles, coalesce(p.articles, 0))::int AS articles, f.size,
        f.sha256, greatest(f.attempts, coalesce(p.attempts, 0)) AS attempts, f.parts, f.arrived_at, f.finished_at,
        f.pruned_at, f.dismissed_at, f.pruned_at IS NOT NULL AND EXISTS (
            SELECT FROM erasures e WHERE e.sha256 = f.sha256) AS erased
    FROM files f LEFT JOIN LATERAL (
        SELECT sum(articles) AS articles, max(attempts) AS attempts FROM files WHERE parent_id = f.id) AS p
        ON f.parts IS NOT NULL
    WHERE f.parent_id IS NULL AND {condition} ORDER BY f.id DESC LIMIT :limit"""

_PATH_ENDS_IN = """EXISTS (
    SELECT FROM unnest(CAST(:ends AS bytea[])) AS t (e)
    WHERE substring(f.path FROM greatest(length(f.path) - length(e) + 1, 1)) = e)"""

_BAD_RECORDS = text("""
    SELECT coalesce(f.parent_id, f.id) AS id, b.reason, count(*), min(b.position)
    FROM bad_records b JOIN files f ON f.id = b.file_id
    WHERE f.id = ANY(:ids) OR f.parent_id = ANY(:ids)
    GROUP BY 1, 2 ORDER BY 1, 3 DESC, 4""")


_IN_QUARANTINE = ["f.reason IS NOT NULL", "f.dismissed_at IS NULL"]


def file_rows(
    connection: Connection, *, state: str | None = None, before: int | None = None, limit: int = _PAGE
) -> list[FileRow]:
    """Return delivered files, newest first, optionally only those in ``state`` or with an id below ``before``.

    Dismissed files are not among the quarantined ones.
    """
    conditions = ["true"]
    values: dict[str, Any] = {"limit": limit}
    if state:
        conditions.append("f.state = :state")
        # implied by the state, but written as in the partial indexes, so that Postgres can use them
        conditions += {"quarantined": _IN_QUARANTINE, "done": []}.get(state, ["f.finished_at IS NULL"])
        values["state"] = state
    if before is not None:
        conditions.append("f.id < :before")
        values["before"] = before
    return _rows(connection, " AND ".join(conditions), values)


def all_file_rows(connection: Connection, state: str | None = None) -> Iterator[FileRow]:
    """Yield every file of the ledger, read in pages; call it inside a ``snapshot``."""
    before = None
    while page := file_rows(connection, state=state, before=before):
        yield from page
        before = page[-1].id


def file(connection: Connection, file_id: int) -> FileRow | None:
    """Return the file with this id; for the id of a part, return the whole file."""
    condition = "f.id = (SELECT coalesce(parent_id, id) FROM files WHERE id = :id)"
    return next(iter(_rows(connection, condition, {"id": file_id, "limit": 1})), None)


def files_named(connection: Connection, name: str) -> list[FileRow]:
    """Return the files that match ``name``, newest first.

    Tries in order, until one matches: the path as given or made absolute, the end of a path, the file name in the
    archive or quarantine. ``name`` may contain the escapes of ``escape_path``.
    """
    given = {os.fsencode(name), unescape_path(name)}
    exact = sorted(given | {os.path.abspath(path) for path in given})  # noqa: PTH100  a name of bytes, not a Path
    if rows := _rows_named(connection, "f.path = ANY(:paths)", {"paths": exact}):
        return rows
    ends = sorted(b"/" + path.removeprefix(b"./").lstrip(b"/") for path in given)
    if rows := _rows_named(connection, _PATH_ENDS_IN, {"ends": ends}):
        return rows
    if kept := _KEPT_NAME.match(os.fsencode(name).rpartition(b"/")[2]):
        start = bytes.fromhex(kept[1].rstrip(b"-.").decode())
        return _rows_named(
            connection, "substring(f.sha256 FROM 1 FOR :length) = :start", {"start": start, "length": len(start)}
        )
    return []


def _rows_named(connection: Connection, condition: str, values: dict[str, Any]) -> list[FileRow]:
    return _rows(connection, condition, values | {"limit": _MOST_NAMESAKES})


def _rows(connection: Connection, condition: str, values: dict[str, Any]) -> list[FileRow]:
    rows = connection.execute(text(_FILES.format(condition=condition)), values).mappings().all()
    bad = _bad_records(connection, [row["id"] for row in rows])
    return [_row(row, bad.get(row["id"], [])) for row in rows]


def _row(row: RowMapping, bad: list[BadRecords]) -> FileRow:
    values = {**row, "path": escape_path(row["path"]), "sha256": row["sha256"].hex() if row["sha256"] else None}
    return FileRow(bad_records=sum(records.count for records in bad), bad_record_reasons=bad[:_MOST_REASONS], **values)


def _bad_records(connection: Connection, ids: Sequence[int]) -> dict[int, list[BadRecords]]:
    by_file: dict[int, list[BadRecords]] = {}
    if ids:
        for file_id, *records in connection.execute(_BAD_RECORDS, {"ids": list(ids)}):
            by_file.setdefault(file_id, []).append(BadRecords(*records))
    return by_file
