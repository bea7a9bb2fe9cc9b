"""The database engine, with limits on time so that the service neither hangs nor holds a lock for ever."""

from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text

from worker.settings import Settings

#: A statement of a batch takes milliseconds; after half a minute it is stuck.
STATEMENT_SECONDS = 30
#: A longer wait for a lock means that its holder is stuck: the files are given back and tried again.
LOCK_SECONDS = 10
#: A transaction that is idle this long belongs to a stalled worker. Its end lets another worker take the files.
IDLE_SECONDS = 60
#: `prune` and `check --deep` read whole tables, which takes longer than a statement of the service may.
_LONG_READ_SECONDS = 3_600
#: A vanished peer is noticed after about 20 seconds (as for Redis; docs/guarantees.md).
_TCP = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "connect_timeout": 5,
}


def engine(settings: Settings, *, statement_seconds: float = STATEMENT_SECONDS) -> Engine:
    """Return an engine on ``settings.database_url``; each process creates its own, also after a fork."""
    database = create_engine(
        settings.database_url,
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=8,
        connect_args={**_TCP, "application_name": "copydesk"},
        hide_parameters=True,
    )

    @event.listens_for(database, "connect")
    def _limit(connection: psycopg.Connection[Any], _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
                " set_config('idle_in_transaction_session_timeout', %s, false),"
                " set_config('timezone', 'UTC', false), set_config('jit', 'off', false),"
                # the same on the server's side: a vanished worker must not keep its locks for hours
                " set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),"
                " set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20s', false)",
                (f"{statement_seconds}s", f"{LOCK_SECONDS}s", f"{IDLE_SECONDS}s"),
            )
        connection.commit()

    return database


def allow_long_reads(connection: Connection) -> None:
    """Raise the limits on time for this transaction, which reads whole tables."""
    connection.execute(text(f"SET LOCAL statement_timeout = '{_LONG_READ_SECONDS}s'"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def avoid_table_scans(engine: Engine) -> None:
    """Forbid table scans where an index will do, in all later sessions of a worker's engine.

    Sessions cache the plans of the first batches. In an empty archive a plan that reads all rows is the cheapest, and
    after a minute of work it is not; only ANALYZE would make Postgres plan again.
    """

    @event.listens_for(engine, "connect")
    def _configure(connection: psycopg.Connection[Any], _record: Any) -> None:
        connection.execute(
            "SELECT set_config('enable_seqscan', 'off', false),"
            # few rows of many: else two of the statements are planned again for every batch
            " set_config('plan_cache_mode', 'force_generic_plan', false)"
        )
        connection.commit()


def avoid_table_scans_now(connection: Connection) -> None:
    """Forbid table scans where an index will do in this transaction, as in those of a worker."""
    connection.execute(text("SET LOCAL enable_seqscan = off"))
