"""The stored articles as a settled corpus of bulk: all that matching new articles with them needs, in one snapshot."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, text

from worker import fingerprint
from worker.errors import CopydeskError
from worker.store.read.snapshot import snapshot

#: Rows in memory at once: about 6 MB of text and sketches.
_ROWS_AT_ONCE = 1_000

#: The fields of a row. ``seen_at``: published, else arrived; ids that do not count are left out.
COLUMNS = (
    *("article_id", "story_id", "relation", "is_canonical", "seen_at", "published_at", "title", "text", "language"),
    *("url", "provider", "external_id", "version", "status", "text_hash", "simhash", "sketch"),
)

_ARTICLES = text("""
    SELECT a.fingerprint_version, a.id, a.story_id, a.relation, a.id = s.canonical_id, a.seen_at, a.published_at,
        a.title, a.text, a.language, a.url, a.provider, CASE WHEN a.revision_key IS NOT NULL THEN a.external_id END,
        a.version, a.status, a.text_hash, a.simhash, a.sketch
    FROM articles a JOIN stories s ON s.id = a.story_id ORDER BY a.id""")
_EPOCH = text("SELECT epoch::text FROM feed_epochs ORDER BY number DESC LIMIT 1")


def archive_id(connection: Connection) -> str:
    """Return what identifies this archive: the epoch of its change feed."""
    return str(connection.execute(_EPOCH).scalar_one())


def settled_articles(engine: Engine) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield rows of `COLUMNS` in the order of their ids, some at a time, all of one snapshot.

    Raises:
        CopydeskError: an article has a fingerprint of another version, which can't be compared with new ones.
    """
    with snapshot(engine) as connection:
        result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(_ARTICLES)
        for rows in result.partitions():
            if any(row[0] != fingerprint.VERSION for row in rows):
                raise CopydeskError(
                    "Stored articles have fingerprints of another version of Copydesk, which can't be compared with new"
                    " ones: run copydesk reprocess first."
                )
            yield [row[1:] for row in rows]
