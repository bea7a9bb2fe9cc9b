"""The index for misspelt words, which needs the extension `pg_trgm`; without it only exact words are found."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from worker.store.search_tables import TRIGRAM_INDEX

#: What `check` reports where there is no index.
MISSING = (
    "Misspelt words are not found, because this database has no extension pg_trgm. As its owner or as a superuser run "
    "CREATE EXTENSION pg_trgm; then run copydesk migrate. On Debian it is in postgresql-contrib."
)


def create_index(connection: Connection) -> bool:
    """Create the extension and the index if they are missing; return whether they are there, and log nothing else.

    The owner of a database may create this extension, unless the server does not have it or its schema is closed.
    """
    if exists(connection):
        return True
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(
                text(f"CREATE INDEX IF NOT EXISTS {TRIGRAM_INDEX} ON search_words USING gin (shape gin_trgm_ops)")
            )
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False
    return True


def exists(connection: Connection) -> bool:
    """Return whether misspelt words can be looked up."""
    return bool(connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": TRIGRAM_INDEX}).scalar_one())
