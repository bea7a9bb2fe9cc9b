"""Links between stories in different languages: insert, refuse, move with a merge. Call under the placement lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from worker.article import Decider
from worker.store import story_links
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.story_links import LinkTable

#: What a person refused stays refused, and of two links the more certain one stays.
_BETTER = """
    ON CONFLICT (story_id, other_id) DO UPDATE SET same = excluded.same, similarity = excluded.similarity,
        reason = excluded.reason, decided_by = excluded.decided_by, decided_at = excluded.decided_at
    WHERE translations.same = 1 AND (excluded.same = 0 OR excluded.similarity > translations.similarity)"""

# a new row has no xmax: only these are reported
_INSERT = f"""
    WITH written AS (
        INSERT INTO translations (story_id, other_id, similarity, reason)
        SELECT DISTINCT ON (1, 2) greatest(story, other), least(story, other), similarity, reason
        FROM (SELECT (SELECT story_id FROM articles WHERE id = t.article) AS story,
                  (SELECT story_id FROM articles WHERE id = t.other) AS other, similarity, reason
              FROM unnest(CAST(%(articles)s AS int[]), CAST(%(others)s AS int[]), CAST(%(similarities)s AS real[]),
                  CAST(%(reasons)s AS text[])) AS t (article, other, similarity, reason)) AS links
        WHERE story <> other ORDER BY 1, 2, similarity DESC {_BETTER}
        RETURNING story_id, other_id, translations.xmax = 0 AS is_new)
    SELECT story_id, other_id FROM written WHERE is_new ORDER BY 1, 2"""

_LINKS = LinkTable("translations", "same, similarity, reason, decided_by, decided_at", "same, similarity DESC", _BETTER)

_SET = """
    UPDATE translations SET same = %(same)s, decided_by = %(decider)s, decided_at = now()
    WHERE story_id = greatest(CAST(%(story)s AS int), CAST(%(other)s AS int))
        AND other_id = least(CAST(%(story)s AS int), CAST(%(other)s AS int)) AND same <> %(same)s"""


@dataclass(frozen=True, slots=True)
class TranslatedArticles:
    """Two articles whose stories are to be linked; ``similarity`` is the probability, 0 to 1."""

    article_id: int
    other_id: int
    similarity: float
    reason: str


def insert(connection: Connection, found: Sequence[TranslatedArticles]) -> list[tuple[int, int]]:
    """Link the stories of these articles; return the pairs that were not linked before, the greater id first.

    Articles of one story, articles that are gone, and stories that a person declared no translations are left out.
    """
    rows = execute(
        connection,
        _INSERT,
        {
            "articles": int_array(link.article_id for link in found),
            "others": int_array(link.other_id for link in found),
            "similarities": array(link.similarity for link in found),
            "reasons": array(link.reason for link in found),
        },
    )
    return [(int(story), int(other)) for story, other in rows.fetchall()]


def move(connection: Connection, merges: Mapping[int, int]) -> None:
    """Move the links of each story (key) to the story it is merged into (value); a link between the two is dropped."""
    story_links.move(connection, _LINKS, merges)


def refuse(connection: Connection, story: int, other: int) -> bool:
    """Store that a person declared two linked stories no translations; return whether they were linked."""
    return _set(connection, story, other, same=0, decider=Decider.PERSON)


def restore(connection: Connection, story: int, other: int) -> bool:
    """Link two stories again that a person declared no translations; return whether they were declared so."""
    return _set(connection, story, other, same=1, decider=Decider.COPYDESK)


def _set(connection: Connection, story: int, other: int, *, same: int, decider: Decider) -> bool:
    values = {"story": story, "other": other, "same": same, "decider": decider}
    return execute(connection, _SET, values).rowcount > 0
