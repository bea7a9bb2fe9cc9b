"""Apply what the provider of an article says of its publication: kill notices and embargoes of a batch.

A notice withdraws the versions of its id that were sent before it, whatever their texts and stories.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from worker.article import ChangeKind, PublicationStatus
from worker.store import articles, withdrawals
from worker.store.revisions import RevisionKey
from worker.store.stories import StoryChange
from worker.store.withdrawals import SentVersion
from worker.stories.rows import BatchChanges
from worker.window import Window

_CHANGES = {PublicationStatus.WITHDRAWN: ChangeKind.WITHDRAWN, PublicationStatus.WITHHELD: ChangeKind.WITHHELD}


def withdraw(connection: Connection, changes: BatchChanges, window: Window) -> set[int]:
    """Set the status of new and stored articles, and record it; return the stories of stored ones that changed.

    Call it under the placement lock, when the merges of the batch are written and its articles are not.
    """
    rows = list(changes.rows.values())
    kills, others = withdraw_rows(rows)
    sent = _versions(
        row for row in others if row.status != PublicationStatus.WITHDRAWN and row.revision_key is not None
    )
    for article in withdrawals.killed_before(connection, sent, window):
        changes.rows[article].status = PublicationStatus.WITHDRAWN
    stored = withdrawals.withdraw_versions(connection, kills, window)
    changed = [
        (_CHANGES[PublicationStatus(row.status)], row.story_id, row.id) for row in rows if row.status in _CHANGES
    ]
    changed += [(ChangeKind.WITHDRAWN, story, article) for article, story in sorted(stored)]
    changes.story_changes += [StoryChange(*change) for change in changed]
    return {story for _, story in stored}


def _versions(rows: Iterable[articles.Row]) -> list[SentVersion]:
    return [
        SentVersion(row.id, row.story_id, RevisionKey(row.provider, row.external_id), row.version, row.published_at)
        for row in rows
        if row.provider and row.external_id
    ]


def withdraw_rows(rows: Iterable[articles.Row]) -> tuple[list[SentVersion], list[articles.Row]]:
    """Withdraw the rows of a batch that notices of the batch kill; return the notices and the other rows."""
    rows = list(rows)
    kills = _versions(row for row in rows if row.status == PublicationStatus.WITHDRAWN)
    others = [row for row in rows if row.status != PublicationStatus.WITHDRAWN]
    by_id: dict[RevisionKey, list[SentVersion]] = {}
    for kill in kills:
        by_id.setdefault(kill.key, []).append(kill)
    for row in others if kills else ():
        if row.provider and row.external_id:
            killed = by_id.get(RevisionKey(row.provider, row.external_id), ())
            if any(_kills(kill, row) for kill in killed):
                row.status = PublicationStatus.WITHDRAWN
    return kills, others


def _kills(kill: SentVersion, row: articles.Row) -> bool:
    """Return whether a notice kills a version: by their versions, or else by their order."""
    if kill.version is None or row.version is None:
        return row.id < kill.article
    return row.version <= kill.version
