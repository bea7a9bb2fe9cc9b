"""The servers and the database for the length of one command."""

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
        yield settings.on_servers(
            settings.database_url or servers.database_url, settings.redis_url or servers.redis_url
        )


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
