"""Settings, servers and the database engine of one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from worker.cli import output
from worker.errors import CopydeskError

if TYPE_CHECKING:  # the imports take most of the time of a short command; `--help` and Tab need none of them
    from sqlalchemy import Engine

    from worker.settings import Settings


@contextmanager
def settings_on_servers(*, create: bool = False) -> "Iterator[Settings]":
    """Yield the settings, and run the embedded servers that they need while the block runs.

    Raises:
        CopydeskError: there is no archive in the data folder, and ``create`` is false.
    """
    from worker.process import log
    from worker.settings import load
    from worker.settings.unknown_variables import unknown_variables

    settings = load()
    log.configure(settings)
    for sentence in unknown_variables().values():
        output.say(sentence)
    needed = settings.embedded
    if not create and "postgres" in needed and not (settings.data_dir / "servers" / "postgres").exists():
        raise CopydeskError(
            f"There is no archive in {settings.data_dir}. Run the command in the folder where Copydesk runs, or set "
            "COPYDESK_DATA_DIR; to create an archive here: copydesk up, copydesk ingest or copydesk migrate."
        )
    if not needed:
        yield settings
        return
    from worker import embedded

    with embedded.servers(settings.data_dir, needed=needed) as servers:
        settings = settings.on_servers(
            settings.database_url or servers.database_url, settings.redis_url or servers.redis_url
        )
        if "postgres" in needed:  # a deployment migrates once, with `copydesk migrate` under a separate role
            from worker.store.migrate import migrate, versions
            from worker.store.session import engine

            connected = engine(settings)
            current, newest = versions(connected)
            if current != newest:
                migrate(connected)
            connected.dispose()
        yield settings


@contextmanager
def database(*, create: bool = False) -> "Iterator[tuple[Settings, Engine]]":
    """Yield the settings and a database engine; for ``create`` see `settings_on_servers`."""
    with settings_on_servers(create=create) as settings:
        from worker.store.session import engine

        connected = engine(settings)
        try:
            yield settings, connected
        finally:
            connected.dispose()
