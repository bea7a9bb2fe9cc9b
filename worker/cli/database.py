"""Settings, servers and the database engine of one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from worker import embedded
from worker.process import log
from worker.settings import Settings, load
from worker.store.migrate import migrate, versions
from worker.store.session import engine


@contextmanager
def settings_on_servers() -> Iterator[Settings]:
    """Yield the settings, and run the embedded servers that they need while the block runs."""
    settings = load()
    log.configure(settings)
    needed = settings.embedded
    if not needed:
        yield settings
        return
    with embedded.servers(settings.data_dir, needed=needed) as servers:
        settings = settings.on_servers(
            settings.database_url or servers.database_url, settings.redis_url or servers.redis_url
        )
        if "postgres" in needed:  # a deployment migrates once, with `copydesk migrate` under a separate role
            connected = engine(settings)
            current, newest = versions(connected)
            if current != newest:
                migrate(connected)
            connected.dispose()
        yield settings


@contextmanager
def database() -> Iterator[tuple[Settings, Engine]]:
    """Yield the settings and a database engine."""
    with settings_on_servers() as settings:
        connected = engine(settings)
        try:
            yield settings, connected
        finally:
            connected.dispose()
