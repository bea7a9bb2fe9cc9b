"""What monitoring and the bench measure in the database: waiting times, counts of changes, bytes."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

_OLDEST = text("""
    SELECT extract(epoch FROM now() - min(arrived_at))::float FROM files
    WHERE state = 'waiting' AND finished_at IS NULL""")

_CHANGES = text("SELECT kind, count(*) FROM changes WHERE id > :after AND id <= :last GROUP BY 1")

_SECONDS = text("""
    SELECT percentile_cont(CAST(:quantiles AS float[])) WITHIN GROUP
        (ORDER BY extract(epoch FROM finished_at - arrived_at)::float)
    FROM (SELECT arrived_at, finished_at FROM files ORDER BY id DESC LIMIT :latest) AS newest
    WHERE finished_at IS NOT NULL""")

# the first file without an outcome: all before it were returned, so the next query begins there
_OUTCOMES = text("""
    SELECT path, first_open FROM files
    CROSS JOIN (SELECT min(id) AS first_open FROM files WHERE id > :after AND finished_at IS NULL) AS open
    WHERE id > :after AND finished_at IS NOT NULL""")


def oldest_waiting_seconds(connection: Connection) -> float | None:
    """Return how long the oldest waiting file has waited; None if no file waits."""
    seconds: float | None = connection.execute(_OLDEST).scalar_one()
    return seconds


def has_open_files(connection: Connection) -> bool:
    """Return whether a file has no outcome yet."""
    return bool(connection.execute(text("SELECT EXISTS (SELECT FROM files WHERE finished_at IS NULL)")).scalar_one())


#: Setbacks after which a failure of the machine counts as lasting: the pauses were 20, 40 and 80 s until then.
_LASTING_SETBACKS = 3

_SET_BACK = text(f"""
    SELECT count(*) OVER () AS files, id, path, setbacks FROM files
    WHERE state = 'waiting' AND finished_at IS NULL AND setbacks >= {_LASTING_SETBACKS}
    ORDER BY setbacks DESC, id LIMIT 1""")


class SetBackFiles(NamedTuple):
    """The number of files that the machine has failed to process for a while, and the one with most setbacks."""

    files: int
    id: int
    path: bytes
    setbacks: int


def set_back_files(connection: Connection) -> SetBackFiles | None:
    """Return which files this machine keeps failing to process; None if there is none."""
    row = connection.execute(_SET_BACK).one_or_none()
    return SetBackFiles(*row) if row else None


def changes_by_kind(connection: Connection, after: int, last: int) -> dict[str, int]:
    """Return the number of changes of each kind with ids above ``after`` up to ``last``."""
    return {row[0]: row[1] for row in connection.execute(_CHANGES, {"after": after, "last": last})}


def file_seconds(connection: Connection, quantiles: Sequence[float], latest: int) -> list[float]:
    """Return quantiles of the seconds from arrival to outcome of the ``latest`` files; none if no file has one."""
    values = {"quantiles": list(quantiles), "latest": latest}
    return list(connection.execute(_SECONDS, values).scalar_one() or ())


def finished_since(connection: Connection, after: int) -> tuple[list[bytes], int]:
    """Return the paths of files with an outcome and ids above ``after``, and the ``after`` of the next call."""
    rows = connection.execute(_OUTCOMES, {"after": after}).all()
    first_open = rows[0].first_open if rows else None
    return [bytes(row.path) for row in rows], max(after, (first_open or 0) - 1)


def database_bytes(connection: Connection) -> int:
    """Return the size of the database on disk."""
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def table_bytes(connection: Connection) -> dict[str, int]:
    """Return the bytes of each table with its indexes and long values."""
    rows = connection.execute(
        text("SELECT relname, pg_total_relation_size(relid) AS size FROM pg_stat_user_tables ORDER BY 1")
    )
    return {row.relname: row.size for row in rows}


def text_bytes(connection: Connection, after: int) -> tuple[int, int]:
    """Return how many articles have ids above ``after``, and the bytes of their cleaned texts."""
    count, size = connection.execute(
        text("SELECT count(*), coalesce(sum(octet_length(text)), 0)::bigint FROM articles WHERE id > :after"),
        {"after": after},
    ).one()
    return count, size
