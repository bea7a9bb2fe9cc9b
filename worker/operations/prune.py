"""A rule that a person gave goes in; kept bytes that fall under it are removed, and the ledger says so from then on.

Bytes are set aside first (where they are still found), then noted as gone, then removed. So a crash leaves either bytes
that the next run puts back, or such that it removes; and whoever takes in the same bytes meanwhile either is seen
before they are noted, or sees that they have left the archive and keeps them again (`worker/inbox/feeder.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from worker import archive
from worker.settings import Settings
from worker.store import prune as store
from worker.store.id_search import newest_id
from worker.store.locks import AdvisoryLock, hold
from worker.store.models import files
from worker.store.prune import KeptBytes, PruneRule
from worker.store.session import allow_long_reads

#: Ids of the ledger that deliveries may have taken which are not committed yet: some hundred a service.
_IN_FLIGHT = 10_000


@dataclass
class Pruned:
    """What was removed, or would be: rows of the ledger (parts of large files too), kept files, their bytes."""

    rows: int = 0
    files: int = 0
    bytes: int = 0


def prune(
    settings: Settings, engine: Engine, rule: PruneRule, advance: Callable[[int, int], None], *, dry: bool = False
) -> Pruned:
    """Remove the kept bytes that fall under a rule; ``advance`` is told (done, of all). ``dry`` only counts them.

    Raises:
        RetryError: another run is under way.
    """
    found = Pruned()
    with hold(engine, AdvisoryLock.PRUNE), engine.connect() as reading:
        if not dry:
            recover(settings, engine)
        allow_long_reads(reading)
        newest = newest_id(reading, files) - _IN_FLIGHT
        total, done = store.count(reading, rule), 0
        for some in store.covered(reading, rule):
            if dry:
                _count(found, some, [path for one in some for path in _kept(settings, one)])
            else:
                with engine.connect() as connection:
                    _remove(settings, connection, some, rule, newest, found)
            done += len(some)
            advance(done, max(done, total))
    return found


def _kept(settings: Settings, one: KeptBytes) -> list[Path]:
    """Return where these bytes are kept: their names differ where the suffixes of their first names do."""
    places = [archive.archive_path(settings, one.sha256, path) for path in one.paths]
    places += [archive.quarantine_path(settings, one.sha256, path) for path in one.paths]
    return [place for place in sorted(set(places)) if place.is_file()]


def _count(found: Pruned, some: Sequence[KeptBytes], kept: Sequence[Path]) -> None:
    found.rows += sum(len(one.ids) for one in some)
    found.files += len(kept)
    found.bytes += sum(path.stat().st_size for path in kept)


def _remove(
    settings: Settings, connection: Connection, some: Sequence[KeptBytes], rule: PruneRule, newest: int, found: Pruned
) -> None:
    aside = {one.sha256: [archive.stage_removal(settings, place) for place in _kept(settings, one)] for one in some}
    with connection.begin():
        falls = store.still_covered(connection, some, rule, newest)
        store.mark_pruned(connection, [number for one in some if one.sha256 in falls for number in one.ids])
    for sha256, places in aside.items():
        if sha256 not in falls:
            for place in places:
                archive.restore(settings, place)
    gone = [one for one in some if one.sha256 in falls]
    paths = [place for one in gone for place in aside[one.sha256]]
    _count(found, gone, paths)
    for path in paths:
        archive.remove(path)


def recover(settings: Settings, engine: Engine) -> None:
    """Finish what a run left that was cut off: bytes set aside go where they are noted as gone, else they come back."""
    left = archive.staged_removals(settings)
    with engine.connect() as connection:
        gone = store.pruned(connection, set(left.values()))
    for path, sha256 in left.items():
        if sha256 in gone:
            archive.remove(path)
        else:
            archive.restore(settings, path)
