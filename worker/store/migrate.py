"""Brings the tables to the newest version; safe when many processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

#: Any number that no other user of the database takes; the second of the pair tells our locks apart.
LOCK_CLASS = 0x434F5044  # "COPD"
_MIGRATION = 1


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def versions(engine: Engine) -> tuple[str | None, str]:
    """Return the database's version (``None``: no tables yet) and the newest that this code knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head() or ""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Migrate to the newest version under a lock, so that one process does it; return the versions before and after."""
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:a, :b)"), {"a": LOCK_CLASS, "b": _MIGRATION})
        connection.commit()
        try:
            before = MigrationContext.configure(connection).get_current_revision()
            connection.commit()
            command.upgrade(_config(connection), "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:a, :b)"), {"a": LOCK_CLASS, "b": _MIGRATION})
            connection.commit()
            connection.invalidate()  # its timeouts were lifted
    return before, versions(engine)[1]
