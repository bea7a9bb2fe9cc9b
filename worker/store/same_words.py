"""Stories that hold the same words, though nothing keeps them apart."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, text

from worker.store.window_sql import contains_all


class StoriesApart(NamedTuple):
    """Two live stories with an article each of the same words; ``story_id`` is the smaller id."""

    id: int
    other: int
    story_id: int
    other_story: int


def apart_sql(condition: str = "true") -> str:
    """Return the query of pairs of stories with the same words that nothing keeps apart; parameter ``days``.

    ``condition`` limits the articles. What may keep two stories with the same words apart:

    - Not all copies of one are within the window of all copies of the other: an undated copy joins one of two stories
      whose dates are further apart than the window, and dated copies follow it.
    - A person separated articles of the two stories, or articles with these words: of two such stories each may be
      separated from a third one, and a copy that comes later is in any of them.
    - One of them has these words as a version of an article that had others.
    """
    return f"""
        WITH words AS (
            SELECT text_hash, story_id, min(id) AS id, bool_or(published_at IS NULL) AS undated,
                min(published_at) AS published, max(published_at) AS last_published,
                min(arrived_at) AS arrived, max(arrived_at) AS last_arrived
            FROM articles WHERE {condition} GROUP BY 1, 2)
        SELECT a.id, b.id AS other, a.story_id, b.story_id AS other_story
        FROM words a JOIN words b ON b.text_hash = a.text_hash AND b.story_id > a.story_id
        WHERE {contains_all("a", "b", ":days")} AND {_not_separated("a", "b")} AND {_not_separated("b", "a")}
        AND NOT EXISTS (
            SELECT FROM corrections c JOIN articles x ON x.id = c.article_id JOIN articles y ON y.id = c.other_id
            WHERE c.same = 0 AND x.text_hash = a.text_hash AND y.text_hash = a.text_hash)
        AND NOT EXISTS (
            SELECT FROM articles x JOIN articles y ON y.revision_key = x.revision_key AND y.story_id = x.story_id
            WHERE x.text_hash = a.text_hash AND y.text_hash <> x.text_hash
                AND x.story_id IN (a.story_id, b.story_id))"""


def _not_separated(a: str, b: str) -> str:
    # OFFSET 0 makes this a look-up for each pair. As a join, it read all corrections in every batch: 410 ms instead of
    # 25 with 590,000 of them, most from splits off a story of 3,800 articles.
    return f"""NOT EXISTS (
            SELECT FROM corrections c JOIN articles x ON x.id = c.article_id JOIN articles y ON y.id = c.other_id
            WHERE c.same = 0 AND x.story_id = {a}.story_id AND y.story_id = {b}.story_id OFFSET 0)"""


_OF_STORIES = """text_hash IN (
    SELECT text_hash FROM articles WHERE story_id = ANY(:stories) UNION SELECT unnest(CAST(:words AS bytea[])))"""
_APART = text(f"""
    {apart_sql(_OF_STORIES)}
    ORDER BY a.story_id, b.story_id LIMIT 1""")


def apart(
    connection: Connection, stories: Collection[int], words: Collection[bytes], window_days: int
) -> StoriesApart | None:
    """Return the first two stories with the same words that nothing keeps apart, or None.

    Only words of articles in ``stories``, and those with a hash in ``words``, are looked for.
    """
    values = {"stories": list(stories), "words": list(words), "days": window_days}
    row = connection.execute(_APART, values).one_or_none()
    return StoriesApart(*row) if row else None
