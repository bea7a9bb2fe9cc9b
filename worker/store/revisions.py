"""Texts as their providers sent them, under an id: which stored articles are versions of a new one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, text

from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.window_sql import TimeColumns, contains
from worker.window import Window

#: Stored versions of an id that are read, the newest first: the newest is enough to find the story, and the others find
#: a version that is delivered again.
_MOST_VERSIONS = 16
_UNDATED, _NOW = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class RevisionKey(NamedTuple):
    """An id and the provider within which it is unique."""

    provider: str
    external_id: str

    def hash(self) -> int:
        """Return the column ``revision_key``, 64 bits with a sign."""
        return int.from_bytes(blake2b("\0".join(self).encode(), digest_size=8).digest(), signed=True)


@dataclass(frozen=True, slots=True)
class SentText:
    """A text as it was sent; without ``external_id``, or without ``provider``, it is no version of another."""

    provider: str | None
    external_id: str | None
    version: int | None
    published_at: datetime | None
    text_hash: bytes
    title: str | None = None
    arrived_at: datetime | None = None  # None: it arrives now
    withdrawn: bool = False  # by its provider, or a notice that withdraws the versions before it

    @property
    def key(self) -> RevisionKey | None:
        """What all versions have in common; None if the id does not count."""
        return RevisionKey(self.provider, self.external_id) if self.provider and self.external_id else None

    @property
    def stated_order(self) -> tuple[int, datetime]:
        """Larger for a version that is newer as its provider says, by its version or else its publication."""
        return -1 if self.version is None else self.version, self.published_at or _UNDATED

    @property
    def order(self) -> tuple[int, datetime, datetime]:
        """Larger for a newer version; where the provider does not say, for words that arrived later."""
        return *self.stated_order, self.arrived_at or _NOW


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A stored article with the id of a new one."""

    id: int
    story_id: int
    sent: SentText


_REVISIONS = f"""
    SELECT t.number, a.id, a.story_id, t.provider, t.external_id, a.version, a.published_at, a.text_hash, a.title,
        a.arrived_at, a.status = 'withdrawn'
    FROM unnest(CAST(%(numbers)s AS int[]), CAST(%(keys)s AS bigint[]), CAST(%(providers)s AS text[]),
        CAST(%(ids)s AS text[]), CAST(%(published)s AS timestamptz[]))
        AS t (number, key, provider, external_id, published)
    CROSS JOIN LATERAL (
        SELECT id, story_id, version, published_at, text_hash, title, arrived_at, status FROM articles
        WHERE revision_key = t.key AND provider = t.provider AND external_id = t.external_id
            AND {contains(TimeColumns("published_at", "arrived_at"), TimeColumns("t.published", "now()"), "%(days)s")}
        ORDER BY version DESC NULLS LAST, published_at DESC NULLS LAST, id DESC LIMIT {_MOST_VERSIONS}) AS a"""

_SENT = """
    SELECT story_id, provider, external_id, version, published_at, text_hash, title, arrived_at, status = 'withdrawn'
    FROM articles
    WHERE revision_key = ANY(CAST(%(keys)s AS bigint[])) AND story_id = ANY(CAST(%(stories)s AS int[]))"""


def revisions(connection: Connection, new: Mapping[int, SentText], window: Window) -> dict[int, list[StoredRevision]]:
    """Return the stored articles with the provider and id of each new article, by its number, the newest first."""
    keyed = [(number, sent, key) for number, sent in new.items() if (key := sent.key)]
    found: dict[int, list[StoredRevision]] = {}
    if keyed:
        values = {
            "numbers": int_array(number for number, _, _ in keyed),
            "keys": int_array(key.hash() for _, _, key in keyed),
            "providers": array(key.provider for _, _, key in keyed),
            "ids": array(key.external_id for _, _, key in keyed),
            "published": array(sent.published_at for _, sent, _ in keyed),
            "days": window.for_revisions().days,
        }
        for number, article, story, *sent in execute(connection, _REVISIONS, values).fetchall():
            found.setdefault(number, []).append(StoredRevision(article, story, SentText(*sent)))
    return found


def sent_texts(
    connection: Connection, stories: Collection[int], keys: Iterable[RevisionKey]
) -> dict[int, list[SentText]]:
    """Return what was sent under one of these ids in each of these stories, exact copies included."""
    hashes = sorted({key.hash() for key in keys})
    found: dict[int, list[SentText]] = {}
    if hashes and stories:
        values = {"keys": int_array(hashes), "stories": int_array(stories)}
        for story, *sent in execute(connection, _SENT, values).fetchall():
            found.setdefault(story, []).append(SentText(*sent))
    return found


def consecutive(connection: Connection, stories: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (article, the one before it, their story) for the articles of one id within each of these stories."""
    rows = connection.execute(
        text("""
            SELECT id, before, story_id FROM (
                SELECT id, story_id, lag(id) OVER (PARTITION BY story_id, provider, external_id ORDER BY id) AS before
                FROM articles WHERE story_id = ANY(:stories) AND revision_key IS NOT NULL) AS a
            WHERE before IS NOT NULL"""),
        {"stories": list(stories)},
    )
    return [(row.id, row.before, row.story_id) for row in rows]
