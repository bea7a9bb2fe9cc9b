"""The servers and the database for the length of one command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from worker import embedded, log
from worker.settings import Settings, load
from worker.store.migrate import migrate
from worker.store.session import engine


@contextmanager
def settings_on_servers() -> Iterator[Settings]:
    """Read the settings and keep the servers up that no URL names, for the length of the block."""
    settings = load()
    log.configure(settings)
    if not settings.embedded:
        yield settings
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with embedded.servers(settings.data_dir, needed=settings.embedded) as servers:
        settings = settings.on_servers(
            settings.database_url or servers.database_url, settings.redis_url or servers.redis_url
        )
        # the Celery app reads its settings when it is imported
        os.environ.update(DATABASE_URL=settings.database_url, REDIS_URL=settings.redis_url)
        yield settings


@contextmanager
def database() -> Iterator[tuple[Settings, Engine]]:
    """Yield the settings and an engine on a database whose tables are there."""
    with settings_on_servers() as settings:
        made = engine(settings)
        try:
            if settings.embedded:  # a deployment migrates once, by `copydesk migrate`, under its own role
                migrate(made)
            yield settings, made
        finally:
            made.dispose()
