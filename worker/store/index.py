"""Candidates: stories that share words or sketch keys with new articles, a whole batch asked in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from worker.fingerprint import COMMON_KEY_STORIES, MOST_CANDIDATES, RARE_KEY_STORIES, SHARED_KEYS
from worker.store.arrays import int_array
from worker.window import When, Window

#: Texts of one story that are offered for comparing; the nearest few by SimHash are then compared.
STORY_TEXTS = 24

_MARKS = text("""
    SELECT (SELECT coalesce(max(id), 0) FROM articles), (SELECT coalesce(max(id), 0) FROM changes),
        (SELECT coalesce(max(id), 0) FROM corrections),
        (SELECT coalesce(max(id), 0) FROM changes WHERE kind = 'reprocessed')""")

_EXACT = text("""
    SELECT t.number, a.id AS article_id
    FROM unnest(CAST(:numbers AS int[]), CAST(:hashes AS bytea[]), CAST(:published AS timestamptz[]))
        AS t (number, hash, published)
    CROSS JOIN LATERAL (
        SELECT id FROM articles
        WHERE text_hash = t.hash AND (:days = 0 OR CASE
            WHEN published_at IS NOT NULL AND t.published IS NOT NULL
            THEN published_at BETWEEN t.published - make_interval(days => :days)
                                  AND t.published + make_interval(days => :days)
            ELSE arrived_at >= now() - make_interval(days => :days) END)
        LIMIT 1) AS a""")

_SHARED = text("""
    SELECT number, story_id, shared FROM (
        SELECT t.number, coalesce(s.merged_into, s.id) AS story_id, count(*) AS shared,
            row_number() OVER (PARTITION BY t.number ORDER BY count(*) DESC, coalesce(s.merged_into, s.id)) AS rank
        FROM unnest(CAST(:numbers AS int[]), CAST(:keys AS int[])) AS t (number, key)
        CROSS JOIN LATERAL (
            SELECT array_agg(story_id) AS ids
            FROM (SELECT story_id FROM sketch_keys WHERE key = t.key LIMIT :common + 1) AS first) AS posted
        CROSS JOIN LATERAL unnest(CASE WHEN cardinality(posted.ids) <= :common THEN posted.ids END) AS k (story_id)
        JOIN stories s ON s.id = k.story_id
        GROUP BY 1, 2
        HAVING count(*) >= :shared OR min(cardinality(posted.ids)) <= :rare) AS found
    WHERE rank <= :most
    ORDER BY number, rank""")

_TEXTS = text("""
    SELECT a.id, a.story_id, a.simhash, a.id = s.canonical_id AS canonical, a.published_at, a.arrived_at
    FROM stories s CROSS JOIN LATERAL (
        (SELECT id, story_id, simhash, published_at, arrived_at FROM articles
         WHERE story_id = s.id AND relation <> 'exact' ORDER BY id LIMIT :most)
        UNION
        SELECT id, story_id, simhash, published_at, arrived_at FROM articles WHERE id = s.canonical_id) AS a
    WHERE s.id = ANY(:stories)""")

_NEWER = text(
    "SELECT id, story_id, text_hash, sketch, published_at, arrived_at FROM articles WHERE id > :after ORDER BY id"
)

_LOAD = text("""
    SELECT a.id, a.story_id, a.relation, a.seen_at, a.arrived_at, a.words, a.language, a.title, a.text, a.changes
    FROM articles a WHERE a.id = ANY(:ids)""")

_PLACES = text("SELECT id, story_id FROM articles WHERE id = ANY(:ids)")


@dataclass(frozen=True, slots=True)
class Probe:
    """A new article as far as finding candidates needs it; ``number`` is its place in the batch."""

    number: int
    text_hash: bytes
    keys: Sequence[int]
    when: When


@dataclass(frozen=True, slots=True)
class StoryText:
    """One of the different texts of a story, as far as choosing what to compare needs it."""

    id: int
    story_id: int
    simhash: bytes
    canonical: bool
    when: When


@dataclass(frozen=True, slots=True)
class Newer:
    """An article that was committed after the candidates were read."""

    id: int
    story_id: int
    text_hash: bytes
    sketch: list[int]
    when: When


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored article as far as judging needs it."""

    id: int
    story_id: int
    relation: str
    seen_at: datetime
    arrived_at: datetime
    words: int
    language: str
    title: str | None
    text: str
    changes: dict[str, int] | None


class Marks(NamedTuple):
    """The newest article, change and correction, and the newest change that tells of an article made anew.

    Ids are given under the placement lock, in order.
    """

    article: int
    change: int
    correction: int
    anew: int


def marks(connection: Connection) -> Marks:
    """Return how far articles and stories have come; equal marks mean that nothing was placed or corrected."""
    return Marks(*connection.execute(_MARKS).one())


def exact(connection: Connection, probes: Sequence[Probe], window: Window) -> dict[int, int]:
    """Return for each probe (by number) an article in its window with the same words, where there is one."""
    values = {
        "numbers": [p.number for p in probes],
        "hashes": [p.text_hash for p in probes],
        "published": [p.when.published for p in probes],
        "days": window.days,
    }
    return {row.number: row.article_id for row in connection.execute(_EXACT, values)}


def shared(connection: Connection, probes: Sequence[Probe]) -> dict[int, dict[int, int]]:
    """Return for each probe the stories that share keys enough, or one rare key, and how many, most first."""
    pairs = [(p.number, key) for p in probes for key in p.keys]
    found: dict[int, dict[int, int]] = {}
    if pairs:
        numbers, keys = zip(*pairs, strict=True)
        values = {
            "numbers": int_array(numbers),
            "keys": int_array(keys),
            "common": COMMON_KEY_STORIES,
            "shared": SHARED_KEYS,
            "rare": RARE_KEY_STORIES,
            "most": MOST_CANDIDATES,
        }
        for number, story, count in connection.execute(_SHARED, values):
            found.setdefault(number, {})[story] = count
    return found


def texts(connection: Connection, stories: Sequence[int]) -> dict[int, list[StoryText]]:
    """Return the different texts of each story, the ``STORY_TEXTS`` oldest and the canonical one."""
    found: dict[int, list[StoryText]] = {}
    if stories:
        for row in connection.execute(_TEXTS, {"stories": list(stories), "most": STORY_TEXTS}):
            when = When(row.published_at, row.arrived_at)
            one = StoryText(row.id, row.story_id, row.simhash, row.canonical, when)
            found.setdefault(row.story_id, []).append(one)
    return found


def newer(connection: Connection, after: int) -> list[Newer]:
    """Return the articles that were committed after the high-water mark ``after``."""
    rows = connection.execute(_NEWER, {"after": after})
    return [
        Newer(row.id, row.story_id, bytes(row.text_hash), row.sketch, When(row.published_at, row.arrived_at))
        for row in rows
    ]


def load(connection: Connection, ids: Sequence[int]) -> dict[int, Stored]:
    """Return stored articles by id."""
    if not ids:
        return {}
    return {row.id: Stored(*row) for row in connection.execute(_LOAD, {"ids": list(ids)})}


def places(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return the story of each article, as of now."""
    if not ids:
        return {}
    return {row.id: row.story_id for row in connection.execute(_PLACES, {"ids": list(ids)})}
