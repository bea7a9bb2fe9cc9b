"""Stories: create, merge, count, set the canonical article, and record changes in the change feed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from worker.article import ChangeKind, PublicationStatus
from worker.store import related, translations
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.read.changes import CHANNEL
from worker.store.read.sources import SOURCE
from worker.store.read.status import STATUS
from worker.store.revisions import SentText


@dataclass(slots=True)
class NewStory:
    """A story to create, with its first articles."""

    id: int
    canonical_id: int
    title: str | None
    language: str
    first_seen: datetime
    last_seen: datetime
    articles: int = 1
    texts: int = 1
    reason: str | None = None  # why this article is the canonical one


@dataclass(slots=True)
class StoryChange:
    """One row of the change feed."""

    kind: ChangeKind
    story_id: int
    article_id: int | None = None
    other_story_id: int | None = None


def create(connection: Connection, new: Sequence[NewStory]) -> None:
    """Insert stories."""
    if not new:
        return
    execute(
        connection,
        """
            INSERT INTO stories
                (id, canonical_id, title, language, first_seen, last_seen, articles, texts, canonical_reason)
            SELECT * FROM unnest(CAST(%(ids)s AS int[]), CAST(%(canonicals)s AS int[]), CAST(%(titles)s AS text[]),
                CAST(%(languages)s AS text[]), CAST(%(first)s AS timestamptz[]), CAST(%(last)s AS timestamptz[]),
                CAST(%(articles)s AS int[]), CAST(%(texts)s AS int[]), CAST(%(reasons)s AS text[]))
        """,
        {
            "ids": int_array(s.id for s in new),
            "canonicals": int_array(s.canonical_id for s in new),
            "titles": array(s.title for s in new),
            "languages": array(s.language for s in new),
            "first": array(s.first_seen for s in new),
            "last": array(s.last_seen for s in new),
            "articles": int_array(s.articles for s in new),
            "texts": int_array(s.texts for s in new),
            "reasons": array(s.reason for s in new),
        },
    )


def merged_into(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Return the present story of each of these stories that was merged into another."""
    rows = execute(
        connection,
        "SELECT id, merged_into FROM stories WHERE id = ANY(%(ids)s) AND merged_into IS NOT NULL",
        {"ids": int_array(sorted(ids))},
    )
    return dict(rows)


def changed(connection: Connection, after: int) -> set[int]:
    """Return the stories that the change feed names after its row ``after``."""
    rows = execute(connection, "SELECT story_id, other_story_id FROM changes WHERE id > %(after)s", {"after": after})
    return {story for row in rows for story in row if story is not None}


def cannot_link(connection: Connection, ids: Sequence[int]) -> set[frozenset[int]]:
    """Return the pairs of these stories that a person declared not the same."""
    if len(ids) < 2:
        return set()
    rows = execute(
        connection,
        """
            SELECT DISTINCT a.story_id, b.story_id
            FROM corrections c JOIN articles a ON a.id = c.article_id JOIN articles b ON b.id = c.other_id
            WHERE c.same = 0 AND a.story_id = ANY(%(ids)s) AND b.story_id = ANY(%(ids)s)
                AND a.story_id <> b.story_id""",
        {"ids": int_array(sorted(ids))},
    )
    return {frozenset(row) for row in rows}


def merge(connection: Connection, merges: Mapping[int, int]) -> set[int]:
    """Move all articles and links of each story (key) to the story it is merged into (value, a smaller id).

    Return the moved articles.
    """
    if not merges:
        return set()
    values = {"dead": int_array(merges), "kept": int_array(merges.values())}
    pairs = "unnest(CAST(%(dead)s AS int[]), CAST(%(kept)s AS int[])) AS t (dead, kept)"
    moved = execute(
        connection,
        f"UPDATE articles SET story_id = kept FROM {pairs} WHERE story_id = dead RETURNING articles.id",
        values,
    )
    moved_ids = {article for (article,) in moved}
    execute(
        connection,
        f"""
            UPDATE stories SET merged_into = kept, updated_at = now(),
                canonical_id = CASE WHEN stories.id = dead THEN NULL ELSE canonical_id END
            FROM {pairs} WHERE stories.id = dead OR merged_into = dead""",
        values,
    )
    related.move(connection, merges)
    with reporting_translations(connection, {*merges, *merges.values()}):
        translations.move(connection, merges)
    return moved_ids


def recount(connection: Connection, ids: Iterable[int]) -> None:
    """Compute the numbers of articles and different texts and the time span of stories from their articles."""
    wanted = sorted(ids)
    if not wanted:
        return
    execute(
        connection,
        """
            UPDATE stories SET articles = c.articles, texts = c.texts, first_seen = c.first, last_seen = c.last,
                updated_at = now()
            FROM (SELECT story_id, count(*) AS articles, count(*) FILTER (WHERE relation <> 'exact') AS texts,
                         min(seen_at) AS first, max(seen_at) AS last
                  FROM articles WHERE story_id = ANY(%(ids)s) GROUP BY story_id) AS c
            WHERE stories.id = c.story_id""",
        {"ids": int_array(wanted)},
    )


def add_to_counts(connection: Connection, added: Mapping[int, tuple[int, int, datetime, datetime]]) -> None:
    """Add (articles, different texts, first seen, last seen) to stories, without reading their articles."""
    if not added:
        return
    execute(
        connection,
        """
            UPDATE stories SET articles = stories.articles + t.articles, texts = stories.texts + t.texts,
                first_seen = least(first_seen, t.first), last_seen = greatest(last_seen, t.last), updated_at = now()
            FROM unnest(CAST(%(ids)s AS int[]), CAST(%(articles)s AS int[]), CAST(%(texts)s AS int[]),
                CAST(%(first)s AS timestamptz[]), CAST(%(last)s AS timestamptz[]))
                AS t (id, articles, texts, first, last)
            WHERE stories.id = t.id""",
        {
            "ids": int_array(added),
            "articles": int_array(a[0] for a in added.values()),
            "texts": int_array(a[1] for a in added.values()),
            "first": array(a[2] for a in added.values()),
            "last": array(a[3] for a in added.values()),
        },
    )


def canonicals(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return (canonical article, different texts) of live stories."""
    # merged stories have none; as a condition in SQL, a plan from when there were few would read all `ix_stories_live`
    rows = execute(
        connection,
        "SELECT id, canonical_id, texts FROM stories WHERE id = ANY(%(ids)s)",
        {"ids": int_array(sorted(ids))},
    )
    return {story: (canonical, texts) for story, canonical, texts in rows if canonical is not None}


@dataclass(slots=True)
class CanonicalCandidate:
    """The fields of one of a story's different texts that choosing the canonical article needs."""

    id: int
    story_id: int
    words: int
    seen_at: datetime
    source: str | None
    faults: int  # number of repairs by cleaning, except by the step `NO_FAULTS`
    sent: SentText
    status: str = PublicationStatus.USABLE
    agency: str | None = None  # that the text is credited to


#: The cleaning step that shortens runs of blanks: an empty line at the end of a file says nothing about the text.
NO_FAULTS = "blanks"

_DIFFERENT = f"""
    SELECT a.id, a.story_id, a.words, a.seen_at, {SOURCE}, coalesce(
        (SELECT sum(value::int) FROM jsonb_each_text(a.changes) WHERE key <> '{NO_FAULTS}'), 0)::int AS faults,
        a.provider, CASE WHEN a.revision_key IS NOT NULL THEN a.external_id END, a.version, a.published_at, a.text_hash,
        a.title, a.arrived_at, a.status = 'withdrawn', {STATUS}, a.facts ->> 'agency'
    FROM articles a WHERE a.story_id = ANY(%(stories)s) AND a.relation <> 'exact'"""


def different_texts(
    connection: Connection, ids: Sequence[int], among: Collection[int] | None = None
) -> dict[int, list[CanonicalCandidate]]:
    """Return the articles of each story that are not exact copies; if ``among`` is given, only those in it."""
    members: dict[int, list[CanonicalCandidate]] = {}
    if ids and (among is None or among):
        condition = "" if among is None else " AND a.id = ANY(%(among)s)"
        values = {"stories": int_array(ids), "among": int_array(among or ())}
        rows = execute(connection, f"{_DIFFERENT}{condition} ORDER BY a.id", values).fetchall()
        for id_, story, words, seen_at, source, faults, *sent, status, agency in rows:
            member = CanonicalCandidate(id_, story, words, seen_at, source, faults, SentText(*sent), status, agency)
            members.setdefault(story, []).append(member)
    return members


def set_canonical(connection: Connection, chosen: Mapping[int, tuple[int, str | None]]) -> None:
    """Set the canonical article of stories: (article, reason) by story."""
    if not chosen:
        return
    execute(
        connection,
        """
            UPDATE stories SET canonical_id = a.id, canonical_reason = t.reason, title = a.title,
                language = a.language, updated_at = now()
            FROM unnest(CAST(%(stories)s AS int[]), CAST(%(articles)s AS int[]), CAST(%(reasons)s AS text[]))
                AS t (story, article, reason) JOIN articles a ON a.id = t.article
            WHERE stories.id = t.story""",
        {
            "stories": int_array(chosen),
            "articles": int_array(article for article, _ in chosen.values()),
            "reasons": array(reason for _, reason in chosen.values()),
        },
    )


def set_relations(connection: Connection, relations: Mapping[int, tuple[str, float]]) -> None:
    """Set (relation, similarity) by article."""
    if not relations:
        return
    execute(
        connection,
        """
            UPDATE articles SET relation = t.relation, similarity = t.similarity
            FROM unnest(CAST(%(ids)s AS int[]), CAST(%(relations)s AS text[]), CAST(%(similarities)s AS real[]))
                AS t (id, relation, similarity)
            WHERE articles.id = t.id""",
        {
            "ids": int_array(relations),
            "relations": array(r[0] for r in relations.values()),
            "similarities": array(r[1] for r in relations.values()),
        },
    )


def record_changes(connection: Connection, changes: Sequence[StoryChange]) -> None:
    """Append to the change feed; call it under the placement lock, so that ids follow the order of commits."""
    if not changes:
        return
    execute(
        connection,
        """
            WITH inserted AS (INSERT INTO changes (kind, story_id, article_id, other_story_id)
            SELECT * FROM unnest(CAST(%(kinds)s AS text[]), CAST(%(stories)s AS int[]), CAST(%(articles)s AS int[]),
                CAST(%(others)s AS int[])))
            SELECT pg_notify(%(channel)s, '')""",
        {
            "channel": CHANNEL,
            "kinds": array(c.kind for c in changes),
            "stories": int_array(c.story_id for c in changes),
            "articles": array(c.article_id for c in changes),
            "others": array(c.other_story_id for c in changes),
        },
    )


@contextmanager
def reporting_translations(connection: Connection, ids: Collection[int]) -> Iterator[None]:
    """Record in the change feed which translations the block links with these stories, and which it no longer does."""
    before = translations.linked(connection, ids)
    yield
    after = translations.linked(connection, ids)
    gone, new = ChangeKind.TRANSLATION_REMOVED, ChangeKind.TRANSLATION
    found = [(gone, pair) for pair in sorted(before - after)] + [(new, pair) for pair in sorted(after - before)]
    record_changes(connection, [StoryChange(kind, story, other_story_id=other) for kind, (story, other) in found])
