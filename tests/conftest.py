"""The servers for the tests: from DATABASE_URL and REDIS_URL where they are set, else from the wheels.

Tests get a database of their own on that server, with empty tables each time; what the URLs name is never touched.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import structlog
from sqlalchemy import Engine, create_engine, make_url, text

from worker import embedded
from worker.settings import Settings, load
from worker.store.migrate import migrate
from worker.store.models import metadata
from worker.store.session import engine as make_engine

#: The last database of a Redis of default size: what is there belongs to the tests, one each of those that run at once.
_REDIS_DATABASE = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


# the default shows every local variable of a traceback, which takes seconds
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture(autouse=True)
def log_to_nobody_afterwards() -> Iterator[None]:
    """Take away what a command that ran in this process logs to: it is the test's own stderr, which is closed now."""
    yield
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of labelled data beside the checkout; the test is skipped where there is none."""
    folder = Path(os.environ.get("COPYDESK_SHARED", Path(__file__).parents[1] / "../shared")).resolve()
    if not folder.is_dir():
        pytest.skip("no shared folder stands beside this checkout")
    return folder


@pytest.fixture(scope="session")
def server_urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield the addresses (Postgres, Redis) of servers that run for the length of the test session."""
    given = load()
    if not given.embedded:
        yield given.database_url, given.redis_url
        return
    with embedded.servers(tmp_path_factory.mktemp("servers"), needed=given.embedded) as servers:
        on = given.on_servers(given.database_url or servers.database_url, given.redis_url or servers.redis_url)
        yield on.database_url, on.redis_url


@pytest.fixture(scope="session")
def migrated_url(server_urls: tuple[str, str]) -> Iterator[str]:
    """Yield the address of a database that was made for this test session and has all tables."""
    url = make_url(server_urls[0]).set(drivername="postgresql+psycopg")
    name = f"copydesk_test_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    try:
        ours = url.set(database=name).render_as_string(hide_password=False)
        made = make_engine(load(database_url=ours))
        migrate(made)
        made.dispose()
        yield ours
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture
def redis_url(server_urls: tuple[str, str]) -> str:
    """Return the address of an empty Redis or Valkey database."""
    url = make_url(server_urls[1]).set(database=str(_REDIS_DATABASE)).render_as_string(hide_password=False)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def settings(migrated_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings on the tests' servers and an own data folder; commands that the test runs find the same."""
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path / "data"))
    return load()


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on a database with empty tables, whose ids start at 1."""
    made = make_engine(settings)
    tables = ", ".join(table.name for table in metadata.sorted_tables)
    with made.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    yield made
    made.dispose()
