"""Links between related stories: insert, move with a merge, keep the strongest. Call under the placement lock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from worker.store import story_links
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.read.related import MOST_RELATED
from worker.store.story_links import LinkTable

_BETTER = """
    ON CONFLICT (story_id, other_id) DO UPDATE SET kind = excluded.kind, similarity = excluded.similarity,
        reason = excluded.reason, decided_at = excluded.decided_at
    WHERE excluded.similarity > related_stories.similarity"""

# subqueries, because with old statistics the planner would join by reading all articles
_INSERT = f"""
    INSERT INTO related_stories (story_id, other_id, kind, similarity, reason)
    SELECT DISTINCT ON (1, 2) greatest(story, other), least(story, other), kind, similarity, reason
    FROM (SELECT (SELECT story_id FROM articles WHERE id = t.article) AS story,
              (SELECT story_id FROM articles WHERE id = t.other) AS other, kind, similarity, reason
          FROM unnest(CAST(%(articles)s AS int[]), CAST(%(others)s AS int[]), CAST(%(kinds)s AS text[]),
              CAST(%(similarities)s AS real[]), CAST(%(reasons)s AS text[]))
              AS t (article, other, kind, similarity, reason)) AS links
    WHERE story <> other ORDER BY 1, 2, similarity DESC {_BETTER} RETURNING story_id"""

_LINKS = LinkTable("related_stories", "kind, similarity, reason, decided_at", "similarity DESC", _BETTER)

_TRIM = f"""
    DELETE FROM related_stories r USING (
        SELECT story_id, other_id,
            row_number() OVER (PARTITION BY story_id ORDER BY kind, similarity DESC, other_id) AS place
        FROM related_stories WHERE story_id = ANY(CAST(%(stories)s AS int[]))) AS ranked
    WHERE place > {MOST_RELATED} AND r.story_id = ranked.story_id AND r.other_id = ranked.other_id"""


@dataclass(frozen=True, slots=True)
class RelatedArticles:
    """Two articles whose stories are to be linked."""

    article_id: int
    other_id: int
    kind: str
    similarity: float
    reason: str


def insert(connection: Connection, links: Sequence[RelatedArticles]) -> None:
    """Link the stories of these articles, which must be stored; articles of one story are left out.

    Of several links between two stories the most similar is kept.
    """
    if not links:
        return
    rows = execute(
        connection,
        _INSERT,
        {
            "articles": int_array(link.article_id for link in links),
            "others": int_array(link.other_id for link in links),
            "kinds": array(link.kind for link in links),
            "similarities": array(link.similarity for link in links),
            "reasons": array(link.reason for link in links),
        },
    )
    _keep_strongest(connection, {story for (story,) in rows.fetchall()})


def move(connection: Connection, merges: Mapping[int, int]) -> None:
    """Move the links of each story (key) to the story it is merged into (value); a link between the two is dropped."""
    _keep_strongest(connection, story_links.move(connection, _LINKS, merges))


def _keep_strongest(connection: Connection, stories: Collection[int]) -> None:
    """Delete the weakest links of stories that have too many to earlier stories: events go before templates."""
    if stories:
        execute(connection, _TRIM, {"stories": int_array(sorted(stories))})
