"""Backups of older versions are migrated, those of newer ones refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.backup.installation import backed_up, content, restored
from tests.integration.conftest import Ran
from tests.integration.delivery import run, scalar
from worker.errors import CopydeskError
from worker.settings import Settings
from worker.store import backup as store
from worker.store.migrate import migrate, versions

Copydesk = Callable[..., Ran]


def test_a_backup_of_an_older_version_is_migrated(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables are created as they were, filled, and then migrated, also if empty tables of this version exist."""
    added = {"feed_epochs", "erasures", "tokens", "webhooks", "webhook_messages"}
    added |= {"correction_log", "review_items", "saved_views", "translations"}
    older = tuple(table for table in store.TABLES if table not in added)
    monkeypatch.setattr(store, "TABLES", older)
    monkeypatch.setattr("worker.operations.backup.versions", lambda _: ("0014", "0014"))
    columns, later = store.columns, {"status", "embargoed_until", "made_by", "dismissed_at", "log_id"}
    monkeypatch.setattr(store, "columns", lambda table: [name for name in columns(table) if name not in later])
    known, new = store.sequences, {"feed_epochs_number_seq", "tokens_id_seq"}
    new |= {"correction_log_id_seq", "review_items_id_seq", "saved_views_id_seq"}
    monkeypatch.setattr(store, "sequences", lambda c: {name: n for name, n in known(c).items() if name not in new})
    written = backed_up(settings, filled, tmp_path / "b")
    monkeypatch.undo()
    migrate(empty[1])
    restored(empty, written)
    # the migration fills the log of corrections, but for what the older version did not store
    run(filled, "UPDATE correction_log SET story_id = NULL, other_story_id = NULL, moved = NULL, newest_article = NULL")
    assert versions(empty[1]) == (versions(filled)[1],) * 2
    after, before = content(empty[1]), content(filled)
    # that version did not store what each correction moved
    assert len(after.pop("correction_log")) == len(before.pop("correction_log"))
    assert after == before
    assert scalar(empty[1], "SELECT count(*) FROM feed_epochs") == 1


def test_a_backup_of_a_newer_version_is_refused(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the version that made the backup, and nothing is created."""
    monkeypatch.setattr("worker.operations.backup.versions", lambda _: ("9999", "9999"))
    written = backed_up(settings, filled, tmp_path / "b")
    monkeypatch.undo()
    with pytest.raises(CopydeskError, match="version 9999"):
        restored(empty, written)
    assert versions(empty[1])[0] is None
