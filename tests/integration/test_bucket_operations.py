"""Backup, restore, prune and erase with the archive in a bucket, and from a folder to a bucket and back."""

import io
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import new_processor, scalar
from tests.storage_server import BucketOfTest
from worker import archive
from worker.bucket.objects import PIECE_BYTES
from worker.errors import CopydeskError
from worker.inbox.posted import accept_uploaded
from worker.operations.audit import contradictions
from worker.operations.backup import back_up
from worker.operations.erase import erase_article
from worker.operations.prune import prune, recover
from worker.operations.restore import restore
from worker.settings import Settings, load
from worker.store.databases import temporary_database
from worker.store.prune import PruneRule
from worker.store.session import engine as make_engine

pytestmark = pytest.mark.slow

#: Two dispatches of which one has a copy, a file without words, and one of several pieces without an article.
FILES = {
    "a.txt": dispatch(1).encode(),
    "b.txt": copy_of(1, 1).encode(),
    "c.txt": dispatch(2).encode(),
    "bad.txt": b"?!?",
    "large.jsonl": b"".join(b'{"other": "%s"}\n' % (b"word%d " % n * 200_000) for n in range(5)),
}


@pytest.fixture
def desk(settings: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with the archive in an empty bucket."""
    monkeypatch.setenv("COPYDESK_ARCHIVE", f"s3://{desk_bucket.name}")
    return load()


@pytest.fixture
def filled(desk: Settings, engine: Engine) -> Engine:
    """Return the engine of an installation that has processed ``FILES``."""
    ids = [accept_uploaded(desk, engine, name.encode(), content) for name, content in FILES.items()]
    with closing(new_processor(desk)) as processor:
        for part in processor.process(ids):
            processor.process([part])
    return engine


@pytest.fixture
def empty(desk: Settings) -> Iterator[Engine]:
    """Yield an engine on another database, without tables."""
    server = create_engine(desk.database_url)
    name = f"copydesk_test_bucket_{os.getpid()}"
    url = make_url(desk.database_url).set(database=name).render_as_string(hide_password=False)
    with temporary_database(server, name):
        made = make_engine(desk.model_copy(update={"database_url": url}))
        yield made
        made.dispose()
    server.dispose()


def all_removed(desk: Settings, engine: Engine) -> int:
    """Prune everything; return the number of removed objects."""
    rule = PruneRule(datetime.now(UTC), ("done", "quarantined"))
    return prune(desk, engine, rule, lambda *_: None).files


def test_a_backup_moves_between_bucket_and_folder(
    desk: Settings, filled: Engine, empty: Engine, desk_bucket: BucketOfTest, tmp_path: Path
) -> None:
    """A backup of a bucket is restored into a folder, with every byte, and the deep check finds nothing."""
    before = {name: desk_bucket.get(name) for name in desk_bucket.keys()}  # noqa: SIM118  no dictionary
    assert sum(name.startswith("quarantine/") for name in before) == 4
    file = io.BytesIO()
    back_up(desk, filled, file, lambda *_: None)
    file.seek(0)
    local = desk.model_copy(update={"archive": tmp_path / "kept", "quarantine": tmp_path / "kept" / "quarantine"})
    restore(local, empty, file, lambda *_: None)
    after = {str(path.relative_to(tmp_path / "kept")): path for path in (tmp_path / "kept").rglob("*.*")}
    assert {name: path.read_bytes() for name, path in after.items()} == before
    assert list(contradictions(local, empty)) == []


def test_a_backup_is_restored_into_a_bucket(
    desk: Settings, filled: Engine, empty: Engine, desk_bucket: BucketOfTest
) -> None:
    """After all objects are lost, a restore writes each of them again."""
    file = io.BytesIO()
    back_up(desk, filled, file, lambda *_: None)
    before = desk_bucket.keys()
    for key in before:
        desk_bucket.delete(key)
    file.seek(0)
    restore(desk, empty, file, lambda *_: None)
    assert desk_bucket.keys() == before
    assert list(contradictions(desk, empty)) == []


@pytest.mark.parametrize("size", [10, 3 * PIECE_BYTES])
def test_an_interrupted_write_leaves_no_object(desk: Settings, desk_bucket: BucketOfTest, size: int) -> None:
    """If the bytes of a backup turn out damaged while they are written, the error arrives and nothing is kept."""
    name = f"archive/ab/{'ab' * 32}.txt"

    def blocks() -> Iterator[bytes]:
        for _ in range(0, size, 1 << 20):
            yield b"x" * (1 << 20)
        raise CopydeskError("The backup is damaged.")

    with pytest.raises(CopydeskError, match="damaged"):
        archive.put_back(desk, name, blocks())
    assert desk_bucket.keys() == []


def test_objects_are_pruned(desk: Settings, filled: Engine, desk_bucket: BucketOfTest) -> None:
    """Pruning removes the objects of archive and quarantine with the reason; delivered again, bytes are kept again."""
    assert all_removed(desk, filled) == len(FILES)
    assert desk_bucket.keys() == []
    assert scalar(filled, "SELECT count(*) FROM files WHERE pruned_at IS NULL AND parent_id IS NULL") == 0
    accept_uploaded(desk, filled, b"a.txt", FILES["a.txt"])
    assert len(desk_bucket.keys()) == 1
    assert list(contradictions(desk, filled)) == []


def test_an_interrupted_prune_is_finished(desk: Settings, filled: Engine, desk_bucket: BucketOfTest) -> None:
    """Objects that a crash left staged, or copied but not deleted, go back to their places."""
    before = desk_bucket.keys()
    [(first, _)] = archive.kept(desk, sha256(FILES["a.txt"]).digest(), [b"a.txt"])
    [(other, _)] = archive.kept(desk, sha256(FILES["bad.txt"]).digest(), [b"bad.txt"])
    content = desk_bucket.get(str(first))
    archive.stage_removal(desk, other)
    archive.stage_removal(desk, first)
    desk_bucket.put(str(first), content)  # as before the deletion of a copied object
    recover(desk, filled)
    assert desk_bucket.keys() == before
    assert list(contradictions(desk, filled)) == []


def test_an_article_is_erased(desk: Settings, filled: Engine, desk_bucket: BucketOfTest) -> None:
    """The object of an erased article is gone from the bucket, and no other."""
    number = scalar(filled, "SELECT a.id FROM articles a JOIN files f ON f.id = file_id WHERE f.path LIKE '%/c.txt'")
    before = desk_bucket.keys()
    _, removed = erase_article(desk, filled, number)
    assert removed == 1
    digest = sha256(FILES["c.txt"]).hexdigest()
    assert set(before) - set(desk_bucket.keys()) == {f"{digest[:2]}/{digest}.txt"}
