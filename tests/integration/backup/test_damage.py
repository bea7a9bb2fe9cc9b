"""Damaged backups and damaged archives are found, and nothing of them is restored."""

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.backup.installation import backed_up, content, restored, stored
from tests.integration.conftest import Ran
from tests.integration.delivery import scalar
from worker import archive
from worker.errors import CopydeskError, RetryError
from worker.operations.backup import check_backup
from worker.operations.prune import prune
from worker.settings import Settings
from worker.store.locks import AdvisoryLock, hold
from worker.store.migrate import versions
from worker.store.prune import PruneRule

Copydesk = Callable[..., Ran]


@pytest.mark.slow
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
    kept = sorted(path for path in settings.archive_folder.rglob("*.txt"))
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


def test_names_from_a_backup_stay_in_the_archive() -> None:
    """A name that leads out of the archive, or is not that of kept bytes, is refused."""
    digest = "ab" * 32
    for name in (f"archive/../{digest}", f"archive/cd/{digest}", f"/etc/{digest}", f"quarantine/{digest}/../x", "x"):
        with pytest.raises(CopydeskError, match="no backup has"):
            archive.backed_up_sha256(name)
    for name in (f"archive/ab/{digest}.tar.gz", f"quarantine/{digest}"):
        assert archive.backed_up_sha256(name) == bytes.fromhex(digest)
