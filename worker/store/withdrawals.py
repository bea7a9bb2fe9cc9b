"""Withdraw the versions that a provider sent under an id before it killed them. Call it under the placement lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from worker.article import PublicationStatus
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.revisions import RevisionKey
from worker.store.window_sql import TimeColumns, contains
from worker.window import Window


@dataclass(frozen=True, slots=True)
class SentVersion:
    """A version of an id, or the notice that kills it; ``article`` is its id in the database."""

    article: int
    story: int
    key: RevisionKey
    version: int | None
    published_at: datetime | None


_SENT = """
    unnest(CAST(%(articles)s AS int[]), CAST(%(keys)s AS bigint[]), CAST(%(providers)s AS text[]),
        CAST(%(ids)s AS text[]), CAST(%(versions)s AS bigint[]), CAST(%(published)s AS timestamptz[]))
        AS t (article, key, provider, external_id, version, published)"""
_SAME_ID = f"""
    a.provider = t.provider AND a.external_id = t.external_id
    AND {contains(TimeColumns("a.published_at", "a.arrived_at"), TimeColumns("t.published", "now()"), "%(days)s")}"""
#: The versions with the key of the id; and in their stories those without, which were sent more than once.
_WITHDRAW = f"""
    UPDATE articles a SET status = '{PublicationStatus.WITHDRAWN}' FROM {_SENT}
    WHERE {{where}} AND {_SAME_ID} AND a.status <> '{PublicationStatus.WITHDRAWN}'
        AND (a.version <= t.version OR a.version IS NULL OR t.version IS NULL)
    RETURNING a.id, a.story_id"""
_KILLED = f"""
    SELECT t.article FROM {_SENT} WHERE EXISTS (
        SELECT FROM articles a WHERE a.revision_key = t.key AND {_SAME_ID}
            AND a.status = '{PublicationStatus.WITHDRAWN}' AND a.version >= t.version)"""


def withdraw_versions(connection: Connection, kills: Sequence[SentVersion], window: Window) -> list[tuple[int, int]]:
    """Withdraw the stored versions that these notices kill; return (article, story) of each."""
    if not kills:
        return []
    values = _values(kills, window)
    keyed = execute(connection, _WITHDRAW.format(where="a.revision_key = t.key"), values).fetchall()
    values["stories"] = int_array(sorted({story for _, story in keyed} | {kill.story for kill in kills}))
    where = "a.story_id = ANY(CAST(%(stories)s AS int[])) AND a.revision_key IS NULL"
    return [*keyed, *execute(connection, _WITHDRAW.format(where=where), values).fetchall()]


def killed_before(connection: Connection, sent: Sequence[SentVersion], window: Window) -> set[int]:
    """Return the articles of ``sent`` that were killed before they arrived: a stored notice has no older version."""
    numbered = [version for version in sent if version.version is not None]
    if not numbered:
        return set()
    return {article for (article,) in execute(connection, _KILLED, _values(numbered, window)).fetchall()}


def is_withdrawn(connection: Connection, article: int) -> bool:
    """Return whether an article was withdrawn."""
    query = "SELECT FROM articles WHERE id = %(id)s AND status = %(status)s"
    return bool(execute(connection, query, {"id": article, "status": PublicationStatus.WITHDRAWN}).fetchall())


def _values(sent: Sequence[SentVersion], window: Window) -> dict[str, Any]:
    return {
        "articles": int_array(version.article for version in sent),
        "keys": int_array(version.key.hash() for version in sent),
        "providers": array(version.key.provider for version in sent),
        "ids": array(version.key.external_id for version in sent),
        "versions": array(version.version for version in sent),
        "published": array(version.published_at for version in sent),
        "days": window.for_revisions().days,
    }
