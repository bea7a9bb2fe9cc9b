"""The servers for the tests: those of DATABASE_URL and REDIS_URL if these are set, else embedded ones.

Tests create their own database on that server, and start with empty tables; the database in the URL is never touched.
"""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
import redis
from sqlalchemy import Engine, create_engine, make_url, text

from tests.storage_server import BucketOfTest, StorageServer, running_storage
from tests.tables import empty_tables
from worker import embedded
from worker.settings import Settings, load
from worker.store.migrate import migrate
from worker.store.session import engine as make_engine

#: Tests own the last logical databases of a Redis with the default number; each parallel worker uses another one.
_REDIS_DATABASE = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


# a shell lets its background jobs ignore SIGINT; the services that tests start would ignore it too
signal.signal(signal.SIGINT, signal.default_int_handler)

# how long an example takes depends on what else the machine does, so no test fails for that
hypothesis.settings.register_profile("copydesk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("copydesk")


@pytest.fixture(autouse=True)
def remove_log_handlers() -> Iterator[None]:
    """Remove the log handlers of commands that ran in this process: they write to the test's stderr, now closed."""
    yield
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of labelled data next to the checkout; skip the test if there is none."""
    folder = Path(os.environ.get("COPYDESK_SHARED", Path(__file__).parents[1] / "../shared")).resolve()
    if not folder.is_dir():
        pytest.skip("there is no shared folder next to this checkout")
    return folder


@pytest.fixture(scope="session")
def server_urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield the addresses (Postgres, Redis) of servers that run for the length of the test session."""
    configured = load()
    if not configured.embedded:
        yield configured.database_url, configured.redis_url
        return
    with embedded.servers(tmp_path_factory.mktemp("servers"), needed=configured.embedded) as servers:
        yield configured.database_url or servers.database_url, configured.redis_url or servers.redis_url


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    """Yield a running S3 server; skip the test if there is none, or no library for it."""
    pytest.importorskip("obstore", reason="obstore is not installed: pip install '.[object-storage]'")
    with running_storage(tmp_path_factory.mktemp("storage")) as server:
        yield server


@pytest.fixture
def desk_bucket(storage: StorageServer, monkeypatch: pytest.MonkeyPatch) -> BucketOfTest:
    """Return an empty bucket; commands that the test runs may use it."""
    for name, value in storage.environment.items():
        monkeypatch.setenv(name, value)
    return storage.bucket(f"desk-{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def migrated_url(server_urls: tuple[str, str]) -> Iterator[str]:
    """Yield the address of a database that is created for this test session and has all tables."""
    url = make_url(server_urls[0]).set(drivername="postgresql+psycopg")
    name = f"copydesk_test_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    try:
        test_url = url.set(database=name).render_as_string(hide_password=False)
        engine = make_engine(load(database_url=test_url))
        migrate(engine)
        engine.dispose()
        yield test_url
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
    """Return settings with the tests' servers and a new data folder; commands that the test runs get the same."""
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path / "data"))
    return load()


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on the test database, with empty tables whose ids start at 1."""
    engine = make_engine(settings)
    with engine.begin() as connection:
        empty_tables(connection)
    yield engine
    engine.dispose()
