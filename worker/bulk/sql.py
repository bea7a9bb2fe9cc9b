"""The SQL of bulk: exact groups, the self-join of sketch keys, and how many stories have a key.

One text of standard SQL for DuckDB and Spark; each stores the result of a query that is named like a table. The table
``prepared`` has the files of the stage that reads. In braces are whole numbers, and the engine's names of two functions
of lists, ``explode`` and ``length``. It is apart from `worker.store`, which is the SQL of the service's tables.
"""

from typing import Final

from worker.fingerprint.posting_index import COMMON_KEY_STORIES, RARE_KEY_STORIES, SHARED_KEYS
from worker.match import EXACT_REASON

#: How many articles there are, and how many are dated.
DATED: Final = "SELECT count(*), count(seconds) FROM prepared"

#: Articles in order of publication, an undated one after the one before it in the input; or with ``timed`` 0 in the
#: order of the input, as if all were published together. Their ids are their places in this order.
ARTICLES: Final = """
    SELECT CAST(row_number() OVER (ORDER BY seconds, part, line) AS INTEGER) AS id, part, line, text_hash, version_key,
        seconds
    FROM (
        SELECT part, line, text_hash, version_key, CASE WHEN {timed} = 1 THEN coalesce(
            max(seconds) OVER (PARTITION BY dated), min(seconds) OVER ()) ELSE 0 END AS seconds
        FROM (
            SELECT *, count(seconds) OVER (ORDER BY part, line ROWS UNBOUNDED PRECEDING) AS dated
            FROM prepared) AS counted) AS timed"""

#: Of articles with the same words only the first takes part in the join, of each window of time.
TEXTS: Final = """
    SELECT id, part, line, seconds FROM (
        SELECT id, part, line, seconds,
            row_number() OVER (PARTITION BY text_hash, CAST(floor(seconds / {window}) AS BIGINT) ORDER BY id) AS n
        FROM articles) AS numbered
    WHERE n = 1"""

#: Articles with the same words as ``first`` that are placed with it by `RESULTS`, without being clustered: those beyond
#: the first {most} of a window. One with an id is clustered in any case, as its versions may join other stories.
COPIES: Final = """
    SELECT id, first FROM (
        SELECT id, version_key,
            min(id) OVER (PARTITION BY text_hash, CAST(floor(seconds / {window}) AS BIGINT)) AS first,
            row_number() OVER (PARTITION BY text_hash, CAST(floor(seconds / {window}) AS BIGINT) ORDER BY id) AS n
        FROM articles) AS numbered
    WHERE n > {most} AND version_key IS NULL"""

#: Where each article is, by id.
PLACES: Final = "SELECT part, line, seconds FROM articles ORDER BY id"

#: Each article with the first one with the same words, ``copies`` excepted, and the first version of it.
SAME: Final = """
    SELECT id AS b, first AS a FROM (
        SELECT id, min(id) OVER (PARTITION BY text_hash) AS first FROM articles
        WHERE NOT EXISTS (SELECT 1 FROM copies WHERE copies.id = articles.id)
        UNION ALL
        SELECT id, min(id) OVER (PARTITION BY version_key) AS first FROM articles WHERE version_key IS NOT NULL
        ) AS stars
    WHERE id <> first"""

#: The keys that several texts have: ``others`` earlier texts have it, without the ``expired`` ones, out of reach.
#: ``settled``: stories of a settled corpus that have the key, of the ``others`` (`worker.bulk.settled_sql`).
POSTINGS: Final = """
    SELECT key, id, CAST(place AS INTEGER) AS place, CAST(expired AS INTEGER) AS expired,
        CAST(place - 1 - expired AS INTEGER) AS others, TRUE AS posted, 0 AS settled
    FROM (
        SELECT key, id, row_number() OVER (PARTITION BY key ORDER BY id) AS place,
            count(*) OVER (PARTITION BY key) AS total,
            count(*) OVER (PARTITION BY key ORDER BY seconds RANGE BETWEEN UNBOUNDED PRECEDING AND {reach} PRECEDING)
                AS expired
        FROM (
            SELECT key, id, seconds FROM (
                SELECT {explode}(p.sketch) AS key, t.id, t.seconds
                FROM texts AS t JOIN prepared AS p ON p.part = t.part AND p.line = t.line) AS k
            WHERE key & {mask} = {slice}) AS sliced) AS counted
    WHERE total > 1"""

#: The keys that more texts have than half of what stories may. If these are copies of one another, the key is still a
#: rare one. With the whole limit, copies of which half of the keys are just below it were not found to be near.
FREQUENT: Final = f"SELECT DISTINCT key FROM postings WHERE others > {COMMON_KEY_STORIES // 2}"

#: Texts that share a third of their keys, of those that are frequent, with the text before that has the key: as copies
#: do of which each changed a quarter of the words. Eight at least, because two frequent keys say nothing.
NEAR: Final = """
    SELECT n.b, n.a
    FROM (
        SELECT b, a, count(*) AS shared FROM (
            SELECT id AS b, lag(id) OVER (PARTITION BY key ORDER BY id) AS a
            FROM postings WHERE key IN (SELECT key FROM frequent)) AS neighbours
        WHERE a IS NOT NULL GROUP BY b, a HAVING count(*) >= 8) AS n
    JOIN texts AS t ON t.id = n.b JOIN prepared AS p ON p.part = t.part AND p.line = t.line
    WHERE 3 * n.shared >= {length}(p.sketch)"""

#: Frequent keys again: of texts that are ``near`` one another (``story``) only the first has a posting, of each window,
#: as a story has in the service. The others keep their row, to be joined with earlier ones.
POSTED_ONCE: Final = """
    SELECT key, id, CAST(place AS INTEGER) AS place, CAST(expired AS INTEGER) AS expired,
        CAST(place - 1 - expired AS INTEGER) AS others, posted = 1 AS posted, 0 AS settled
    FROM (
        SELECT key, id, posted,
            sum(posted) OVER (PARTITION BY key ORDER BY id ROWS UNBOUNDED PRECEDING) + 1 - posted AS place,
            coalesce(sum(posted) OVER (
                PARTITION BY key ORDER BY seconds RANGE BETWEEN UNBOUNDED PRECEDING AND {reach} PRECEDING
                ), 0) AS expired
        FROM (
            SELECT p.key, p.id, t.seconds, CASE WHEN row_number() OVER (
                PARTITION BY p.key, coalesce(n.story, p.id), CAST(floor(t.seconds / {window}) AS BIGINT)
                ORDER BY p.id) = 1
                THEN 1 ELSE 0 END AS posted
            FROM postings AS p JOIN texts AS t ON t.id = p.id LEFT JOIN near AS n ON n.id = p.id
            WHERE p.key & {mask} = {slice} AND p.key IN (SELECT key FROM frequent)) AS numbered) AS placed"""

#: How many rows the join has for each text.
JOIN_SIZES: Final = f"""
    SELECT id, CAST(sum(others) AS BIGINT) AS joined FROM postings
    WHERE others BETWEEN 1 AND {COMMON_KEY_STORIES} GROUP BY id ORDER BY id"""

#: The earlier texts that share enough keys, or a rare one, with the texts of a range of ids.
CANDIDATES: Final = f"""
    SELECT b.id AS b, a.id AS a, CAST(count(*) AS INTEGER) AS shared
    FROM postings AS b JOIN postings AS a ON a.key = b.key AND a.place < b.place AND a.place > b.expired
        AND a.posted
    WHERE b.id > {{after}} AND b.id <= {{last}} AND b.others BETWEEN 1 AND {COMMON_KEY_STORIES}
    GROUP BY b.id, a.id
    HAVING count(*) >= {SHARED_KEYS} OR min(b.others) <= {RARE_KEY_STORIES}"""
#: Most shared keys first.
IN_ORDER_OF_SHARED: Final = " ORDER BY b, shared DESC, a"

#: How many earlier texts have each key of the texts of a range of ids.
KEY_COUNTS: Final = f"""
    SELECT id, key, CAST(least(others, {COMMON_KEY_STORIES + 1}) AS INTEGER) AS others FROM postings
    WHERE id > {{after}} AND id <= {{last}} AND others > 0"""
IN_ORDER_OF_KEYS: Final = " ORDER BY id, key"

#: Of the texts in components of several, how many stories of other components had each key before; ``grouped`` has the
#: presumed ``story``, the ``component`` and its ``unit`` of each text, and whether that has ``several`` articles.
STORY_COUNTS: Final = f"""
    SELECT unit, id, key, CAST(least(stories + settled, others, {COMMON_KEY_STORIES + 1}) AS INTEGER) AS others
    FROM (
        SELECT unit, id, key, others, settled, several,
            sum(first) OVER (PARTITION BY key ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            - sum(first) OVER (PARTITION BY key, component ORDER BY id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stories
        FROM (
            SELECT p.id, p.key, p.others, p.settled, g.component, g.several, g.unit,
                CASE WHEN row_number() OVER (PARTITION BY p.key, g.story ORDER BY p.id) = 1 THEN 1 ELSE 0 END AS first
            FROM postings AS p JOIN grouped AS g ON g.id = p.id
            WHERE p.key & {{mask}} = {{slice}}) AS flagged) AS counted
    WHERE several AND stories + settled > 0 AND others > 0"""

#: Where each article was placed, in the order of the files of the stage that reads; ``placed`` has those in components
#: of several; each of the ``copies`` is in the story of its first, and each other one is a story of its own. Ids follow
#: ``offset``, the largest of a settled corpus.
RESULTS: Final = f"""
    SELECT a.part, a.line, a.id + {{offset}} AS article_id,
        coalesce(p.story_id, f.story_id, a.id + {{offset}}) AS story_id,
        CASE WHEN f.article_id IS NULL THEN coalesce(p.relation, 'original') ELSE 'exact' END AS relation,
        CAST(coalesce(p.similarity, 1.0) AS REAL) AS similarity,
        coalesce(p.is_canonical, f.article_id IS NULL) AS is_canonical,
        coalesce(p.other_article_id, f.article_id) AS other_article_id,
        CASE WHEN f.article_id IS NULL THEN p.reason ELSE '{EXACT_REASON}' END AS reason, p.evidence, p.own_status,
        coalesce(p.story_id, f.story_id, a.id + {{offset}}) > {{offset}} AS is_new
    FROM articles AS a LEFT JOIN copies AS c ON c.id = a.id
        LEFT JOIN placed AS p ON p.article_id = a.id + {{offset}}
        LEFT JOIN placed AS f ON f.article_id = c.first + {{offset}}
    ORDER BY a.part, a.line"""

ARTICLE_COUNT: Final = "SELECT count(*) FROM articles"

#: Articles, texts, keys of several texts, and their postings.
COUNTS: Final = """
    SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM texts), (SELECT count(DISTINCT key) FROM postings),
        (SELECT count(*) FROM postings)"""

#: The texts that take part in the join.
TEXT_IDS: Final = "SELECT id FROM texts"

#: Only DuckDB fills tables slice by slice, so that a sort fits the memory of one machine.
CREATE: Final = "CREATE OR REPLACE TABLE {name} AS {query}"
APPEND: Final = "INSERT INTO {name} {query}"
DELETE_POSTED_ONCE: Final = "DELETE FROM postings WHERE key IN (SELECT key FROM posted_once)"
READ_POSTED_ONCE: Final = "SELECT * FROM posted_once"
READ_STORY_COUNTS: Final = "SELECT unit, id, key, others FROM story_counts ORDER BY unit, id, key"
