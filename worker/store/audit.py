"""The tables go in; a sentence for everything comes out that can't be if nothing was lost, doubled or half written.

Each check is one statement that finds rows which contradict the promises of docs/guarantees.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.store.sketches import POSTED
from worker.store.window_sql import contains_all

#: Examples told of one kind of fault; one fault may have spread over a million rows.
MOST_EXAMPLES = 20

#: What a fault is called, and the statement that finds its rows. The names of columns go into the sentence.
#: The same words may stand in two stories where not all copies of one lie in the window of all of the other: an undated
#: copy goes with one of two stories whose dates lie apart, and dated ones follow it.
CHECKS: tuple[tuple[str, str], ...] = (
    (
        "File {id} is {state} with {articles} articles, but {found} are stored.",
        """
        SELECT f.id, f.state, f.articles, count(a.id) AS found
        FROM files f LEFT JOIN articles a ON a.file_id = f.id
        WHERE f.parent_id IS NULL GROUP BY f.id
        HAVING CASE f.state WHEN 'done' THEN count(a.id) <> f.articles OR f.articles = 0
                            WHEN 'quarantined' THEN count(a.id) > 0
                            ELSE count(a.id) > 0 AND f.parts IS NULL END""",
    ),
    (
        "File {id} was split into {parts} parts, but {found} are known.",
        """
        SELECT f.id, f.parts, count(p.id) AS found FROM files f LEFT JOIN files p ON p.parent_id = f.id
        WHERE f.parts IS NOT NULL GROUP BY f.id HAVING count(p.id) <> f.parts""",
    ),
    (
        "File {id} has been in work without a worker, and nobody looks for it: {attempts} attempts.",
        """
        SELECT id, attempts FROM files
        WHERE state = 'processing' AND parts IS NULL AND holder IS NULL""",
    ),
    (
        "Article {id} is in story {story_id}, which was merged into {merged_into}.",
        """
        SELECT a.id, a.story_id, s.merged_into FROM articles a JOIN stories s ON s.id = a.story_id
        WHERE s.merged_into IS NOT NULL""",
    ),
    (
        "Story {id} was merged into {merged_into}, which is no living story.",
        """
        SELECT s.id, s.merged_into FROM stories s LEFT JOIN stories t ON t.id = s.merged_into
        WHERE s.merged_into IS NOT NULL AND (t.id IS NULL OR t.merged_into IS NOT NULL)""",
    ),
    (
        "Story {id} has the canonical article {canonical_id}, which is not one of its own.",
        """
        SELECT s.id, s.canonical_id FROM stories s LEFT JOIN articles a ON a.id = s.canonical_id
        WHERE s.merged_into IS NULL AND a.story_id IS DISTINCT FROM s.id""",
    ),
    (
        "Story {id} has {found} articles called original; it must be the canonical one ({canonical_id}) alone.",
        """
        SELECT s.id, s.canonical_id, count(a.id) AS found
        FROM stories s LEFT JOIN articles a ON a.story_id = s.id AND a.relation = 'original'
        WHERE s.merged_into IS NULL GROUP BY s.id
        HAVING count(a.id) <> 1 OR min(a.id) <> s.canonical_id""",
    ),
    (
        "Story {id} counts {articles} articles of {texts} texts, but holds {found} of {different}.",
        """
        SELECT s.id, s.articles, s.texts, count(a.id) AS found,
               count(a.id) FILTER (WHERE a.relation <> 'exact') AS different
        FROM stories s LEFT JOIN articles a ON a.story_id = s.id WHERE s.merged_into IS NULL GROUP BY s.id
        HAVING count(a.id) <> s.articles OR count(a.id) FILTER (WHERE a.relation <> 'exact') <> s.texts""",
    ),
    (
        "Article {id} is called an exact copy, but no other text of story {story_id} has its words.",
        """
        SELECT a.id, a.story_id FROM articles a WHERE a.relation = 'exact' AND NOT EXISTS (
            SELECT FROM articles b
            WHERE b.text_hash = a.text_hash AND b.story_id = a.story_id AND b.relation <> 'exact')""",
    ),
    (
        "Articles {id} and {other} have the same words, but stand in the stories {story_id} and {other_story}.",
        f"""
        WITH words AS (
            SELECT text_hash, story_id, min(id) AS id, bool_or(published_at IS NULL) AS undated,
                min(published_at) AS published, max(published_at) AS last_published,
                min(arrived_at) AS arrived, max(arrived_at) AS last_arrived
            FROM articles GROUP BY 1, 2)
        SELECT a.id, b.id AS other, a.story_id, b.story_id AS other_story
        FROM words a JOIN words b ON b.text_hash = a.text_hash AND b.story_id > a.story_id
        WHERE {contains_all("a", "b", ":days")} AND NOT EXISTS (
            SELECT FROM corrections c JOIN articles x ON x.id = c.article_id JOIN articles y ON y.id = c.other_id
            WHERE c.same = 0 AND (x.story_id, y.story_id) IN ((a.story_id, b.story_id), (b.story_id, a.story_id)))""",
    ),
    (
        "Article {id} of story {story_id} can't be found by {missing} of its sketch keys.",
        f"""
        SELECT a.id, a.story_id, count(*) AS missing
        FROM articles a CROSS JOIN LATERAL unnest(a.sketch) AS k (key)
        WHERE a.relation <> 'exact' AND NOT EXISTS (
            SELECT FROM {POSTED} AS p JOIN stories s ON s.id = p.story_id
            WHERE p.key = k.key AND coalesce(s.merged_into, s.id) = a.story_id)
        GROUP BY a.id""",
    ),
)

_TEXTS = text("""
    SELECT id, text, title, language, text_hash, simhash, sketch, words FROM articles
    WHERE id > :after AND fingerprint_version = :version ORDER BY id LIMIT :most""")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stored article with the fingerprint that stands beside it."""

    id: int
    text: str
    title: str | None
    language: str
    text_hash: bytes
    simhash: bytes
    sketch: list[int]
    words: int


def contradictions(connection: Connection, window_days: int) -> Iterator[str]:
    """Yield a sentence for each row that can't be, ``MOST_EXAMPLES`` of a kind."""
    for told, statement in CHECKS:
        values = {"days": window_days} if ":days" in statement else {}
        for row in connection.execute(text(f"{statement} ORDER BY 1 LIMIT {MOST_EXAMPLES}"), values).mappings():
            yield told.format(**row)


def marked(connection: Connection, version: int, after: int, most: int) -> list[Marked]:
    """Return the next ``most`` articles after an id whose fingerprints are of ``version``."""
    rows = connection.execute(_TEXTS, {"version": version, "after": after, "most": most})
    return [Marked(*row) for row in rows]


def kept_files(connection: Connection, after: int, most: int) -> list[tuple[int, bytes, bytes]]:
    """Return (id, path, sha256) of the next ``most`` files after an id whose bytes were taken and not pruned."""
    rows = connection.execute(
        text(
            "SELECT id, path, sha256 FROM files WHERE id > :after AND sha256 IS NOT NULL AND parent_id IS NULL"
            " AND pruned_at IS NULL ORDER BY id LIMIT :most"
        ),
        {"after": after, "most": most},
    )
    return [(row.id, bytes(row.path), bytes(row.sha256)) for row in rows]
