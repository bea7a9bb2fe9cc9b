"""What ``prune`` asks of the ledger: whose bytes fall under a rule; and the note that they are gone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

#: Groups fetched at once, of a list that may be millions long.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class PruneRule:
    """Bytes of files in one of ``states`` that had their outcome before a moment."""

    before: datetime
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bytes:
    """Kept bytes, the ledger's rows that share them (parts too), and the names under which they came."""

    sha256: bytes
    ids: list[int]
    paths: list[bytes]


# the same bytes are kept once for all of their deliveries: all of these must fall under the rule
_UNDER = """
    FROM files WHERE sha256 IS NOT NULL GROUP BY sha256
    HAVING bool_and(state = ANY(:states) AND finished_at < :before) AND bool_or(pruned_at IS NULL)"""


def count(connection: Connection, rule: PruneRule) -> int:
    """Return how many kept bytes fall under a rule."""
    values = {"before": rule.before, "states": list(rule.states)}
    found: int = connection.execute(text(f"SELECT count(*) FROM (SELECT sha256 {_UNDER}) AS t"), values).scalar_one()
    return found


def under(connection: Connection, rule: PruneRule) -> Iterator[Sequence[Bytes]]:
    """Yield what falls under a rule, some hundred at a time, all of one moment."""
    statement = text(f"SELECT sha256, array_agg(id ORDER BY id), array_agg(DISTINCT path) {_UNDER} ORDER BY sha256")
    values = {"before": rule.before, "states": list(rule.states)}
    rows = connection.execution_options(stream_results=True, yield_per=_PAGE).execute(statement, values)
    for page in rows.partitions():
        yield [Bytes(bytes(row[0]), list(row[1]), [bytes(path) for path in row[2]]) for row in page]


def still_under(connection: Connection, some: Sequence[Bytes], rule: PruneRule, newest_seen: int) -> set[bytes]:
    """Lock the rows of these bytes, those that came meanwhile too; return the hashes that still fall under the rule."""
    rows = connection.execute(
        text("""
            SELECT sha256, coalesce(state = ANY(:states) AND finished_at < :before, false) AS falls FROM files
            WHERE id = ANY(:ids) OR (id > :newest AND sha256 = ANY(:hashes)) ORDER BY id FOR UPDATE"""),
        {
            "states": list(rule.states),
            "before": rule.before,
            "ids": [number for one in some for number in one.ids],
            "newest": newest_seen,
            "hashes": [one.sha256 for one in some],
        },
    ).all()
    return {one.sha256 for one in some} - {bytes(row.sha256) for row in rows if not row.falls}


def note(connection: Connection, ids: Collection[int]) -> None:
    """Note that the bytes of these rows are gone from now on."""
    connection.execute(
        text("UPDATE files SET pruned_at = now() WHERE id = ANY(:ids) AND pruned_at IS NULL"), {"ids": sorted(ids)}
    )


def noted(connection: Connection, hashes: Collection[bytes]) -> set[bytes]:
    """Return which of these bytes the ledger calls gone, in all of their rows."""
    rows = connection.execute(
        text("""
            SELECT sha256 FROM files WHERE sha256 = ANY(:hashes)
            GROUP BY sha256 HAVING bool_and(pruned_at IS NOT NULL)"""),
        {"hashes": sorted(hashes)},
    )
    return {bytes(sha256) for sha256 in rows.scalars()}
