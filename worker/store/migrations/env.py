"""Alembic's way in: the connection is handed over by ``worker.store.migrate``."""

from alembic import context

from worker.store.models import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
