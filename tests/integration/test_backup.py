"""One file holds all of an installation, is restored onto an empty one, and damage of it is found."""

import gzip
import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url

from tests.dispatches import copy_of, dispatch
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor, rows, run, scalar
from worker import archive
from worker.errors import CopydeskError, RetryError
from worker.operations.audit import contradictions
from worker.operations.backup import back_up, check_backup
from worker.operations.prune import prune
from worker.operations.restore import restore
from worker.settings import Settings
from worker.store import backup as store
from worker.store import webhooks
from worker.store.databases import temporary_database
from worker.store.locks import AdvisoryLock, hold
from worker.store.migrate import migrate, versions
from worker.store.prune import PruneRule
from worker.store.session import engine as make_engine

Copydesk = Callable[..., Ran]


@pytest.fixture
def empty(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Settings, Engine]]:
    """Yield another installation: settings of an empty data folder and an engine on a database without tables."""
    name = f"copydesk_test_restored_{os.getpid()}"
    server = create_engine(settings.database_url)
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    with temporary_database(server, name):
        other = tmp_path / "other"
        folders = {"data_dir": other, "archive": other / "archive", "quarantine": other / "quarantine"}
        elsewhere = settings.model_copy(update={"database_url": url, **folders})
        made = make_engine(elsewhere)
        yield elsewhere, made
        made.dispose()
    server.dispose()


@pytest.fixture
def filled(settings: Settings, engine: Engine, copydesk: Copydesk) -> Engine:
    """Return the engine of an installation with stories, corrections, bad files, waiting files and odd values."""
    with closing(new_processor(settings)) as processor:
        texts = [(f"{n}.txt", dispatch(n)) for n in range(4)] + [("c\\\n\t\udce9.txt", copy_of(1, 1))]
        processor.process(deliver(settings, engine, [(os.fsdecode(os.fsencode(n)), t) for n, t in texts[:4]]))
        processor.process(deliver(settings, engine, [("copy.txt", copy_of(1, 1)), ("bad.pdf", b"%PDF-1.4 broken")]))
        odd = "Line\tone \\N \\. and\r\nnext — Zürich 北京\n" + dispatch(9)
        processor.process(deliver(settings, engine, [("odd.txt", odd), ("same.txt", dispatch(2))]))
    for command in (("split", 5, "--note", "tab\tand \\ backslash"), ("merge", 3, 4), ("pin", 1)):
        assert copydesk(*command).code == 0
    deliver(settings, engine, [("waiting.txt", dispatch(60))])
    return engine


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables that a backup holds, without the epochs."""
    return {
        table: sorted(map(tuple, rows(engine, f"SELECT {table}::text FROM {table}")))  # noqa: S608
        for table in store.TABLES
        if table != "feed_epochs"
    }


def stored(settings: Settings) -> dict[str, bytes]:
    """Return the bytes of every file in archive and quarantine by its path."""
    folders = (settings.archive, settings.quarantine)
    paths = [(folder, path) for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {f"{folder.name}/{path.relative_to(folder)}": path.read_bytes() for folder, path in paths}


def silent(_kind: str, _done: int, _total: int) -> None:
    """Ignore the progress."""


def backed_up(settings: Settings, engine: Engine, target: Path) -> Path:
    """Write a backup to a file."""
    with target.open("wb") as out:
        back_up(settings, engine, out, silent)
    return target


def restored(empty: tuple[Settings, Engine], source: Path) -> None:
    """Restore a file."""
    with source.open("rb") as opened:
        restore(*empty, opened, silent)


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


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.99])
def test_a_backup_that_breaks_off_restores_nothing(
    settings: Settings, filled: Engine, empty: tuple[Settings, Engine], tmp_path: Path, share: float
) -> None:
    """A file that is cut anywhere is refused with a sentence, and the database stays empty for the next attempt."""
    whole = backed_up(settings, filled, tmp_path / "b")
    cut = tmp_path / "cut"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    with pytest.raises(CopydeskError, match="backup"):
        restored(empty, cut)
    if versions(empty[1])[0]:
        assert not any(content(empty[1]).values())
    restored(empty, whole)
    assert content(empty[1]) == content(filled)


def test_any_changed_byte_is_found(settings: Settings, filled: Engine, tmp_path: Path) -> None:
    """A check refuses a backup with one changed bit, at 100 places of the file and at 100 of what it unpacks to."""
    whole = backed_up(settings, filled, tmp_path / "b")
    changed = tmp_path / "changed"
    unpacked = gzip.decompress(whole.read_bytes())
    for data, pack in ((whole.read_bytes(), bytes), (unpacked, gzip.compress)):
        for place in range(20, len(data), len(data) // 100):
            damaged = bytearray(data)
            damaged[place] ^= 4
            # zeros fill the room between the members of a tar, and packed zeros may be written in several ways
            if data[place] and not _unpacks_to(pack(damaged), unpacked):
                changed.write_bytes(pack(damaged))
                with changed.open("rb") as source, pytest.raises(CopydeskError):
                    check_backup(source)


def _unpacks_to(packed: bytes, expected: bytes) -> bool:
    try:
        return gzip.decompress(packed) == expected
    except (OSError, EOFError, zlib.error):
        return False


def test_lost_and_changed_bytes_are_reported(
    settings: Settings, filled: Engine, copydesk: Copydesk, tmp_path: Path
) -> None:
    """A backup lacks what the archive lacks or has with other bytes, says so, and is good for the rest."""
    kept = sorted(path for path in settings.archive.rglob("*.txt"))
    kept[0].unlink()
    kept[1].write_bytes(b"other bytes")
    ran = copydesk("backup", tmp_path / "b", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["damaged"] == [path.name[:64] for path in kept[:2]]
    with (tmp_path / "b").open("rb") as source:
        check_backup(source)


def test_pruned_bytes_are_not_missed(settings: Settings, filled: Engine, copydesk: Copydesk, tmp_path: Path) -> None:
    """Bytes that `prune` removed are no part of a backup and no damage, and `prune` waits for a backup."""
    assert copydesk("prune", "--older-than", "2100-01-01", "--only", "archive").code == 0
    ran = copydesk("backup", tmp_path / "b", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["files"] == len([name for name in stored(settings) if ".reason." not in name])
    with hold(filled, AdvisoryLock.PRUNE), pytest.raises(RetryError, match="copydesk backup"):
        prune(settings, filled, PruneRule(scalar(filled, "SELECT now()"), ("done",)), lambda *_: None)


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


def test_names_from_a_backup_stay_in_the_archive() -> None:
    """A name that leads out of the archive, or is not that of kept bytes, is refused."""
    digest = "ab" * 32
    for name in (f"archive/../{digest}", f"archive/cd/{digest}", f"/etc/{digest}", f"quarantine/{digest}/../x", "x"):
        with pytest.raises(CopydeskError, match="no backup has"):
            archive.backed_up_sha256(name)
    for name in (f"archive/ab/{digest}.tar.gz", f"quarantine/{digest}"):
        assert archive.backed_up_sha256(name) == bytes.fromhex(digest)


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
