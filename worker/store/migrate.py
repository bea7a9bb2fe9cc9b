"""Bring the tables to the newest version. Many processes may start at once: one migrates, the others wait for it."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from worker.errors import CopydeskError
from worker.store import locks, trigrams

if TYPE_CHECKING:  # the import takes a tenth of a second, which only `migrate` needs to pay
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def versions(engine: Engine) -> tuple[str | None, str]:
    """Return the database's version (``None``: no tables yet) and the newest that this program knows."""
    with engine.connect() as connection:
        return _version(connection), _REVISIONS[-1]


def _version(connection: Connection) -> str | None:
    if not connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one():
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return version


def migrate(engine: Engine, version: str = "head") -> tuple[str | None, str]:
    """Migrate to a version, in one process at a time; return the versions before and after.

    Raises:
        CopydeskError: the tables are older than the first release, from which no migration leads on.
    """
    from alembic import command

    with engine.connect() as connection, locks.migration(connection):
        before = _version(connection)
        if before and before < _REVISIONS[0]:
            raise CopydeskError(
                f"The tables are at version {before}, older than the first release, and can't be migrated. "
                "Use a new database (DATABASE_URL or COPYDESK_DATA_DIR) and ingest the old archive folder again."
            )
        connection.commit()
        command.upgrade(_config(connection), version)
        if version == "head":
            trigrams.create_index(connection)
        connection.commit()
    return before, _REVISIONS[-1] if version == "head" else version
