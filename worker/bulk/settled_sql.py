"""The SQL of bulk against a settled corpus: which of its stories new articles may belong to.

It reads ``archive``, the articles of the settled corpus, and the tables of `worker.bulk.sql`, which hold the new ones.
Keys are counted by story, as in the service. Of a story only the first texts and the canonical one are compared.
"""

from typing import Final

from worker.fingerprint.posting_index import COMMON_KEY_STORIES, MOST_CANDIDATES, RARE_KEY_STORIES, SHARED_KEYS
from worker.store.candidate_queries import STORY_TEXTS

#: Postings of one key that are joined together: no more than two of these chunks hold those that count for an article.
_CHUNK: Final = 128
#: Stored versions of an id that are read, the newest first, as in the service.
_MOST_VERSIONS: Final = 16

#: The columns of ``archive``, of a result: an undated article has no time.
SEEN_WHEN_PUBLISHED: Final = "*, published_at AS seen_at"

#: How many articles there are, how many have a time, how many ids, and the largest of these.
ARCHIVE: Final = "SELECT count(*), count(seen_at), count(DISTINCT article_id), max(article_id) FROM archive"

#: The articles of the settled corpus, with a time as new ones have it.
SETTLED: Final = """
    CREATE TABLE settled AS
    SELECT article_id AS id, story_id, relation <> 'exact' AS is_text, is_canonical, text_hash, simhash, provider,
        external_id, version, CASE WHEN {timed} = 1 THEN coalesce(
            last_value(seconds IGNORE NULLS) OVER (ORDER BY article_id ROWS UNBOUNDED PRECEDING),
            min(seconds) OVER ()) ELSE 0 END AS seconds
    FROM (SELECT *, CAST(floor(epoch(seen_at)) AS BIGINT) AS seconds FROM archive) AS dated"""

#: The stories with the time of their first article.
STORIES: Final = """
    CREATE TABLE settled_stories AS SELECT story_id, min(seconds) AS seconds FROM settled GROUP BY story_id"""
STORY_TIMES: Final = "SELECT seconds FROM settled_stories ORDER BY seconds"
NEW_TIMES: Final = "SELECT seconds FROM articles ORDER BY id"

#: The texts of stories that may be compared, as in the service.
STORY_TEXTS_OF: Final = f"""
    CREATE TABLE settled_texts AS
    SELECT story_id, id, is_canonical, simhash FROM (
        SELECT story_id, id, is_canonical, simhash, row_number() OVER (PARTITION BY story_id ORDER BY id) AS n
        FROM settled WHERE is_text) AS numbered
    WHERE n <= {STORY_TEXTS} OR is_canonical"""

#: The nearest article in time, before or after, with the same words as a new one, within the window.
EXACT: Final = """
    CREATE TABLE settled_exact AS
    SELECT e.b, s.id, s.story_id FROM (
        SELECT b, CASE WHEN seconds - earlier_seconds <= {window} THEN earlier
            WHEN later_seconds - seconds <= {window} THEN later END AS id
        FROM (
            SELECT b, seconds, last_value(id IGNORE NULLS) OVER before AS earlier,
                last_value(settled_seconds IGNORE NULLS) OVER before AS earlier_seconds,
                first_value(id IGNORE NULLS) OVER behind AS later,
                first_value(settled_seconds IGNORE NULLS) OVER behind AS later_seconds
            FROM (
                SELECT text_hash, seconds, 0 AS b, id, seconds AS settled_seconds
                FROM settled WHERE text_hash IN (SELECT text_hash FROM articles)
                UNION ALL SELECT text_hash, seconds, id, NULL, NULL FROM articles) AS events
            WINDOW before AS (PARTITION BY text_hash ORDER BY seconds, b, id ROWS UNBOUNDED PRECEDING),
                behind AS (PARTITION BY text_hash ORDER BY seconds, b, id
                           ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS near
        WHERE b > 0) AS e JOIN settled AS s ON s.id = e.id"""

#: The newest settled versions under the id of a new article of the same provider.
VERSIONS: Final = f"""
    CREATE TABLE settled_versions AS
    SELECT a.id AS b, s.id, s.story_id FROM articles AS a
    JOIN prepared AS p ON p.part = a.part AND p.line = a.line
    JOIN (
        SELECT id, story_id, provider, external_id, seconds, row_number() OVER (
            PARTITION BY provider, external_id ORDER BY version DESC NULLS LAST, seconds DESC, id DESC) AS n
        FROM settled WHERE provider IS NOT NULL AND external_id IS NOT NULL) AS s
        ON s.provider = p.provider AND s.external_id = p.external_id AND s.n <= {_MOST_VERSIONS}
    WHERE abs(a.seconds - s.seconds) <= {{reach}}"""

#: The keys of the new texts, and the settled stories that have one of these keys.
NEW_KEYS: Final = """
    CREATE TABLE new_keys AS
    SELECT unnest(p.sketch) AS key, t.id, t.seconds
    FROM texts AS t JOIN prepared AS p ON p.part = t.part AND p.line = t.line"""
STORY_KEYS: Final = """
    CREATE TABLE story_keys AS
    SELECT k.key, k.story_id FROM (
        SELECT unnest(sketch) AS key, story_id FROM archive WHERE relation <> 'exact') AS k
    WHERE k.key IN (SELECT DISTINCT key FROM new_keys)"""
KEY_ROWS: Final = "SELECT (SELECT count(*) FROM story_keys) + (SELECT count(*) FROM new_keys)"

CREATE_POSTINGS: Final = """
    CREATE TABLE settled_postings (key INTEGER, story_id INTEGER, place INTEGER, chunk INTEGER);
    CREATE TABLE settled_counts (key INTEGER, id INTEGER, expired INTEGER, upto INTEGER)"""
#: One slice of the keys: each story has one posting, in the order of time.
SLICE: Final = """
    CREATE OR REPLACE TEMP TABLE slice AS
    SELECT k.key, k.story_id, s.seconds
    FROM (SELECT DISTINCT key, story_id FROM story_keys WHERE key & {mask} = {slice}) AS k
    JOIN settled_stories AS s ON s.story_id = k.story_id"""
POST: Final = f"""
    INSERT INTO settled_postings
    SELECT key, story_id, place, place // {_CHUNK} FROM (
        SELECT key, story_id, row_number() OVER (PARTITION BY key ORDER BY seconds, story_id) AS place FROM slice)
        AS placed"""
#: For each key of a new text: the stories behind ``expired`` up to ``upto`` are in reach, which is two windows before
#: the text, as in the service, and one window after it.
COUNT: Final = """
    INSERT INTO settled_counts
    SELECT key, id, expired, upto FROM (
        SELECT key, id, is_new,
            coalesce(sum(1 - is_new) OVER (
                PARTITION BY key ORDER BY seconds RANGE BETWEEN UNBOUNDED PRECEDING AND {reach} PRECEDING), 0)
                AS expired,
            sum(1 - is_new) OVER (
                PARTITION BY key ORDER BY seconds RANGE BETWEEN UNBOUNDED PRECEDING AND {window} FOLLOWING) AS upto
        FROM (
            SELECT key, story_id AS id, seconds, 0 AS is_new FROM slice
            UNION ALL
            SELECT key, id, seconds, 1 FROM new_keys
            WHERE key & {mask} = {slice} AND key IN (SELECT DISTINCT key FROM slice))
            AS both_kinds) AS counted
    WHERE is_new = 1 AND upto > expired"""
DROP_KEYS: Final = "DROP TABLE new_keys; DROP TABLE story_keys"

#: Count the stories in the postings of the new texts too, and add the keys that one new text shares with stories only.
ADD_COUNTS: Final = """
    UPDATE postings SET settled = c.upto - c.expired, others = others + c.upto - c.expired
    FROM settled_counts AS c WHERE c.key = postings.key AND c.id = postings.id"""
ADD_KEYS: Final = """
    INSERT INTO postings (key, id, place, expired, others, settled)
    SELECT c.key, c.id, 1, 0, c.upto - c.expired, c.upto - c.expired FROM settled_counts AS c
    ANTI JOIN postings AS p ON p.key = c.key AND p.id = c.id"""

#: The stories that share enough keys, or a rare one, with the new texts of a range of ids, most shared keys first, and
#: the stories that their ids name, with ``shared`` above all others.
NEAR_STORIES: Final = f"""
    CREATE OR REPLACE TEMP TABLE near_stories AS
    SELECT b, story_id, max(shared) AS shared FROM (
        SELECT b, story_id, shared FROM (
            SELECT b, story_id, shared, row_number() OVER (PARTITION BY b ORDER BY shared DESC, story_id) AS n FROM (
                SELECT c.id AS b, s.story_id, count(*) AS shared, min(c.upto - c.expired) AS rarest
                FROM (
                    SELECT key, id, expired, upto, unnest(range(expired // {_CHUNK}, upto // {_CHUNK} + 1)) AS chunk
                    FROM settled_counts
                    WHERE id > {{after}} AND id <= {{last}} AND upto - expired <= {COMMON_KEY_STORIES}) AS c
                JOIN settled_postings AS s ON s.key = c.key AND s.chunk = c.chunk
                    AND s.place > c.expired AND s.place <= c.upto
                GROUP BY c.id, s.story_id) AS joined
            WHERE shared >= {SHARED_KEYS} OR rarest <= {RARE_KEY_STORIES}) AS ranked
        WHERE n <= {MOST_CANDIDATES}
        UNION ALL
        SELECT b, story_id, {{most}} FROM (
            SELECT b, story_id FROM settled_versions
            UNION ALL
            SELECT e.b, e.story_id FROM settled_exact AS e
                JOIN articles AS a ON a.id = e.b AND a.version_key IS NOT NULL) AS by_id
        WHERE b > {{after}} AND b <= {{last}}) AS every
    GROUP BY b, story_id"""
#: These stories with the SimHashes of their texts and of the new text.
NEAR_TEXTS: Final = """
    SELECT n.b, n.story_id, CAST(n.shared AS INTEGER) AS shared, p.simhash AS own, t.id, t.simhash, t.is_canonical
    FROM near_stories AS n JOIN settled_texts AS t ON t.story_id = n.story_id
        JOIN articles AS a ON a.id = n.b JOIN prepared AS p ON p.part = a.part AND p.line = a.line
    ORDER BY n.b, n.shared DESC, n.story_id, t.id"""

#: ``wanted``: the texts to compare each new article with, in this order of their stories.
CREATE_WANTED: Final = "CREATE OR REPLACE TABLE wanted (b INTEGER, story_id INTEGER, shared INTEGER, id INTEGER)"
INSERT_WANTED: Final = "INSERT INTO wanted SELECT b, story_id, shared, id FROM chosen"
#: The new articles that have anything to do with a settled story.
LINKED: Final = """
    SELECT DISTINCT b FROM (
        SELECT b FROM wanted UNION ALL SELECT b FROM settled_exact UNION ALL SELECT b FROM settled_versions) AS every
    WHERE b NOT IN (SELECT id FROM copies)"""

#: For each unit of components: the texts and versions that it needs, and the pairs of each kind.
UNIT_TEXTS: Final = """
    SELECT w.unit, o.article_id AS id, o.story_id, o.is_canonical, o.text, o.title, o.language, o.url, o.published_at,
        o.simhash, o.sketch, o.text_hash, o.provider, o.external_id, o.version, o.status
    FROM (
        SELECT DISTINCT g.unit, w.id FROM (
            SELECT b, id FROM wanted UNION ALL SELECT b, id FROM settled_versions) AS w
        JOIN grouped AS g ON g.id = w.b) AS w JOIN archive AS o ON o.article_id = w.id
    ORDER BY w.unit, o.article_id"""
UNIT_PAIRS: Final = """
    SELECT g.unit, p.b, p.kind, p.story_id, p.id, p.shared FROM (
        SELECT b, 'wanted' AS kind, story_id, id, shared FROM wanted
        UNION ALL SELECT b, 'exact', story_id, id, 0 FROM settled_exact
        UNION ALL SELECT b, 'version', story_id, id, 0 FROM settled_versions) AS p
    JOIN grouped AS g ON g.id = p.b
    ORDER BY g.unit, p.b, p.kind, p.shared DESC, p.story_id, p.id"""
