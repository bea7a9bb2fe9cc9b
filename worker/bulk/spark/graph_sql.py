"""The SQL of components and of the groups in them: what `worker.bulk.groups` does with arrays, as queries.

Edges are pairs of a later article ``b`` and an earlier one, ``a``. It is standard SQL, which DuckDB runs as well.
"""

from typing import Final

_BOTH: Final = "SELECT b AS u, a AS v FROM edges_of_round UNION ALL SELECT a, b FROM edges_of_round"

#: Each article's later neighbours get an edge to its earliest neighbour, or to itself.
LARGE_STARS: Final = f"""
    SELECT DISTINCT e.v AS b, s.least AS a
    FROM ({_BOTH}) AS e
        JOIN (SELECT u, least(u, min(v)) AS least FROM ({_BOTH}) AS ends GROUP BY u) AS s ON s.u = e.u
    WHERE e.v > e.u"""

#: Each article and its earlier neighbours get an edge to the earliest of these.
SMALL_STARS: Final = """
    SELECT e.a AS b, s.least AS a
    FROM edges_of_round AS e
        JOIN (SELECT b, min(a) AS least FROM edges_of_round GROUP BY b) AS s ON s.b = e.b
    WHERE e.a <> s.least
    UNION SELECT b, min(a) FROM edges_of_round GROUP BY b"""

#: Articles that have two edges, or one to an article that has one itself.
NOT_A_STAR: Final = """
    SELECT b FROM edges_of_round GROUP BY b HAVING count(*) > 1
    UNION ALL SELECT e.b FROM edges_of_round AS e JOIN edges_of_round AS o ON o.b = e.a
    LIMIT 1"""

#: The stories of near texts, and all postings with those of `worker.bulk.sql.POSTED_ONCE` in place of the ones before.
NEAR: Final = "SELECT b AS id, a AS story FROM near_stars UNION SELECT a, a FROM near_stars"
NEAR_POSTINGS: Final = """
    SELECT p.* FROM postings AS p WHERE NOT EXISTS (SELECT 1 FROM frequent AS f WHERE f.key = p.key)
    UNION ALL SELECT * FROM posted_once"""

#: All pairs that belong together in any case, or by a verdict. ``{same}`` is `worker.bulk.sql.SAME`.
LINKS: Final = """
    SELECT b, a, CAST(1 AS REAL) AS similarity, CAST(1 AS REAL) AS apart FROM ({same}) AS same_words
    UNION ALL SELECT b, a, similarity, apart FROM edges"""
STRONG_LINKS: Final = "SELECT DISTINCT b, a FROM links WHERE similarity >= CAST({needed} AS REAL)"

#: The component of each article, by the smallest id in it.
LABELS: Final = """
    SELECT a.id, coalesce(s.a, a.id) AS component FROM articles AS a LEFT JOIN {stars} AS s ON s.b = a.id"""

#: Components that are too large, the stronger links within them, and the labels after they fell apart.
LARGE: Final = "SELECT component FROM {labels} GROUP BY component HAVING count(*) > {most}"
LINKS_WITHIN: Final = """
    SELECT DISTINCT l.b, l.a FROM links AS l JOIN {labels} AS c ON c.id = l.b JOIN {large} AS g USING (component)
    WHERE l.similarity >= CAST({needed} AS REAL)"""
LABELS_WITHIN: Final = """
    SELECT c.id, CASE WHEN g.component IS NULL THEN c.component ELSE coalesce(s.a, c.id) END AS component
    FROM {labels} AS c LEFT JOIN {large} AS g ON g.component = c.component LEFT JOIN {stars} AS s ON s.b = c.id"""

#: Components that are still too large, divided in the order of time.
DIVIDED: Final = """
    SELECT id, min(id) OVER (PARTITION BY component, chunk) AS component FROM (
        SELECT id, component,
            CAST(floor((row_number() OVER (PARTITION BY component ORDER BY id) - 1) / {most}) AS BIGINT) AS chunk
        FROM {labels}) AS numbered"""

#: Pairs of a component that are one story even if each other candidate is another one.
STORY_LINKS: Final = """
    SELECT DISTINCT l.b, l.a
    FROM links AS l JOIN divided AS later ON later.id = l.b JOIN divided AS earlier ON earlier.id = l.a
    WHERE l.apart >= CAST({needed} AS REAL) AND later.component = earlier.component"""

#: The columns of `worker.bulk.groups.Groups`. Units need not be in order, so a component's is the rest of its id.
GROUPED: Final = """
    SELECT d.id, d.component, coalesce(s.a, d.id) AS story, d.articles > 1 AS several,
        CAST(d.component % {units} AS INTEGER) AS unit
    FROM (SELECT id, component, count(*) OVER (PARTITION BY component) AS articles FROM divided) AS d
        LEFT JOIN story_stars AS s ON s.b = d.id"""

#: The articles of components of several, with the number of stories outside their component that came before.
MEMBERS: Final = """
    SELECT unit, component, id, CAST(before - inside AS BIGINT) AS stories_before FROM (
        SELECT unit, component, id, several, sum(begins) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS before,
            sum(begins) OVER (PARTITION BY component ORDER BY id ROWS UNBOUNDED PRECEDING) AS inside
        FROM (
            SELECT g.unit, g.component, g.id, g.several,
                CASE WHEN t.id IS NOT NULL AND g.story = g.id THEN 1 ELSE 0 END AS begins
            FROM grouped AS g LEFT JOIN texts AS t ON t.id = g.id) AS flagged) AS counted
    WHERE several"""

ALL: Final = "SELECT * FROM {table}"
EDGE_COUNT: Final = "SELECT count(*) FROM edges"
