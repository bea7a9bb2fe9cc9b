"""Write the review queue: put pairs in, take them out. Call the functions under the placement lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.article import ReviewDecision
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.id_search import newest_id
from worker.store.models import articles as article_table
from worker.store.read.review import LOOKED_AT, STALE
from worker.store.read.sources import SOURCE

# other texts may have made the stories of a refused pair one, or a merge may have been refused after a join
_INSERT = """
    INSERT INTO review_items (kind, article_id, other_id, similarity, reason)
    SELECT kind, article, other, similarity, reason
    FROM unnest(CAST(%(kinds)s AS text[]), CAST(%(articles)s AS int[]), CAST(%(others)s AS int[]),
        CAST(%(similarities)s AS real[]), CAST(%(reasons)s AS text[]))
        AS t (kind, article, other, similarity, reason)
    WHERE (kind <> 'refused') = ((SELECT story_id FROM articles WHERE id = article)
        = (SELECT story_id FROM articles WHERE id = other))
    ON CONFLICT (article_id, other_id) DO UPDATE SET kind = excluded.kind, similarity = excluded.similarity,
        reason = excluded.reason WHERE review_items.decision IS NULL"""

_CLOSE = text("""
    UPDATE review_items SET decision = :decision, decided_at = now(), decided_by = :name
    WHERE decision IS NULL AND ((article_id = :article AND other_id = :other)
        OR (article_id = :other AND other_id = :article))""")

_DELETE_CORRECTED = text("""
    DELETE FROM review_items WHERE decision IS NULL AND ((article_id = ANY(:articles) AND other_id = ANY(:others))
        OR (article_id = ANY(:others) AND other_id = ANY(:articles)))""")

_DELETE_JUDGED = text("""
    DELETE FROM review_items WHERE decision IS NULL AND kind <> 'growth'
        AND (article_id = ANY(:articles) OR other_id = ANY(:articles))""")

_DELETE_STALE = text(f"""
    DELETE FROM review_items WHERE id IN (
        SELECT r.id FROM (SELECT * FROM review_items WHERE decision IS NULL ORDER BY id DESC LIMIT {LOOKED_AT}) AS r
        JOIN articles a ON a.id = r.article_id JOIN articles b ON b.id = r.other_id WHERE {STALE})""")

# oldest first; of the newest rows only the index and the kind are read
_DELETE_OLDEST = text("""
    DELETE FROM review_items WHERE id IN (
        SELECT id FROM review_items WHERE decision IS NULL AND kind <> 'growth' AND id <= (
            SELECT id FROM review_items WHERE decision IS NULL AND kind <> 'growth'
            ORDER BY id DESC OFFSET :keep LIMIT 1)
        ORDER BY id LIMIT :most)""")

#: Stories of one look, those with the most texts; the next one finds the others.
_MOST_GROWING = 50
#: Texts of the newest articles by story; by source, where the publisher is known. A version under an id that is known
#: is no further text.
_GROWING = f"""
    WITH newest AS MATERIALIZED (
        SELECT a.story_id, a.id, a.similarity, {SOURCE} AS source
        FROM articles a WHERE a.id > %(after)s
            AND a.arrived_at > now() - interval '1 day' AND a.relation NOT IN ('exact', 'revision')),
    asked AS (
        SELECT a.story_id FROM review_items r JOIN articles a ON a.id = r.other_id
        WHERE r.kind = 'growth' AND r.found_at > now() - interval '1 day'
            AND (r.decision IS NULL OR r.decision <> 'another')),
    grown AS (
        SELECT story_id, source, count(*) AS texts FROM newest GROUP BY GROUPING SETS ((story_id), (story_id, source))
        HAVING count(*) >= CASE GROUPING(source) WHEN 0 THEN %(of_source)s ELSE %(of_story)s END
            AND (GROUPING(source) = 1 OR source IS NOT NULL)),
    of_stories AS (
        SELECT DISTINCT ON (story_id) * FROM grown WHERE story_id NOT IN (SELECT story_id FROM asked)
        ORDER BY story_id, source IS NULL, texts DESC),
    chosen AS (SELECT * FROM of_stories ORDER BY texts DESC, story_id LIMIT {_MOST_GROWING})
    SELECT DISTINCT ON (c.story_id) c.story_id, c.source, c.texts, n.id, s.canonical_id, n.similarity
    FROM chosen c JOIN stories s ON s.id = c.story_id JOIN newest n ON n.story_id = c.story_id
    WHERE n.id <> s.canonical_id AND (c.source IS NULL OR n.source = c.source)
        AND NOT EXISTS (SELECT FROM review_items r WHERE r.article_id = n.id AND r.other_id = s.canonical_id)
    ORDER BY c.story_id, n.similarity, n.id DESC"""


@dataclass(frozen=True, slots=True)
class NewReviewItem:
    """A pair to ask about; the fields are columns of ``review_items``."""

    kind: str
    article_id: int
    other_id: int
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class GrowingStory:
    """A story that got many texts: all from ``source``, or from any if that is None.

    ``article_id`` is the one of them that is least like the canonical article.
    """

    story_id: int
    source: str | None
    texts: int
    article_id: int
    canonical_id: int
    similarity: float


def insert(connection: Connection, items: Sequence[NewReviewItem]) -> None:
    """Put pairs into the queue, unless a person decided on them or their stories answer the question already."""
    if items:
        execute(
            connection,
            _INSERT,
            {
                "kinds": array(item.kind for item in items),
                "articles": int_array(item.article_id for item in items),
                "others": int_array(item.other_id for item in items),
                "similarities": array(item.similarity for item in items),
                "reasons": array(item.reason for item in items),
            },
        )


def close(connection: Connection, article: int, other: int, decision: ReviewDecision, name: str | None) -> None:
    """Take a pair out of the queue and store the decision."""
    connection.execute(_CLOSE, {"article": article, "other": other, "decision": decision, "name": name})


def forget_corrected(connection: Connection, articles: Collection[int], others: Collection[int]) -> None:
    """Take the pairs of these articles out of the queue: a person corrected them elsewhere."""
    connection.execute(_DELETE_CORRECTED, {"articles": list(articles), "others": list(others)})


def forget_judged(connection: Connection, articles: Collection[int]) -> None:
    """Take the verdicts on these articles out of the queue: they are judged again."""
    connection.execute(_DELETE_JUDGED, {"articles": list(articles)})


def forget_stale(connection: Connection) -> None:
    """Take the pairs out of the queue whose articles have been joined or separated since, among the newest."""
    connection.execute(_DELETE_STALE)


def forget_oldest(connection: Connection, *, keep: int, most: int) -> int:
    """Take close verdicts that nobody decided on out of the queue, except the newest; return how many.

    ``keep`` is how many stay, and ``most`` how many are taken out at once, the oldest first.
    """
    return connection.execute(_DELETE_OLDEST, {"keep": keep, "most": most}).rowcount


def growing(connection: Connection, *, articles: int, of_source: int, of_story: int) -> list[GrowingStory]:
    """Return stories that got many texts within a day, among the newest ``articles``, and are not asked about yet.

    ``of_source`` texts of one source are many, and ``of_story`` texts of any.
    """
    # a bound that the planner knows: else it would read the whole table
    after = newest_id(connection, article_table) - articles
    values = {"after": after, "of_source": of_source, "of_story": of_story}
    return [GrowingStory(*row) for row in execute(connection, _GROWING, values).fetchall()]
