"""The database engine, made for a service that must neither hang nor hold a lock for ever."""

from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text

from worker.settings import Settings

#: A statement of the hot path takes milliseconds; one that takes half a minute is stuck.
STATEMENT_SECONDS = 30
#: Waiting longer for a lock than this means that its holder is stuck: give back and try again.
LOCK_SECONDS = 10
#: A transaction that stands idle this long belongs to a worker that stands still; end it, its files are taken up again.
IDLE_SECONDS = 60
#: Commands that read whole tables (`prune`, `check --deep`) take longer than a statement of the service may.
_LONG_READ_SECONDS = 3_600
#: A peer that has gone without a word is noticed after about 20 seconds (as for Redis; docs/guarantees.md).
_TCP = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "connect_timeout": 5,
}


def engine(settings: Settings, *, statement_seconds: float = STATEMENT_SECONDS) -> Engine:
    """Return an engine on ``settings.database_url``; one a process, never carried over a fork."""
    made = create_engine(
        settings.database_url,
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=8,
        connect_args={**_TCP, "application_name": "copydesk"},
        hide_parameters=True,
    )

    @event.listens_for(made, "connect")
    def _limit(connection: psycopg.Connection[Any], _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
                " set_config('idle_in_transaction_session_timeout', %s, false),"
                " set_config('timezone', 'UTC', false), set_config('jit', 'off', false),"
                # for the server's side of the same: a worker that went without a word must not keep its locks for hours
                " set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),"
                " set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20s', false)",
                (f"{statement_seconds}s", f"{LOCK_SECONDS}s", f"{IDLE_SECONDS}s"),
            )
        connection.commit()

    return made


def allow_long_reads(connection: Connection) -> None:
    """Lift the limits on time in this transaction, which reads whole tables."""
    connection.execute(text(f"SET LOCAL statement_timeout = '{_LONG_READ_SECONDS}s'"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def find_by_key(engine: Engine) -> None:
    """Let the sessions of a worker's engine, opened from now on, never read whole tables where an index will do.

    They keep the plans of their statements, made in the first batches: of an empty archive, where reading all rows is
    the cheapest, and a minute's work later it is not. Only ANALYZE would have them planned again.
    """

    @event.listens_for(engine, "connect")
    def _by_key(connection: psycopg.Connection[Any], _record: Any) -> None:
        connection.execute(
            "SELECT set_config('enable_seqscan', 'off', false),"
            # few rows of many: two of the statements are else planned anew for every batch
            " set_config('plan_cache_mode', 'force_generic_plan', false)"
        )
        connection.commit()
