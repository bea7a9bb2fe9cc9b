"""Brings the tables to the newest version; safe when many processes start at once."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from worker.store import locks

if TYPE_CHECKING:  # a tenth of a second, which only who migrates shall pay
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def versions(engine: Engine) -> tuple[str | None, str]:
    """Return the database's version (``None``: no tables yet) and the newest that this code knows."""
    newest = max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
    with engine.connect() as connection:
        return _version(connection), newest


def _version(connection: Connection) -> str | None:
    if not connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one():
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Migrate to the newest version under a lock, so that one process does it; return the versions before and after."""
    from alembic import command

    with engine.connect() as connection, locks.migration(connection):
        before = _version(connection)
        connection.commit()
        command.upgrade(_config(connection), "head")
        connection.commit()
    return before, versions(engine)[1]
