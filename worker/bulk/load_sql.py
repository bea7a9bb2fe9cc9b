"""The SQL of loading a run into an archive: stories, articles and keys from the tables of `worker.bulk.sql`.

``placed`` has the articles in components of several, as in `worker.bulk.sql.RESULTS`.
"""

from typing import Final

from worker.bulk.sql import RESULTS

#: Where each article was placed.
LOADED: Final = f"""
    CREATE OR REPLACE TABLE loaded AS
    SELECT part, line, article_id AS id, story_id, relation, similarity, is_canonical, other_article_id, own_status
    FROM ({RESULTS.format(offset=0)}) AS results"""

STORY_IDS: Final = "SELECT DISTINCT story_id FROM loaded ORDER BY story_id"
FILE_COUNTS: Final = "SELECT file, count(*) AS articles FROM prepared GROUP BY file"

#: Each story with its numbers, when its dated articles were published, and its canonical article.
STORIES: Final = """
    SELECT s.story_id, s.articles, s.texts, s.dated, s.first_seen, s.last_seen, c.id, p.title, p.language,
        d.canonical_reason
    FROM (
        SELECT l.story_id, count(*) AS articles, count(*) FILTER (WHERE l.relation <> 'exact') AS texts,
            count(q.published_at) AS dated, min(q.published_at) AS first_seen, max(q.published_at) AS last_seen
        FROM loaded AS l JOIN prepared AS q ON q.part = l.part AND q.line = l.line GROUP BY l.story_id) AS s
    JOIN loaded AS c ON c.story_id = s.story_id AND c.is_canonical
    JOIN prepared AS p ON p.part = c.part AND p.line = c.line
    LEFT JOIN placed AS d ON d.article_id = c.id
    ORDER BY s.story_id"""
#: The stories whose canonical article is not their first one.
CANONICALS: Final = "SELECT story_id, id FROM loaded WHERE is_canonical AND id <> story_id ORDER BY story_id"

#: Where each article was placed, with all that was decided on it, in the order of the files of the stage that reads.
ARTICLES: Final = """
    SELECT l.id, l.story_id, l.relation, l.similarity, l.other_article_id, l.own_status,
        p.article_id IS NOT NULL AS is_clustered, p.revision_key AS own_key, p.decisions
    FROM loaded AS l LEFT JOIN placed AS p ON p.article_id = l.id
    ORDER BY l.part, l.line"""

#: The sketches of the different texts, those of a story in turn.
SKETCHES: Final = """
    SELECT l.story_id, p.sketch FROM loaded AS l JOIN prepared AS p ON p.part = l.part AND p.line = l.line
    WHERE l.relation <> 'exact' ORDER BY l.story_id"""
