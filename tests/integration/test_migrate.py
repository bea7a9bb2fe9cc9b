"""Migrations produce the tables of the models, also if many processes migrate at once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url

from tests.integration.delivery import rows, run
from worker.errors import CopydeskError
from worker.settings import Settings
from worker.store import migrate as migrate_module
from worker.store.databases import temporary_database
from worker.store.migrate import migrate, versions
from worker.store.models import metadata
from worker.store.session import engine as make_engine

_TABLES_0009 = Path(__file__).parent / "tables_0009.sql"
_RELATIONS = "SELECT oid, relname, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
_COLUMNS = """
    SELECT table_name, ordinal_position, column_name, data_type, udt_name, is_nullable, column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2"""
_OPTIONS = "SELECT relname, reloptions::text FROM pg_class WHERE reloptions IS NOT NULL ORDER BY 1"
_SEQUENCES = """
    SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
    FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"""


@pytest.fixture
def bare(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on a new database without tables."""
    name = f"copydesk_test_bare_{os.getpid()}"
    server = create_engine(settings.database_url)
    with temporary_database(server, name):
        made = make_engine(settings.model_copy(update={"database_url": _url(settings, name)}))
        yield made
        made.dispose()
    server.dispose()


def _url(settings: Settings, name: str) -> str:
    return make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    """No table, column, index or constraint differs between models and migrated database."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_version_is_the_one_that_the_migrations_lead_to(engine: Engine) -> None:
    """`versions` takes the newest version from the names of files, which agrees with alembic and the database."""
    scripts = ScriptDirectory(str(Path(migrate_module.__file__).parent / "migrations"))
    assert versions(engine) == (scripts.get_current_head(), scripts.get_current_head())


@pytest.mark.slow
def test_four_migrations_at_once_are_one(bare: Engine) -> None:
    """Of four processes that migrate an empty database together, three wait for the first, and none fails."""
    migrate_command = [sys.executable, "-m", "worker", "migrate", "--json"]
    environment = os.environ | {"DATABASE_URL": bare.url.render_as_string(hide_password=False)}
    started = [subprocess.Popen(migrate_command, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    try:
        results = [json.loads(process.communicate(timeout=90)[0]) for process in started]
        assert [process.returncode for process in started] == [0] * 4
        newest = results[0]["after"]
        assert sorted(str(result["before"]) for result in results) == [newest, newest, newest, "None"]
        assert {result["after"] for result in results} == {newest}
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_an_archive_of_the_first_release_is_migrated(bare: Engine, engine: Engine) -> None:
    """The tables of version 0009 get the columns of later versions, without being written again, and equal new ones."""
    with bare.begin() as connection:
        connection.exec_driver_sql(_TABLES_0009.read_text("utf-8"))
    before = {tuple(row) for row in rows(bare, _RELATIONS)}
    newest = versions(engine)[1]
    assert versions(bare) == ("0009", newest)
    assert migrate(bare) == ("0009", newest)
    after = {tuple(row) for row in rows(bare, _RELATIONS)}
    replaced = {"ix_articles_search", "ix_articles_source"}  # by separate tables, and by the index of publishers
    assert {name for _, name, _ in before - after} == replaced
    for catalog in (_COLUMNS, _INDEXES, _CONSTRAINTS, _OPTIONS, _SEQUENCES):
        assert rows(bare, catalog) == rows(engine, catalog) != []


def test_decisions_of_people_get_columns(bare: Engine) -> None:
    """The first words of reasons, by which 0009 knew a person's decisions, become columns; the rest is kept."""
    apart, joined = "a person keeps them apart, though alike: ", "a person joined them"
    reasons = [
        (0, "Another story: few shared."),
        (1, joined),
        (1, f"{joined}, though Another story: few shared."),
        (0, f"{apart}Same story: many shared."),
        (0, f"{apart}{joined}, though Another story: few shared."),
    ]
    with bare.begin() as connection:
        connection.exec_driver_sql(_TABLES_0009.read_text("utf-8"))
        connection.exec_driver_sql(
            """INSERT INTO files (id, key, path) VALUES (1, '', '');
            INSERT INTO stories (id, first_seen, last_seen) VALUES (1, now(), now());
            INSERT INTO articles (id, file_id, position, story_id, relation, similarity, seen_at, words,
                cleaner_version, fingerprint_version, text_hash, simhash, sketch, language, text)
            VALUES (1, 1, 0, 1, 'original', 1, now(), 1, 1, 1, '', '', '{}', 'en', '')"""
        )
    for other, (same, reason) in enumerate(reasons):
        values = {"other": other, "same": same, "reason": reason}
        run(bare, "INSERT INTO links VALUES (1, :other, :same, 'near', .5, :reason, '{}')", **values)
    migrate(bare)
    assert rows(bare, "SELECT same, decided_by, overridden, reason FROM links ORDER BY other_id") == [
        (0, "copydesk", False, "Another story: few shared."),
        (1, "person", False, joined),
        (1, "person", True, "Another story: few shared."),
        (0, "person", True, "Same story: many shared."),
        (0, "person", False, "Another story: few shared."),
    ]


@pytest.mark.parametrize("version", ["0001", "0008"])
def test_older_archives_get_a_sentence(bare: Engine, engine: Engine, version: str) -> None:
    """Tables that no migration leads on from are left as they are, and the error says what to do."""
    run(bare, "CREATE TABLE alembic_version (version_num text)")
    run(bare, "INSERT INTO alembic_version VALUES (:version)", version=version)
    with pytest.raises(CopydeskError, match=f"at version {version}, .* Use a new database .* ingest the old archive"):
        migrate(bare)
    assert versions(bare)[0] == version
