"""The tables are what the models say, however many processes bring them there at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url, text

from worker.settings import Settings, load
from worker.store import migrate as migrate_module
from worker.store.migrate import migrate, versions
from worker.store.models import metadata
from worker.store.session import engine as make_engine


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    """No table, column, index or constraint differs between models and migrated database."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_version_is_the_one_that_the_migrations_lead_to(engine: Engine) -> None:
    """The files' names tell it as alembic does, each leads on from the one before, and the database is there."""
    scripts = ScriptDirectory(str(Path(migrate_module.__file__).parent / "migrations"))
    assert versions(engine) == (scripts.get_current_head(), scripts.get_current_head())


def test_four_migrations_at_once_are_one(settings: Settings) -> None:
    """Processes that start together on an empty database wait for the first; nothing fails, and it is done once."""
    name = "copydesk_test_migrations"
    admin = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    engines = [make_engine(load(database_url=url)) for _ in range(4)]
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(migrate, engines))
        newest = versions(engines[0])[1]
        assert sorted(str(before) for before, _ in found) == [newest, newest, newest, "None"]
        assert {after for _, after in found} == {newest}
    finally:
        for one in engines:
            one.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
