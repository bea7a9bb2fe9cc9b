"""Erase an article from tables and stored bytes, safe against a crash at any point.

Bytes are staged, recorded as gone in the transaction that erases the rows, and then deleted; `recover` of ``prune``
finishes what a crash interrupted.
"""

from collections.abc import Sequence
from pathlib import PurePath

from sqlalchemy import Engine

from worker import archive
from worker.operations.prune import recover
from worker.settings import Settings
from worker.store.locks import AdvisoryLock, hold
from worker.stories.correction_context import CorrectionContext
from worker.stories.erase import Erased, erase


def erase_article(
    settings: Settings, engine: Engine, article_id: int, note: str | None = None, *, dry: bool = False
) -> tuple[Erased, int]:
    """Erase an article with all that have the same words; return what was erased and the number of removed files.

    ``dry`` changes nothing.

    Raises:
        CopydeskError: there is no such article.
        RetryError: its file is being processed, or a backup, `prune` or `reprocess` is under way.
    """
    staged: list[PurePath] = []
    with hold(engine, AdvisoryLock.PRUNE), hold(engine, AdvisoryLock.REPROCESS):
        recover(settings, engine)
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                context = CorrectionContext(connection, settings.window_days, note, settings.preferred_sources)
                erased = erase(context, article_id)
                paths = _paths(settings, erased)
                if dry:
                    transaction.rollback()
                    return erased, len(paths)
                staged += [archive.stage_removal(settings, path) for path in paths]
        except BaseException:
            for path in staged:
                archive.restore(settings, path)
            raise
        for path in staged:
            archive.remove(settings, path)
    return erased, len(staged)


def _paths(settings: Settings, erased: Erased) -> Sequence[PurePath]:
    contents = erased.contents.items()
    return [place for sha256, paths in contents for place, _ in archive.kept(settings, sha256, paths)]
