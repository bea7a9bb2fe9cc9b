"""The tables are what the models say, however many processes bring them there at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url, text

from worker.settings import Settings
from worker.store import migrate as migrate_module
from worker.store.migrate import versions
from worker.store.models import metadata
from worker.store.sketches import lookup_keys


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
    """Four processes that start together on an empty database: three wait for the first, nothing fails."""
    name = "copydesk_test_migrations"
    admin = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    migrate = [sys.executable, "-m", "worker", "migrate", "--json"]
    environment = os.environ | {"DATABASE_URL": url}
    started = [subprocess.Popen(migrate, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    try:
        found = [json.loads(one.communicate(timeout=90)[0]) for one in started]
        assert [one.returncode for one in started] == [0] * 4
        newest = found[0]["after"]
        assert sorted(str(one["before"]) for one in found) == [newest, newest, newest, "None"]
        assert {one["after"] for one in found} == {newest}
    finally:
        for one in started:
            one.kill()
            one.wait()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def test_sketch_keys_are_packed_and_unpacked(settings: Settings) -> None:
    """Keys that stood one in a row are all there seven in a row, in their slots, and one in a row again."""
    keys = [(key, story) for story in (1, 2) for key in (*range(-20, 20), -(2**31), 2**31 - 1)]
    name = "copydesk_test_packing"
    admin = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    made = create_engine(make_url(settings.database_url).set(database=name))
    try:
        with made.connect() as connection:
            config = migrate_module._config(connection)
            command.upgrade(config, "0006")
            connection.execute(
                text("INSERT INTO sketch_keys (key, story_id) VALUES (:key, :story)"),
                [{"key": key, "story": story} for key, story in keys],
            )
            command.upgrade(config, "0007")
            numbers = np.array([key for key, _ in keys])
            found, _ = lookup_keys(connection, numbers, np.zeros(len(keys), dtype=int))
            assert [sorted(found[place] or []) for place in range(len(keys))] == [[1, 2]] * len(keys)
            command.downgrade(config, "0006")
            rows = connection.execute(text("SELECT key, story_id FROM sketch_keys")).all()
            assert sorted(map(tuple, rows)) == sorted(keys)
    finally:
        made.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
