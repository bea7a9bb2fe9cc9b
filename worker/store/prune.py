"""The queries of ``prune``: which archived bytes a rule covers, and the record that they are gone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

#: Hashes fetched at once: the list may be millions long.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class PruneRule:
    """Covers files in one of ``states`` whose outcome is older than ``before``."""

    before: datetime
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """The bytes of a file, the ledger's rows that have them (also parts), and the paths by which they came."""

    sha256: bytes
    ids: list[int]
    paths: list[bytes]


# the same bytes are stored once for all of their deliveries: the rule must cover all of these
_COVERED = """
    FROM files WHERE sha256 IS NOT NULL GROUP BY sha256
    HAVING bool_and(state = ANY(:states) AND finished_at < :before) AND bool_or(pruned_at IS NULL)"""


def count(connection: Connection, rule: PruneRule) -> int:
    """Return the number of different contents that a rule covers."""
    values = {"before": rule.before, "states": list(rule.states)}
    statement = text(f"SELECT count(*) FROM (SELECT sha256 {_COVERED}) AS t")
    return int(connection.execute(statement, values).scalar_one())


def covered(connection: Connection, rule: PruneRule) -> Iterator[Sequence[KeptBytes]]:
    """Yield the bytes that a rule covers, ``_PAGE`` at a time, all from one snapshot."""
    statement = text(f"SELECT sha256, array_agg(id ORDER BY id), array_agg(DISTINCT path) {_COVERED} ORDER BY sha256")
    values = {"before": rule.before, "states": list(rule.states)}
    rows = connection.execution_options(stream_results=True, yield_per=_PAGE).execute(statement, values)
    for page in rows.partitions():
        yield [KeptBytes(bytes(row[0]), list(row[1]), [bytes(path) for path in row[2]]) for row in page]


def still_covered(connection: Connection, page: Sequence[KeptBytes], rule: PruneRule, newest_seen: int) -> set[bytes]:
    """Lock the rows of these bytes, also newly arrived rows; return the hashes that the rule still covers."""
    rows = connection.execute(
        text("""
            SELECT sha256, coalesce(state = ANY(:states) AND finished_at < :before, false) AS covered FROM files
            WHERE id = ANY(:ids) OR (id > :newest AND sha256 = ANY(:hashes)) ORDER BY id FOR UPDATE"""),
        {
            "states": list(rule.states),
            "before": rule.before,
            "ids": [id_ for content in page for id_ in content.ids],
            "newest": newest_seen,
            "hashes": [content.sha256 for content in page],
        },
    ).all()
    return {content.sha256 for content in page} - {bytes(row.sha256) for row in rows if not row.covered}


def mark_pruned(connection: Connection, ids: Collection[int]) -> None:
    """Record that the bytes of these rows are gone from now on."""
    connection.execute(
        text("UPDATE files SET pruned_at = now() WHERE id = ANY(:ids) AND pruned_at IS NULL"), {"ids": sorted(ids)}
    )


def pruned(connection: Connection, hashes: Collection[bytes]) -> set[bytes]:
    """Return the hashes of the bytes that are recorded as gone in all of their rows."""
    rows = connection.execute(
        text("""
            SELECT sha256 FROM files WHERE sha256 = ANY(:hashes)
            GROUP BY sha256 HAVING bool_and(pruned_at IS NOT NULL)"""),
        {"hashes": sorted(hashes)},
    )
    return {bytes(sha256) for sha256 in rows.scalars()}
