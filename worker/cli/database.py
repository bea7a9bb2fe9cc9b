"""Settings, servers and the database engine of one command."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from worker.cli import output
from worker.cli.archive_place import has_servers, new_archive, no_archive
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
    settings = _load()
    if "postgres" in settings.embedded and not has_servers(settings.data_dir):
        if not create:
            raise CopydeskError(no_archive(settings))
        output.say(new_archive(settings))
    with _on_servers(settings) as connected:
        if "postgres" in settings.embedded:
            _migrate(connected, create=create)
        yield connected


@contextmanager
def settings_on_bare_servers() -> "Iterator[Settings]":
    """Yield the settings and run the servers, for commands that use databases of their own: no archive is created."""
    with _on_servers(_load()) as settings:
        yield settings


def _load() -> "Settings":
    from worker.process import log
    from worker.settings import load
    from worker.settings.unknown_variables import unknown_variables

    if platform.system() != "Linux":
        raise CopydeskError("The service and its archive need Linux; elsewhere use the containers.")
    settings = load()
    log.configure(settings)
    for sentence in unknown_variables().values():
        output.say(sentence)
    return settings


@contextmanager
def _on_servers(settings: "Settings") -> "Iterator[Settings]":
    if not settings.embedded:
        yield settings
        return
    from worker import embedded

    with embedded.servers(settings.data_dir, needed=settings.embedded) as servers:
        yield settings.on_servers(
            settings.database_url or servers.database_url, settings.redis_url or servers.redis_url
        )


def _migrate(settings: "Settings", *, create: bool) -> None:
    """Migrate the embedded database; a deployment does that once, with `copydesk migrate` under a separate role.

    Raises:
        CopydeskError: it has no tables, and ``create`` is false.
    """
    from worker.store.migrate import migrate, versions
    from worker.store.session import engine

    connected = engine(settings)
    try:
        current, newest = versions(connected)
        if current is None and not create:
            raise CopydeskError(no_archive(settings))
        if current != newest:
            migrate(connected)
    finally:
        connected.dispose()


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
