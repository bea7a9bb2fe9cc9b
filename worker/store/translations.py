"""Links between stories in different languages: insert, refuse, move with a merge. Call under the placement lock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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

_LINKED = """
    SELECT story_id, other_id FROM translations
    WHERE same = 1 AND (story_id = ANY(CAST(%(ids)s AS int[])) OR other_id = ANY(CAST(%(ids)s AS int[])))"""

_REFUSE = """
    UPDATE translations SET same = 0, decided_by = %(decider)s, decided_at = now()
    WHERE story_id = greatest(CAST(%(story)s AS int), CAST(%(other)s AS int))
        AND other_id = least(CAST(%(story)s AS int), CAST(%(other)s AS int)) AND same = 1"""

# what `_REFUSE_ALSO` wrote has the time of the refusal
_RESTORE = """
    UPDATE translations t SET same = 1, decided_by = %(decider)s, decided_at = now() FROM translations refused
    WHERE refused.story_id = greatest(CAST(%(story)s AS int), CAST(%(other)s AS int))
        AND refused.other_id = least(CAST(%(story)s AS int), CAST(%(other)s AS int)) AND refused.same = 0
        AND t.same = 0 AND t.decided_at = refused.decided_at AND (
            t.story_id IN (refused.story_id, refused.other_id) OR t.other_id IN (refused.story_id, refused.other_id))
    RETURNING t.story_id, t.other_id"""

_OF_STORIES = """
    SELECT story_id, other_id, same = 1 FROM translations WHERE story_id = ANY(CAST(%(ids)s AS int[]))
    UNION ALL SELECT other_id, story_id, same = 1 FROM translations WHERE other_id = ANY(CAST(%(ids)s AS int[]))
    ORDER BY 1, 2"""

_REFUSE_ALSO = f"""
    INSERT INTO translations (story_id, other_id, same, similarity, reason, decided_by, decided_at)
    SELECT greatest(%(new)s, %(other)s), least(%(new)s, %(other)s), same, similarity, reason, decided_by, decided_at
    FROM translations WHERE same = 0 AND story_id = greatest(CAST(%(story)s AS int), CAST(%(other)s AS int))
        AND other_id = least(CAST(%(story)s AS int), CAST(%(other)s AS int)) {_BETTER}"""

_REMOVE = """
    DELETE FROM translations USING unnest(CAST(%(stories)s AS int[]), CAST(%(others)s AS int[])) AS t (story, other)
    WHERE same = 1 AND story_id = greatest(story, other) AND other_id = least(story, other)"""


class StoryLink(NamedTuple):
    """A link of a story; not ``same``: a person refused it."""

    story_id: int
    other_id: int
    same: bool


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


def linked(connection: Connection, ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs of linked stories of which one is among these, the greater id first."""
    if not ids:
        return set()
    rows = execute(connection, _LINKED, {"ids": int_array(sorted(ids))})
    return {(int(story), int(other)) for story, other in rows.fetchall()}


def of_stories(connection: Connection, ids: Collection[int]) -> list[StoryLink]:
    """Return the links of each of these stories, also those that a person refused."""
    if not ids:
        return []
    return [StoryLink(*row) for row in execute(connection, _OF_STORIES, {"ids": int_array(ids)}).fetchall()]


def refuse_also(connection: Connection, story: int, new: int, other: int) -> None:
    """Refuse a link between a new story and another, as a person refused it for the story that it was part of."""
    execute(connection, _REFUSE_ALSO, {"story": story, "new": new, "other": other})


def remove(connection: Connection, pairs: Collection[tuple[int, int]]) -> None:
    """Remove the links between these pairs of stories, unless a person refused them."""
    values = {"stories": int_array(story for story, _ in pairs), "others": int_array(other for _, other in pairs)}
    execute(connection, _REMOVE, values)


def move(connection: Connection, merges: Mapping[int, int]) -> None:
    """Move the links of each story (key) to the story it is merged into (value); a link between the two is dropped."""
    story_links.move(connection, _LINKS, merges)


def refuse(connection: Connection, story: int, other: int) -> bool:
    """Store that a person declared two linked stories no translations; return whether they were linked."""
    values = {"story": story, "other": other, "decider": Decider.PERSON}
    return execute(connection, _REFUSE, values).rowcount > 0


def restore(connection: Connection, story: int, other: int) -> list[tuple[int, int]]:
    """Link two stories again that a person declared no translations, and those for which that was refused also.

    Return the pairs; none if the two were not declared so.
    """
    values = {"story": story, "other": other, "decider": Decider.COPYDESK}
    return [(int(a), int(b)) for a, b in execute(connection, _RESTORE, values).fetchall()]
