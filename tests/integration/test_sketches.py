"""Sketch keys are packed into rows; each is looked up alone, stored once, and follows the merges of its story."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, Engine, text

from tests.integration.delivery import rows, run, scalar
from worker.fingerprint.posting_index import COMMON_KEY_STORIES
from worker.store import candidate_queries, sketches
from worker.store.candidate_queries import HighWaterMarks, NewArticle
from worker.store.sketches import POSTED
from worker.stories.candidates import FeatureCache
from worker.window import ArticleTimes

EDGES = [-(2**31), -8, -7, -1, 0, 1, 7, 2**31 - 1]


def pairs(engine: Engine) -> list[tuple[int, int]]:
    """Return the stored pairs (key, story)."""
    return sorted((row.key, row.story_id) for row in rows(engine, POSTED[1:-1]))


def lookup(connection: Connection, keys: Sequence[int], oldest: int = 0) -> tuple[dict[int, list[int]], dict[int, int]]:
    """Look keys up among the stories from ``oldest`` on; return the sorted stories by key, and the merged stories."""
    stories, merged = sketches.lookup_keys(connection, np.array(keys), np.full(len(keys), oldest))
    return {keys[place]: sorted(ids) for place, ids in stories.items() if ids is not None}, merged


def test_every_key_is_found_in_its_slot(engine: Engine) -> None:
    """Keys of any size and sign, few or many per story, are looked up as they were inserted, and no others."""
    chosen = random.Random(5)
    keys = EDGES + [chosen.randrange(-(2**31), 2**31) for _ in range(60)]
    posted = sorted((key, story) for story in range(1, 9) for key in keys[story % 3 :: story])
    with engine.begin() as connection:
        sketches.insert_keys(connection, [key for key, _ in posted], [story for _, story in posted])
    assert pairs(engine) == posted
    with engine.connect() as connection:
        by_key, merged = lookup(connection, [*keys, 12345])
        later, _ = lookup(connection, keys, oldest=5)
    assert by_key == {key: [story for other, story in posted if other == key] for key, _ in posted}
    assert later == {key: [s for s in by_key[key] if s >= 5] for key in by_key if by_key[key][-1] >= 5}
    assert merged == {}


def test_seven_keys_share_a_row(engine: Engine) -> None:
    """A story has as many rows as its fullest slot has keys; later keys get new rows."""
    with engine.begin() as connection:
        sketches.insert_keys(connection, list(range(14)), 1, new=[1])
        assert connection.execute(text("SELECT count(*) FROM sketch_keys")).scalar() == 2
        sketches.insert_keys(connection, [100], [1])
    assert scalar(engine, "SELECT count(*) FROM sketch_keys") == 3


def test_a_key_is_posted_once_a_story(engine: Engine) -> None:
    """A key that its story has is not inserted again, however often it is passed."""
    with engine.begin() as connection:
        sketches.insert_keys(connection, [3, 3, -3], [1, 1, 1], new=[1])
        for _ in range(2):
            sketches.insert_keys(connection, [3, 4, 3, -3, 4], [1, 1, 2, 1, 1])
    assert pairs(engine) == [(-3, 1), (3, 1), (3, 2), (4, 1)]


def test_a_key_of_too_many_stories_finds_none(engine: Engine) -> None:
    """A key of one story more than the limit is left out, unless older stories are excluded."""
    many = COMMON_KEY_STORIES + 1
    with engine.begin() as connection:
        sketches.insert_keys(connection, [9] * many + [8] * (many - 1), [*range(1, many + 1), *range(1, many)])
    with engine.connect() as connection:
        assert lookup(connection, [8, 9])[0] == {8: list(range(1, many))}
        assert lookup(connection, [8, 9], oldest=2)[0] == {8: list(range(2, many)), 9: list(range(2, many + 1))}


def test_a_key_of_too_many_stories_is_looked_up_once(engine: Engine) -> None:
    """Such a key is cached together with the oldest story of its lookup; other keys still show new stories."""
    many = COMMON_KEY_STORIES + 1
    frequent: set[int] = set()
    probe = NewArticle(0, b"", [8, 9], ArticleTimes(None, datetime.now(UTC)))

    def candidates(oldest: int) -> set[int]:
        with engine.connect() as connection:
            shared, _ = candidate_queries.stories_sharing_keys(connection, [probe], [oldest], frequent)
            return set(shared.get(0, {}))

    with engine.begin() as connection:
        sketches.insert_keys(connection, [9] * many + [8], [*range(1, many + 1), 1])
    assert candidates(0) == {1}
    assert len(frequent) == 1
    run(engine, "DELETE FROM sketch_keys WHERE story_id BETWEEN 3 AND 200")
    with engine.begin() as connection:
        sketches.insert_keys(connection, [8], [300])
    assert candidates(0) == {1, 300}
    assert candidates(1) == {1, 2, 300}
    frequent.clear()
    assert candidates(0) == {1, 2, 300}


def test_reprocessed_articles_may_make_a_key_rare() -> None:
    """`reprocess`, which alone removes keys, clears the cache of keys of too many stories."""
    cache = FeatureCache(frequent={9 << 32})
    cache.invalidate_if_changed(HighWaterMarks(article=5, change=5, correction=0, reprocessed=0))
    assert cache.frequent
    cache.invalidate_if_changed(HighWaterMarks(article=6, change=6, correction=0, reprocessed=6))
    assert not cache.frequent


def test_a_merged_story_is_looked_up_as_its_root(engine: Engine) -> None:
    """Keys of a merged story keep its id; the lookup returns the story it was merged into."""
    stories = (
        "INSERT INTO stories (id, canonical_id, merged_into, first_seen, last_seen) OVERRIDING SYSTEM VALUE VALUES"
    )
    run(engine, f"{stories} (1, 1, NULL, now(), now()), (2, NULL, 1, now(), now()), (3, NULL, 1, now(), now())")
    with engine.begin() as connection:
        sketches.insert_keys(connection, [5, 5, 6], [1, 2, 3])
    with engine.connect() as connection:
        assert lookup(connection, [5]) == ({5: [1, 2]}, {2: 1})


def test_a_key_counts_a_merged_story_once(engine: Engine) -> None:
    """A key under several ids of one story counts once, and is rare if few stories have it."""
    stories = (
        "INSERT INTO stories (id, canonical_id, merged_into, first_seen, last_seen) OVERRIDING SYSTEM VALUE VALUES"
    )
    run(engine, f"{stories} (1, 1, NULL, now(), now()), (2, NULL, 1, now(), now()), (3, NULL, 1, now(), now())")
    with engine.begin() as connection:
        sketches.insert_keys(connection, [5] * 6, [1, 2, 3, 4, 5, 6])
        sketches.insert_keys(connection, [6] * 4, [1, 2, 3, 7])
    with engine.connect() as connection:
        probes = [NewArticle(number, b"", [5 + number], ArticleTimes(None, datetime.now(UTC))) for number in (0, 1)]
        shared, counts = candidate_queries.stories_sharing_keys(connection, probes, [0, 0], set())
    assert shared == {1: {1: 1, 7: 1}}
    assert counts == {5: 4, 6: 2}
