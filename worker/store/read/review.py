"""Read the review queue: the newest pairs that wait for a decision, by the index of open rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

#: Open rows that are looked at for stale ones, and counted at most: more than a person decides on in a month.
LOOKED_AT = 1_000
#: Characters of the text that replace a missing headline.
_OPENING_CHARS = 120

#: That the articles `a` and `b` of the row `r` have been joined or separated since it was found.
STALE = "(r.kind <> 'refused') <> (a.story_id = b.story_id)"


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A pair that a person is asked about; ``story_id`` and ``other_story_id`` are where the articles are now.

    ``decision`` is None while it is in the queue.
    """

    id: int
    kind: str
    article_id: int
    other_id: int
    story_id: int
    other_story_id: int
    similarity: float
    reason: str
    title: str | None
    opening: str
    language: str
    other_title: str | None
    other_opening: str
    other_language: str
    found_at: datetime
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None


_ITEMS = f"""
    SELECT r.id, r.kind, r.article_id, r.other_id, a.story_id, b.story_id AS other_story_id, r.similarity, r.reason,
        a.title, left(a.text, {_OPENING_CHARS}) AS opening, a.language, b.title AS other_title,
        left(b.text, {_OPENING_CHARS}) AS other_opening, b.language AS other_language,
        r.found_at, r.decision, r.decided_at, r.decided_by
    FROM {{rows}} AS r JOIN articles a ON a.id = r.article_id JOIN articles b ON b.id = r.other_id"""

_OPEN = f"""{
    _ITEMS.format(
        rows=f"(SELECT * FROM review_items WHERE decision IS NULL AND id < :before ORDER BY id DESC LIMIT {LOOKED_AT})"
    )
} WHERE NOT {STALE} ORDER BY r.id DESC LIMIT :limit"""

_COUNT = f"SELECT count(*) FROM (SELECT FROM review_items WHERE decision IS NULL LIMIT {LOOKED_AT}) AS r"


def open_items(connection: Connection, limit: int, *, before: int | None = None) -> list[ReviewItem]:
    """Return pairs that wait for a decision, newest first, optionally only those with an id below ``before``."""
    values = {"limit": limit, "before": before if before is not None else 2**31 - 1}
    return [ReviewItem(**row) for row in connection.execute(text(_OPEN), values).mappings()]


def item(connection: Connection, item_id: int) -> ReviewItem | None:
    """Return a pair, in the queue or decided."""
    statement = text(f"{_ITEMS.format(rows='review_items')} WHERE r.id = :id")
    row = connection.execute(statement, {"id": item_id}).mappings().one_or_none()
    return ReviewItem(**row) if row else None


def count_open(connection: Connection) -> int:
    """Return how many pairs wait for a decision, ``LOOKED_AT`` at most."""
    number: int = connection.execute(text(_COUNT)).scalar_one()
    return number
