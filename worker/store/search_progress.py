"""Which articles the search index does not have yet."""

from sqlalchemy import Connection

from worker.store.execute import execute

#: Articles beyond this number are not counted.
MOST_COUNTED = 10_000

#: The articles to index next. Ids are given under the placement lock, so they become visible in their order.
NEXT = """
    (SELECT article_id AS id FROM search_vectors WHERE vector IS NULL ORDER BY 1 LIMIT %(most)s)
    UNION ALL
    (SELECT id FROM articles WHERE id > (SELECT coalesce(max(article_id), 0) FROM search_vectors)
     ORDER BY id LIMIT %(most)s)
    LIMIT %(most)s"""


def pending(connection: Connection) -> int:
    """Return how many articles are not indexed yet, at most ``MOST_COUNTED``."""
    query = f"SELECT count(*) FROM ({NEXT}) AS following"
    [[count]] = execute(connection, query, {"most": MOST_COUNTED}).fetchall()
    return int(count)
