"""Stories: create, merge, choose the canonical article, count; every change stands in the change feed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

#: Postgres wakes those who LISTEN here at each commit that changed a story.
CHANNEL = "copydesk_changes"


@dataclass(frozen=True, slots=True)
class NewStory:
    """A story to create, with the article that it starts with."""

    id: int
    canonical_id: int
    title: str | None
    language: str
    first_seen: datetime
    last_seen: datetime
    articles: int = 1
    texts: int = 1
    reason: str | None = None  # why this copy is the canonical one


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change feed."""

    kind: str
    story_id: int
    article_id: int | None = None
    other_story_id: int | None = None


def create(connection: Connection, new: Sequence[NewStory]) -> None:
    """Insert stories."""
    if not new:
        return
    connection.execute(
        text("""
            INSERT INTO stories
                (id, canonical_id, title, language, first_seen, last_seen, articles, texts, canonical_reason)
            SELECT * FROM unnest(CAST(:ids AS int[]), CAST(:canonicals AS int[]), CAST(:titles AS text[]),
                CAST(:languages AS text[]), CAST(:first AS timestamptz[]), CAST(:last AS timestamptz[]),
                CAST(:articles AS int[]), CAST(:texts AS int[]), CAST(:reasons AS text[]))
        """),
        {
            "ids": [s.id for s in new],
            "canonicals": [s.canonical_id for s in new],
            "titles": [s.title for s in new],
            "languages": [s.language for s in new],
            "first": [s.first_seen for s in new],
            "last": [s.last_seen for s in new],
            "articles": [s.articles for s in new],
            "texts": [s.texts for s in new],
            "reasons": [s.reason for s in new],
        },
    )


def lock(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Lock stories in the order of their ids, against other changes of them; return those that are still live."""
    rows = connection.execute(
        text("SELECT id FROM stories WHERE id = ANY(:ids) AND merged_into IS NULL ORDER BY id FOR UPDATE"),
        {"ids": sorted(ids)},
    )
    return set(rows.scalars())


def merged_into(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Return the present story of each of these that was merged into another."""
    rows = connection.execute(
        text("SELECT id, merged_into FROM stories WHERE id = ANY(:ids) AND merged_into IS NOT NULL"),
        {"ids": sorted(ids)},
    )
    return {row.id: row.merged_into for row in rows}


def changed(connection: Connection, after: int) -> set[int]:
    """Return the stories of which the change feed tells something after its row ``after``."""
    rows = connection.execute(text("SELECT story_id, other_story_id FROM changes WHERE id > :after"), {"after": after})
    return {story for row in rows for story in row if story is not None}


def never_together(connection: Connection, ids: Sequence[int]) -> set[frozenset[int]]:
    """Return the pairs among these stories that a person said are not the same."""
    if len(ids) < 2:
        return set()
    rows = connection.execute(
        text("""
            SELECT a.story_id, b.story_id
            FROM corrections c JOIN articles a ON a.id = c.article_id JOIN articles b ON b.id = c.other_id
            WHERE c.same = 0 AND a.story_id = ANY(:ids) AND b.story_id = ANY(:ids) AND a.story_id <> b.story_id"""),
        {"ids": list(ids)},
    )
    return {frozenset(row) for row in rows}


def merge(connection: Connection, merges: Mapping[int, int]) -> set[int]:
    """Move all articles of each story (key) to the story that it becomes (value, a smaller id); return the articles."""
    if not merges:
        return set()
    values = {"dead": list(merges), "kept": list(merges.values())}
    pairs = "unnest(CAST(:dead AS int[]), CAST(:kept AS int[])) AS t (dead, kept)"
    moved = connection.execute(
        text(f"UPDATE articles SET story_id = kept FROM {pairs} WHERE story_id = dead RETURNING articles.id"), values
    )
    moved_ids = set(moved.scalars())
    connection.execute(
        text(f"""
            UPDATE stories SET merged_into = kept, updated_at = now(),
                canonical_id = CASE WHEN stories.id = dead THEN NULL ELSE canonical_id END
            FROM {pairs} WHERE stories.id = dead OR merged_into = dead"""),
        values,
    )
    return moved_ids


def recount(connection: Connection, ids: Iterable[int]) -> None:
    """Count the articles, the different texts and the time span of stories anew."""
    connection.execute(
        text("""
            UPDATE stories SET articles = c.articles, texts = c.texts, first_seen = c.first, last_seen = c.last,
                updated_at = now()
            FROM (SELECT story_id, count(*) AS articles, count(*) FILTER (WHERE relation <> 'exact') AS texts,
                         min(seen_at) AS first, max(seen_at) AS last
                  FROM articles WHERE story_id = ANY(:ids) GROUP BY story_id) AS c
            WHERE stories.id = c.story_id"""),
        {"ids": sorted(ids)},
    )


def count_copies(connection: Connection, added: Mapping[int, tuple[int, int, datetime, datetime]]) -> None:
    """Add (articles, different texts, first, last seen) to stories, without counting them anew."""
    if not added:
        return
    connection.execute(
        text("""
            UPDATE stories SET articles = stories.articles + t.articles, texts = stories.texts + t.texts,
                first_seen = least(first_seen, t.first), last_seen = greatest(last_seen, t.last), updated_at = now()
            FROM unnest(CAST(:ids AS int[]), CAST(:articles AS int[]), CAST(:texts AS int[]),
                CAST(:first AS timestamptz[]), CAST(:last AS timestamptz[])) AS t (id, articles, texts, first, last)
            WHERE stories.id = t.id"""),
        {
            "ids": list(added),
            "articles": [a[0] for a in added.values()],
            "texts": [a[1] for a in added.values()],
            "first": [a[2] for a in added.values()],
            "last": [a[3] for a in added.values()],
        },
    )


def canonicals(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return (canonical article, different texts) of live stories."""
    rows = connection.execute(
        text("SELECT id, canonical_id, texts FROM stories WHERE id = ANY(:ids) AND merged_into IS NULL"),
        {"ids": sorted(ids)},
    )
    return {row.id: (row.canonical_id, row.texts) for row in rows}


@dataclass(frozen=True, slots=True)
class Text:
    """One of the different texts of a story, as far as choosing the canonical article needs it."""

    id: int
    story_id: int
    words: int
    seen_at: datetime
    faults: int  # what cleaning had to mend


_DIFFERENT = """
    SELECT id, story_id, words, seen_at, coalesce(
        (SELECT sum(value::int) FROM jsonb_each_text(changes)), 0)::int AS faults
    FROM articles WHERE story_id = ANY(:stories) AND relation <> 'exact'"""


def different_texts(
    connection: Connection, ids: Sequence[int], among: Collection[int] | None = None
) -> dict[int, list[Text]]:
    """Return the articles of each story that are not exact copies of earlier ones; all, or those ``among`` some."""
    found: dict[int, list[Text]] = {}
    if ids and (among is None or among):
        some = "" if among is None else " AND id = ANY(:among)"
        values = {"stories": list(ids)} | ({} if among is None else {"among": list(among)})
        for row in connection.execute(text(f"{_DIFFERENT}{some} ORDER BY id"), values):
            found.setdefault(row.story_id, []).append(Text(*row))
    return found


def set_canonical(connection: Connection, chosen: Mapping[int, tuple[int, str]]) -> None:
    """Make an article the canonical one of its story: (article, reason) by story."""
    if not chosen:
        return
    connection.execute(
        text("""
            UPDATE stories SET canonical_id = a.id, canonical_reason = t.reason, title = a.title,
                language = a.language, updated_at = now()
            FROM unnest(CAST(:stories AS int[]), CAST(:articles AS int[]), CAST(:reasons AS text[]))
                AS t (story, article, reason) JOIN articles a ON a.id = t.article
            WHERE stories.id = t.story"""),
        {
            "stories": list(chosen),
            "articles": [article for article, _ in chosen.values()],
            "reasons": [reason for _, reason in chosen.values()],
        },
    )


def set_relations(connection: Connection, relations: Mapping[int, tuple[str, float]]) -> None:
    """Set (relation, similarity) of articles."""
    if not relations:
        return
    connection.execute(
        text("""
            UPDATE articles SET relation = t.relation, similarity = t.similarity
            FROM unnest(CAST(:ids AS int[]), CAST(:relations AS text[]), CAST(:similarities AS real[]))
                AS t (id, relation, similarity)
            WHERE articles.id = t.id"""),
        {
            "ids": list(relations),
            "relations": [r[0] for r in relations.values()],
            "similarities": [r[1] for r in relations.values()],
        },
    )


def tell(connection: Connection, changes: Sequence[Change]) -> None:
    """Append to the change feed; call it under the placement lock, so that ids follow the order of commits."""
    if not changes:
        return
    connection.execute(
        text("""
            WITH told AS (INSERT INTO changes (kind, story_id, article_id, other_story_id)
            SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:stories AS int[]), CAST(:articles AS int[]),
                CAST(:others AS int[])))
            SELECT pg_notify(:channel, '')"""),
        {
            "channel": CHANNEL,
            "kinds": [c.kind for c in changes],
            "stories": [c.story_id for c in changes],
            "articles": [c.article_id for c in changes],
            "others": [c.other_story_id for c in changes],
        },
    )
