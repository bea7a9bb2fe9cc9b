"""Pins: the articles that a person made canonical. A pin belongs to its article and goes with it to other stories.

Call the functions that write under the placement lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from worker.article import PublicationStatus, Relation
from worker.store.arrays import int_array
from worker.store.execute import execute


@dataclass(frozen=True, slots=True)
class PinnedArticle:
    """A pinned article, and the fields that making it a text of its story needs."""

    id: int
    story_id: int
    relation: str
    text_hash: bytes
    sketch: list[int]


def pinned(connection: Connection, story_ids: Sequence[int]) -> dict[int, PinnedArticle]:
    """Return the pinned article of each story that has one; the most recent pin of one not withdrawn is in force."""
    if not story_ids:
        return {}
    rows = execute(
        connection,
        """
            SELECT DISTINCT ON (story_id) id, story_id, relation, text_hash, sketch FROM articles
            WHERE story_id = ANY(%(stories)s) AND pinned_at IS NOT NULL AND status <> %(withdrawn)s
            ORDER BY story_id, pinned_at DESC, id DESC""",
        {"stories": int_array(story_ids), "withdrawn": PublicationStatus.WITHDRAWN},
    )
    return {row[1]: PinnedArticle(*row) for row in rows}


def pinned_at(connection: Connection, article_id: int) -> datetime | None:
    """Return when an article was pinned; None if it is not pinned."""
    [(at,)] = execute(connection, "SELECT pinned_at FROM articles WHERE id = %(id)s", {"id": article_id})
    return cast("datetime | None", at)


def set_pinned(connection: Connection, article_id: int) -> None:
    """Pin an article, or make its pin the most recent one."""
    # not `now()`: that is when the transaction began, before it waited for the lock
    execute(connection, "UPDATE articles SET pinned_at = clock_timestamp() WHERE id = %(id)s", {"id": article_id})


def restore(connection: Connection, article_id: int, at: datetime | None) -> None:
    """Set the pin of an article back to an earlier time, or remove it."""
    execute(connection, "UPDATE articles SET pinned_at = %(at)s WHERE id = %(id)s", {"id": article_id, "at": at})


def swap_with_text(connection: Connection, copy: PinnedArticle) -> None:
    """Make an exact copy the text of its story, and the article that it copies its exact copy."""
    execute(
        connection,
        """
            UPDATE articles SET relation = CASE WHEN id = %(id)s THEN %(text)s ELSE %(exact)s END, similarity = 1
            WHERE id = %(id)s OR id = (
                SELECT id FROM articles WHERE story_id = %(story)s AND text_hash = %(hash)s AND relation <> %(exact)s
                ORDER BY relation <> %(original)s, id LIMIT 1)""",
        {
            "id": copy.id,
            "story": copy.story_id,
            "hash": copy.text_hash,
            "text": Relation.NEAR,
            "exact": Relation.EXACT,
            "original": Relation.ORIGINAL,
        },
    )
