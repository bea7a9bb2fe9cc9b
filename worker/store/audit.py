"""Find rows that contradict docs/guarantees.md: what was lost, stored twice or half written; each check is a query."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.store import same_words
from worker.store.sketches import POSTED

#: Examples reported of each kind of fault: one fault may affect a million rows.
MOST_EXAMPLES = 20

#: The sentence that reports a fault, with names of columns, and the query that finds its rows.
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
        "File {id} is done with {records_read} records read, but {articles} articles and {bad} bad records are known.",
        """
        SELECT f.id, f.records_read, f.articles, f.withheld + count(b.position) AS bad
        FROM files f LEFT JOIN bad_records b ON b.file_id = coalesce(f.parent_id, f.id)
            AND (f.parent_id IS NULL OR b.position >= f.first_record AND b.position < f.first_record + f.records)
        WHERE f.state = 'done' AND f.records_read IS NOT NULL AND NOT EXISTS (
            SELECT FROM files p WHERE p.parent_id = f.id AND p.state = 'quarantined')
        GROUP BY f.id HAVING f.articles + f.withheld + count(b.position) <> f.records_read""",
    ),
    (
        "File {id} is in work without a worker, and no worker will take it: {attempts} attempts.",
        "SELECT id, attempts FROM files WHERE state = 'processing' AND parts IS NULL AND holder IS NULL",
    ),
    (
        "Article {id} is in story {story_id}, which was merged into {merged_into}.",
        """
        SELECT a.id, a.story_id, s.merged_into FROM articles a JOIN stories s ON s.id = a.story_id
        WHERE s.merged_into IS NOT NULL""",
    ),
    (
        "Story {id} was merged into {merged_into}, which is no live story.",
        """
        SELECT s.id, s.merged_into FROM stories s LEFT JOIN stories t ON t.id = s.merged_into
        WHERE s.merged_into IS NOT NULL AND (t.id IS NULL OR t.merged_into IS NOT NULL)""",
    ),
    (
        "Story {id} has the canonical article {canonical_id}, which is not in it.",
        """
        SELECT s.id, s.canonical_id FROM stories s LEFT JOIN articles a ON a.id = s.canonical_id
        WHERE s.merged_into IS NULL AND a.story_id IS DISTINCT FROM s.id""",
    ),
    (
        "Story {id} has {found} articles with the relation original, not its canonical one ({canonical_id}) alone.",
        """
        SELECT s.id, s.canonical_id, count(a.id) AS found
        FROM stories s LEFT JOIN articles a ON a.story_id = s.id AND a.relation = 'original'
        WHERE s.merged_into IS NULL GROUP BY s.id
        HAVING count(a.id) <> 1 OR min(a.id) <> s.canonical_id""",
    ),
    (
        "Story {id} has the canonical article {canonical_id}, though {pinned} was pinned last.",
        """
        SELECT s.id, s.canonical_id, p.id AS pinned
        FROM (SELECT DISTINCT ON (story_id) story_id, id FROM articles
              WHERE pinned_at IS NOT NULL AND status <> 'withdrawn'
              ORDER BY story_id, pinned_at DESC, id DESC) AS p JOIN stories s ON s.id = p.story_id
        WHERE s.canonical_id <> p.id""",
    ),
    (
        "Story {id} has the withdrawn article {canonical_id} as the canonical one, though {other} may be published.",
        """
        SELECT s.id, s.canonical_id, min(a.id) AS other FROM stories s
        JOIN articles c ON c.id = s.canonical_id AND c.status = 'withdrawn'
        JOIN articles a ON a.story_id = s.id AND a.relation <> 'exact' AND a.status <> 'withdrawn'
        GROUP BY s.id""",
    ),
    (
        "Story {id} counts {articles} articles of {texts} texts, but has {found} of {different}.",
        """
        SELECT s.id, s.articles, s.texts, count(a.id) AS found,
               count(a.id) FILTER (WHERE a.relation <> 'exact') AS different
        FROM stories s LEFT JOIN articles a ON a.story_id = s.id WHERE s.merged_into IS NULL GROUP BY s.id
        HAVING count(a.id) <> s.articles OR count(a.id) FILTER (WHERE a.relation <> 'exact') <> s.texts""",
    ),
    (
        "Article {id} has the relation exact, but no text of story {story_id} has the same words.",
        """
        SELECT a.id, a.story_id FROM articles a WHERE a.relation = 'exact' AND NOT EXISTS (
            SELECT FROM articles b
            WHERE b.text_hash = a.text_hash AND b.story_id = a.story_id AND b.relation <> 'exact')""",
    ),
    (
        "Articles {id} and {other} have the same words, but are in the stories {story_id} and {other_story}.",
        same_words.apart_sql(),
    ),
    (
        "Story {id} is linked with the related story {other_id}, but one of them was merged into another.",
        """
        SELECT r.story_id AS id, r.other_id FROM related_stories r
        JOIN stories s ON s.id = r.story_id JOIN stories t ON t.id = r.other_id
        WHERE s.merged_into IS NOT NULL OR t.merged_into IS NOT NULL""",
    ),
    (
        "Story {id} is linked with its translation, story {other_id}, but one of them was merged into another.",
        """
        SELECT r.story_id AS id, r.other_id FROM translations r
        JOIN stories s ON s.id = r.story_id JOIN stories t ON t.id = r.other_id
        WHERE s.merged_into IS NOT NULL OR t.merged_into IS NOT NULL""",
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
class FingerprintedArticle:
    """A stored article and its stored fingerprint."""

    id: int
    text: str
    title: str | None
    language: str
    text_hash: bytes
    simhash: bytes
    sketch: list[int]
    words: int


def contradictions(connection: Connection, window_days: int) -> Iterator[str]:
    """Yield a sentence for each contradicting row, at most ``MOST_EXAMPLES`` of each kind."""
    for sentence, statement in CHECKS:
        values = {"days": window_days} if ":days" in statement else {}
        for row in connection.execute(text(f"{statement} ORDER BY 1 LIMIT {MOST_EXAMPLES}"), values).mappings():
            yield sentence.format(**row)


def fingerprinted(connection: Connection, version: int, after: int, most: int) -> list[FingerprintedArticle]:
    """Return the next ``most`` articles with ids above ``after`` whose fingerprints have this version."""
    rows = connection.execute(_TEXTS, {"version": version, "after": after, "most": most})
    return [FingerprintedArticle(*row) for row in rows]


_KEPT = text("""
    SELECT f.id, f.path, f.sha256, p.part_records, p.records
    FROM files f LEFT JOIN LATERAL (
        SELECT max(records) AS part_records, sum(records)::int AS records
        FROM files WHERE parent_id = f.id) AS p ON true
    WHERE f.id > :after AND f.sha256 IS NOT NULL AND f.parent_id IS NULL AND f.pruned_at IS NULL
    ORDER BY f.id LIMIT :most""")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file whose bytes are kept; of a large one the records of a part and of all parts, else None."""

    id: int
    path: bytes
    sha256: bytes
    part_records: int | None
    records: int | None


def kept_files(connection: Connection, after: int, most: int) -> list[KeptFile]:
    """Return the next ``most`` files with ids above ``after`` whose bytes are in the archive."""
    return [KeptFile(*row) for row in connection.execute(_KEPT, {"after": after, "most": most})]
