"""A backup holds all of an installation, and a restore brings it back."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of
from tests.integration.backup.installation import backed_up, content, restored, stored
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor, rows, scalar
from worker.operations.audit import contradictions
from worker.settings import Settings
from worker.store import webhooks

Copydesk = Callable[..., Ran]


def test_all_of_an_installation_is_restored(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], tmp_path: Path
) -> None:
    """Every row and stored byte is as before, ids go on after the last, and waiting files are processed."""
    restored(empty, backed_up(settings, filled, tmp_path / "b"))
    elsewhere, engine = empty
    assert content(engine) == content(filled)
    assert stored(elsewhere) == stored(settings)
    assert any(name.endswith(".reason.txt") for name in stored(elsewhere))
    assert list(contradictions(elsewhere, engine)) == []
    with closing(new_processor(elsewhere)) as processor:
        processor.process([row.id for row in rows(engine, "SELECT id FROM files WHERE state = 'waiting'")])
        processor.process(deliver(elsewhere, engine, [("new.txt", copy_of(0, 1))]))
    newest = scalar(filled, "SELECT max(id) FROM articles")
    assert [row.id for row in rows(engine, "SELECT id FROM articles WHERE id > :n ORDER BY 1", n=newest)] == [
        newest + 1,
        newest + 2,
    ]
    assert scalar(engine, "SELECT story_id FROM articles ORDER BY id DESC LIMIT 1") == 1
    assert list(contradictions(elsewhere, engine)) == []


def test_a_restore_begins_an_epoch(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], tmp_path: Path
) -> None:
    """Changes of the backup keep their epoch, later ones have another."""
    restored(empty, backed_up(settings, filled, tmp_path / "b"))
    before = [tuple(row) for row in rows(filled, "SELECT number, epoch, begins_after FROM feed_epochs")]
    after = [tuple(row) for row in rows(empty[1], "SELECT number, epoch, begins_after FROM feed_epochs ORDER BY 1")]
    assert after[:-1] == before
    assert after[-1][2] == scalar(filled, "SELECT max(id) FROM changes")


def test_a_restored_installation_sends_nothing_until_it_may(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], tmp_path: Path
) -> None:
    """Webhooks are disabled by a restore, because the first installation may still send, and keep their position."""
    with filled.begin() as connection:
        webhooks.add(connection, "https://desk.example/", None, b"secret", 1)
    restored(empty, backed_up(settings, filled, tmp_path / "b"))
    with empty[1].begin() as connection:
        [webhook] = webhooks.all_webhooks(connection)
        assert webhooks.due(connection) == []
        webhooks.enable(connection, 1)
        assert webhooks.due(connection) == [1]
    assert webhook.after == 1
    assert "A backup was restored" in (webhook.disabled_reason or "")


def test_a_backup_during_work_is_of_one_moment(
    settings: Settings, engine: Engine, empty: tuple[Settings, Engine], tmp_path: Path
) -> None:
    """While two workers write, a backup has no half of a batch, and all bytes that it names."""
    stop = threading.Event()

    def work(first: int) -> None:
        with closing(new_processor(settings)) as processor:
            for number in range(first, first + 400):
                if stop.is_set():
                    break
                texts = [(f"{number}-{n}.txt", copy_of(number, n)) for n in range(3)]
                processor.process(deliver(settings, engine, texts))

    workers = [threading.Thread(target=work, args=[first]) for first in (1_000, 2_000)]
    for worker in workers:
        worker.start()
    try:
        while not scalar(engine, "SELECT count(*) FROM articles"):
            pass
        before = scalar(engine, "SELECT count(*) FROM articles")
        written = backed_up(settings, engine, tmp_path / "b")
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    restored(empty, written)
    elsewhere, other = empty
    assert list(contradictions(elsewhere, other)) == []
    assert scalar(other, "SELECT count(*) FROM articles") >= before
    assert set(rows(other, "SELECT id FROM articles")) <= set(rows(engine, "SELECT id FROM articles"))


def test_an_installation_with_anything_in_it_is_refused(
    settings: Settings, filled: Engine, copydesk: Copydesk, tmp_path: Path
) -> None:
    """A restore onto the installation itself says that it is not empty, and changes nothing."""
    before = content(filled)
    assert copydesk("backup", tmp_path / "b").code == 0
    ran = copydesk("restore", tmp_path / "b")
    assert ran.code == 1
    assert "not empty" in ran.err
    assert content(filled) == before


def test_settings_are_named_without_values(
    settings: Settings, filled: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, copydesk: Copydesk
) -> None:
    """A backup names the settings that were set, holds no secret, and only its owner may read it."""
    monkeypatch.setenv("COPYDESK_WEB_TOKEN", "a-token-of-the-newsroom")
    monkeypatch.setenv("COPYDESK_WINDOW_DAYS", "31")
    assert copydesk("backup", tmp_path / "b").code == 0
    unpacked = gzip.decompress((tmp_path / "b").read_bytes())
    assert b'"window_days"' in unpacked
    assert b'"web_token"' in unpacked
    assert b"a-token-of-the-newsroom" not in unpacked
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_the_commands_stream(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`copydesk backup -` writes to a pipe what `copydesk restore -` reads from one."""
    command = [sys.executable, "-P", "-m", "worker"]
    whole = subprocess.run([*command, "backup", "-"], capture_output=True, check=True, env=os.environ)
    elsewhere, engine = empty
    variables = {"DATABASE_URL": elsewhere.database_url, "COPYDESK_DATA_DIR": str(elsewhere.data_dir)}
    ran = subprocess.run(
        [*command, "restore", "-", "--json"],
        input=whole.stdout,
        capture_output=True,
        check=True,
        env=os.environ | variables,
    )
    assert json.loads(ran.stdout)["rows"]["articles"] == scalar(filled, "SELECT count(*) FROM articles")
    assert content(engine) == content(filled)
    assert stored(elsewhere) == stored(settings)
