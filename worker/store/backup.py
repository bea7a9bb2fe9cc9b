"""The SQL of ``backup`` and ``restore``: tables as text of COPY, sequences, and the epoch that a restore begins.

The text format of COPY is the same in all versions of Postgres, and needs neither its programs nor a superuser.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, text

from worker.store.execute import cursor, execute
from worker.store.models import (
    feed_epochs,
    heartbeats,
    metadata,
    search_vectors,
    search_words,
    signing_keys,
    translation_texts,
)

#: The living processes, and what the scheduler derives from the articles again.
_LEFT_OUT = {heartbeats, search_vectors, search_words, signing_keys, translation_texts}
#: Every other table, parents first, so that rows can be inserted in this order.
TABLES = tuple(str(table.name) for table in metadata.sorted_tables if table not in _LEFT_OUT)
#: All values in the notation that COPY reads back unchanged, whatever the server is configured to.
_NOTATION = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
#: A backup or restore may take hours, in which its one transaction is idle while files are copied.
_NO_LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


def lift_limits(connection: Connection) -> None:
    """Remove the limits on time for this transaction, and fix the notation of values."""
    execute(connection, _NO_LIMITS)
    execute(connection, _NOTATION)


def columns(table: str) -> list[str]:
    """Return the columns of a table."""
    return [str(column.name) for column in metadata.tables[table].columns]


def count(connection: Connection, table: str) -> int:
    """Return the number of rows of a table."""
    [[rows]] = execute(connection, f"SELECT count(*) FROM {table}").fetchall()
    return int(rows)


def sequences(connection: Connection) -> dict[str, int]:
    """Return the last values of the sequences that have given any; call it after the snapshot was taken.

    Sequences are outside of transactions: their values are then at least those of the snapshot.
    """
    rows = execute(
        connection,
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1",
    )
    return {str(name): int(value) for name, value in rows}


def set_sequences(connection: Connection, values: Mapping[str, int]) -> None:
    """Let each sequence go on after this value."""
    for name, value in values.items():
        execute(
            connection,
            "SELECT setval(format('%%I', %(name)s::text)::regclass, %(value)s)",
            {"name": name, "value": value},
        )


def copy_out(connection: Connection, table: str) -> Iterator[bytes]:
    """Yield the rows of a table as text, each with its line feed."""
    statement = sql.SQL("COPY {} ({}) TO STDOUT (ENCODING 'UTF8')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns(table)))
    )
    with cursor(connection).copy(statement) as copy:
        for data in copy:
            yield bytes(data)


@contextmanager
def copy_in(connection: Connection, table: str, names: list[str]) -> Iterator[psycopg.Copy]:
    """Yield what takes the rows of ``copy_out`` with these columns in pieces of any size."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (ENCODING 'UTF8')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with cursor(connection).copy(statement) as copy:
        yield copy


def lock_empty(connection: Connection) -> bool:
    """Keep everybody else from writing until the end of the transaction; return whether the tables are empty."""
    present = _present(connection)
    if not present:
        return True
    execute(connection, f"LOCK TABLE {', '.join(present)} IN SHARE ROW EXCLUSIVE MODE")
    filled = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in present if table != feed_epochs.name)
    [[found]] = execute(connection, f"SELECT {filled}").fetchall()
    return not found


def _present(connection: Connection) -> list[str]:
    rows = execute(
        connection,
        "SELECT name FROM unnest(%(names)s::text[]) AS t (name) WHERE to_regclass(name) IS NOT NULL",
        {"names": list(TABLES)},
    )
    return [str(name) for (name,) in rows]


def drop_tables(engine: Engine) -> None:
    """Drop the tables and the sequence, which are empty, so that they can be created at another version."""
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))


def clear_epochs(connection: Connection) -> None:
    """Remove the epoch of an empty feed, before those of a backup are copied in."""
    execute(connection, "DELETE FROM feed_epochs")


def begin_epoch(connection: Connection) -> None:
    """Begin an epoch of the change feed after the changes that were restored."""
    execute(connection, "INSERT INTO feed_epochs (begins_after) SELECT coalesce(max(id), 0) FROM changes")


def count_contents(connection: Connection) -> int:
    """Return how many contents `contents` yields."""
    [[rows]] = execute(
        connection, "SELECT count(DISTINCT sha256) FROM files WHERE sha256 IS NOT NULL AND pruned_at IS NULL"
    ).fetchall()
    return int(rows)


def contents(connection: Connection) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield the SHA-256 and the paths of each content whose bytes are kept, as the snapshot has them."""
    statement = text(
        "SELECT sha256, array_agg(DISTINCT path) FROM files WHERE sha256 IS NOT NULL AND pruned_at IS NULL"
        " GROUP BY sha256 ORDER BY sha256"
    )
    for sha256, paths in connection.execution_options(stream_results=True, yield_per=500).execute(statement):
        yield bytes(sha256), [bytes(path) for path in paths]


def analyze(engine: Engine) -> None:
    """Compute the statistics that the planner needs: without them the first batches would read whole tables."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("ANALYZE"))
        connection.invalidate()
