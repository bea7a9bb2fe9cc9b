"""Group the quarantined files by reason, and dismiss them: a person has seen them and wants nothing done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

#: Newest quarantined files that are grouped: more are counted in the next groups once these are gone.
_GROUPED = 10_000
#: Reasons that are listed; most files share a handful.
_MOST_REASONS = 20

_WAITING = "parent_id IS NULL AND state = 'quarantined' AND reason IS NOT NULL AND dismissed_at IS NULL"
_REASONS = text(f"""
    SELECT reason, count(*) FROM (
        SELECT reason FROM files WHERE {_WAITING} ORDER BY id DESC LIMIT {_GROUPED}) AS newest
    GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_REASONS}""")


@dataclass(frozen=True, slots=True)
class QuarantineReason:
    """A reason that several quarantined files share."""

    reason: str
    files: int


def reasons(connection: Connection) -> list[QuarantineReason]:
    """Return the reasons that several of the newest quarantined files share, the most frequent first."""
    return [QuarantineReason(*row) for row in connection.execute(_REASONS)]


def with_reason(connection: Connection, reason: str) -> list[int]:
    """Return the quarantined files with exactly this reason."""
    statement = text(f"SELECT id FROM files WHERE {_WAITING} AND reason = :reason ORDER BY id")
    return list(connection.execute(statement, {"reason": reason}).scalars())


def dismiss(connection: Connection, ids: Sequence[int]) -> int:
    """Take quarantined files off the list; return how many were on it. Their bytes stay, and a retry takes it back."""
    statement = text(f"UPDATE files SET dismissed_at = now() WHERE {_WAITING} AND id = ANY(:ids)")
    return connection.execute(statement, {"ids": list(ids)}).rowcount
