"""Candidates: stories that share words or sketch keys with new articles, looked up for a whole batch at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from worker.article import ChangeKind
from worker.fingerprint.posting_index import COMMON_KEY_STORIES, top_candidates
from worker.store import sketches
from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.window_sql import TimeColumns, contains
from worker.window import ArticleTimes, Window

#: Texts of one story that are candidates; of these the nearest few by SimHash are compared.
STORY_TEXTS = 24
#: Frequent keys (of too many stories) that a worker caches, 100 bytes each; a full cache is cleared and fills again.
_MOST_FREQUENT = 16_384

#: Stories with a key that are not counted further.
_TOO_MANY = COMMON_KEY_STORIES + 1

_MARKS = f"""
    SELECT (SELECT coalesce(max(id), 0) FROM articles), (SELECT coalesce(max(id), 0) FROM changes),
        (SELECT coalesce(max(id), 0) FROM corrections),
        greatest((SELECT coalesce(max(id), 0) FROM changes WHERE kind = '{ChangeKind.REPROCESSED}'),
            (SELECT coalesce(max(id), 0) FROM changes WHERE kind = '{ChangeKind.ERASED}'))"""

_EXACT = f"""
    SELECT t.number, a.id, a.story_id
    FROM unnest(CAST(%(numbers)s AS int[]), CAST(%(hashes)s AS bytea[]), CAST(%(published)s AS timestamptz[]))
        AS t (number, hash, published)
    CROSS JOIN LATERAL (
        SELECT id, story_id FROM articles
        WHERE text_hash = t.hash
            AND {contains(TimeColumns("published_at", "arrived_at"), TimeColumns("t.published", "now()"), "%(days)s")}
        LIMIT 1) AS a"""

# the canonical text is among a story's first texts unless there are more
_TEXTS = """
    SELECT a.id, a.story_id, a.simhash, a.fingerprint_version, a.id = s.canonical_id AS canonical, a.published_at,
        a.arrived_at, a.title, a.url
    FROM stories s CROSS JOIN LATERAL (
        (SELECT id, story_id, simhash, fingerprint_version, published_at, arrived_at, title, url FROM articles
         WHERE story_id = s.id AND relation <> 'exact' ORDER BY id LIMIT %(most)s)
        UNION ALL
        SELECT id, story_id, simhash, fingerprint_version, published_at, arrived_at, title, url FROM articles
        WHERE s.texts > %(most)s AND id = s.canonical_id) AS a
    WHERE s.id = ANY(CAST(%(stories)s AS int[]))"""

_NEWER = (
    "SELECT id, story_id, text_hash, sketch, published_at, arrived_at FROM articles WHERE id > %(after)s ORDER BY id"
)

_LOAD = "SELECT id, text, title, language FROM articles WHERE id = ANY(CAST(%(ids)s AS int[]))"

_STORIES = "SELECT id, story_id FROM articles WHERE id = ANY(CAST(%(ids)s AS int[]))"


@dataclass(slots=True)
class NewArticle:
    """The fields of a new article that finding candidates needs; ``number`` is its position in the batch."""

    number: int
    text_hash: bytes
    keys: Sequence[int]
    when: ArticleTimes
    revision_key: int | None = None


class CandidateText(NamedTuple):
    """The fields of one of a story's different texts that choosing what to compare needs."""

    id: int
    story_id: int
    simhash: bytes
    fingerprint_version: int
    canonical: bool
    when: ArticleTimes
    title: str | None = None
    url: str | None = None


class NewerArticle(NamedTuple):
    """An article that was committed after the candidates were read."""

    id: int
    story_id: int
    text_hash: bytes
    sketch: list[int]
    when: ArticleTimes


class FeatureInput(NamedTuple):
    """The fields of a stored article that its features need."""

    id: int
    text: str
    title: str | None
    language: str


class HighWaterMarks(NamedTuple):
    """The newest ids: of articles, changes, corrections, and changes of the kinds ``reprocessed`` and ``erased``.

    Ids are assigned under the placement lock, in order.
    """

    article: int
    change: int
    correction: int
    reprocessed: int


def high_water_marks(connection: Connection) -> HighWaterMarks:
    """Return the newest ids; equal marks mean that no article was placed and nothing corrected in between."""
    [ids] = execute(connection, _MARKS)
    return HighWaterMarks(*ids)


def newest_story(connection: Connection) -> int:
    """Return the newest id of a story; 0 if there is none."""
    [(newest,)] = execute(connection, "SELECT coalesce(max(id), 0) FROM stories").fetchall()
    return int(newest)


def exact_matches(connection: Connection, new: Sequence[NewArticle], window: Window) -> dict[int, tuple[int, int]]:
    """Return, by number, an article in its window with the same words, and its story; left out if there is none."""
    values = {
        "numbers": int_array(a.number for a in new),
        "hashes": array(a.text_hash for a in new),
        "published": array(a.when.published for a in new),
        "days": window.days,
    }
    return {number: (article, story) for number, article, story in execute(connection, _EXACT, values)}


def stories_sharing_keys(
    connection: Connection, new: Sequence[NewArticle], oldest: Sequence[int], frequent: set[int]
) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """Return, by number, the stories that share enough keys or one rare key, with the number of keys, most first.

    And by key the number of stories that have it, up to one more than `COMMON_KEY_STORIES`; keys of no story are left
    out.

    Stories older than an article's ``oldest`` do not count. A key that too many later stories have is added to
    ``frequent`` and not looked up again: keys only gain stories, except by ``reprocess``.
    """
    lengths = [len(a.keys) for a in new]
    keys = np.fromiter(chain.from_iterable(a.keys for a in new), dtype=np.int64, count=sum(lengths))
    if not len(keys):
        return {}, {}
    # a key that several articles of the batch have is looked up once
    pairs, places = np.unique(keys << 32 | np.repeat(np.array(oldest, dtype=np.int64), lengths), return_inverse=True)
    rare = np.flatnonzero([pair not in frequent for pair in pairs.tolist()])
    posted, merged = sketches.lookup_keys(connection, pairs[rare] >> 32, pairs[rare] & 0xFFFFFFFF)
    stories = dict(zip(rare[list(posted)].tolist(), posted.values(), strict=True))
    if len(frequent) > _MOST_FREQUENT:
        frequent.clear()
    frequent.update(pairs[[place for place, ids in stories.items() if ids is None]].tolist())
    counts = dict.fromkeys((pairs >> 32).tolist(), _TOO_MANY)  # also of keys that were not looked up again
    counts |= dict.fromkeys((pairs[rare] >> 32).tolist(), 0)
    for place, ids in stories.items():
        # a story may have a key under several ids, and counts once
        number = len({merged.get(story, story) for story in ids} if merged else ids) if ids else _TOO_MANY
        counts[int(pairs[place] >> 32)] = number
    candidates = {}
    following = iter(places.tolist())
    for article, length in zip(new, lengths, strict=True):
        among: list[Collection[int]] = [ids for place in islice(following, length) if (ids := stories.get(place))]
        if merged:  # a story may have a key under several ids, and counts once
            among = [{merged.get(story, story) for story in ids} for ids in among]
        if best := top_candidates(among):
            candidates[article.number] = best
    return candidates, {key: count for key, count in counts.items() if count}


def story_texts(connection: Connection, stories: Sequence[int]) -> dict[int, list[CandidateText]]:
    """Return the ``STORY_TEXTS`` oldest different texts of each story, and its canonical text."""
    texts: dict[int, dict[int, CandidateText]] = {}
    if stories:
        rows = execute(connection, _TEXTS, {"stories": int_array(stories), "most": STORY_TEXTS}).fetchall()
        for id_, story, simhash, version, canonical, published, arrived, title, url in rows:
            text = CandidateText(id_, story, simhash, version, canonical, ArticleTimes(published, arrived), title, url)
            texts.setdefault(story, {})[id_] = text
    return {story: list(by_id.values()) for story, by_id in texts.items()}


def newer_articles(connection: Connection, after: int) -> list[NewerArticle]:
    """Return the articles that were committed after the high-water mark ``after``."""
    rows = execute(connection, _NEWER, {"after": after}).fetchall()
    return [
        NewerArticle(id_, story, text_hash, sketch, ArticleTimes(*when))
        for id_, story, text_hash, sketch, *when in rows
    ]


def load_texts(connection: Connection, ids: Sequence[int]) -> list[FeatureInput]:
    """Return the texts of stored articles."""
    return list(map(FeatureInput._make, execute(connection, _LOAD, {"ids": int_array(ids)}).fetchall())) if ids else []


def stories_of(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return the present story of each article."""
    return dict(execute(connection, _STORIES, {"ids": int_array(ids)})) if ids else {}
