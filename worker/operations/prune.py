"""Remove stored files that match a retention rule, and record the removal in the ledger.

Files are staged first (and can still be read), then recorded as pruned, then deleted. After a crash the next run
restores staged files or deletes them. If the same content is delivered meanwhile, either the recording sees the
delivery, or the delivery sees that the archive lacks the file and stores it again (`worker/inbox/feeder.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import Connection, Engine

from worker import archive
from worker.settings import Settings
from worker.store import prune as store
from worker.store.id_search import newest_id
from worker.store.locks import AdvisoryLock, hold
from worker.store.models import files
from worker.store.prune import KeptBytes, PruneRule
from worker.store.session import allow_long_reads

#: Ledger ids that uncommitted deliveries may have taken: a few hundred per service.
_IN_FLIGHT = 10_000


@dataclass
class Pruned:
    """What was removed, or would be: ledger rows (parts of large files included), stored files, and their bytes."""

    rows: int = 0
    files: int = 0
    bytes: int = 0


def prune(
    settings: Settings, engine: Engine, rule: PruneRule, advance: Callable[[int, int], None], *, dry: bool = False
) -> Pruned:
    """Remove the stored files that match a rule; ``advance`` gets (done, total) rows. ``dry`` only counts the files.

    Raises:
        RetryError: another run is in progress.
    """
    removed = Pruned()
    with hold(engine, AdvisoryLock.PRUNE), engine.connect() as reading:
        if not dry:
            recover(settings, engine)
        allow_long_reads(reading)
        newest = newest_id(reading, files) - _IN_FLIGHT
        total, done = store.count(reading, rule), 0
        for batch in store.covered(reading, rule):
            if dry:
                _count(removed, batch, [size for content in batch for _, size in _kept(settings, content)])
            else:
                with engine.connect() as connection:
                    _remove(settings, connection, batch, rule, newest, removed)
            done += len(batch)
            advance(done, max(done, total))
    return removed


def _kept(settings: Settings, content: KeptBytes) -> list[tuple[PurePath, int]]:
    return archive.kept(settings, content.sha256, content.paths)


def _count(removed: Pruned, batch: Sequence[KeptBytes], sizes: Sequence[int]) -> None:
    removed.rows += sum(len(content.ids) for content in batch)
    removed.files += len(sizes)
    removed.bytes += sum(sizes)


def _remove(
    settings: Settings,
    connection: Connection,
    batch: Sequence[KeptBytes],
    rule: PruneRule,
    newest: int,
    removed: Pruned,
) -> None:
    staged = {
        content.sha256: [(archive.stage_removal(settings, place), size) for place, size in _kept(settings, content)]
        for content in batch
    }
    with connection.begin():
        matching = store.still_covered(connection, batch, rule, newest)
        gone = [content for content in batch if content.sha256 in matching]
        store.mark_pruned(connection, [file_id for content in gone for file_id in content.ids])
    for sha256, moved in staged.items():
        if sha256 not in matching:
            for place, _ in moved:
                archive.restore(settings, place)
    leaving = [found for content in gone for found in staged[content.sha256]]
    _count(removed, gone, [size for _, size in leaving])
    for place, _ in leaving:
        archive.remove(settings, place)


def recover(settings: Settings, engine: Engine) -> None:
    """Finish an interrupted run: delete staged files that the ledger records as pruned, restore the others."""
    left = archive.staged_removals(settings)
    with engine.connect() as connection:
        gone = store.pruned(connection, set(left.values()))
    for path, sha256 in left.items():
        if sha256 in gone:
            archive.remove(settings, path)
        else:
            archive.restore(settings, path)
