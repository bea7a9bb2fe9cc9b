"""The join with a settled corpus finds the stories that the service's rule finds, whatever the number of stories."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from worker.bulk import archive, join, settled_join
from worker.bulk.engine import database
from worker.bulk.folder import WorkFolder, write_table
from worker.bulk.inputs import InputFile
from worker.bulk.schema import PREPARED, RESULT
from worker.bulk.texts import READ
from worker.fingerprint.posting_index import COMMON_KEY_STORIES, top_candidates

_DAYS = 30
_START = datetime(2026, 1, 1, tzinfo=UTC)
#: Articles: story, day of publication, keys.
Rows = list[tuple[int, int, list[int]]]


def drawn(count: int, first_story: int, chance: random.Random) -> Rows:
    """Return articles, some in one story, whose keys are the more frequent the smaller they are."""
    rows: Rows = []
    for n in range(count):
        story = rows[-1][0] if rows and chance.random() < 0.2 else first_story + n
        keys = {int(2_000 * chance.random() ** 4) for _ in range(12)}
        rows.append((story, chance.randrange(365), sorted(keys)))
    return rows


def write_settled(path: Path, rows: Rows) -> InputFile:
    """Write a settled corpus."""
    table = pa.Table.from_pylist(
        [
            {
                "article_id": n,
                "story_id": story,
                "relation": "original",
                "is_canonical": story == n,
                "text_hash": n.to_bytes(16),
                "simhash": bytes(32),
                "published_at": _START + timedelta(days=day),
                "sketch": keys,
            }
            for n, (story, day, keys) in enumerate(rows, 1)
        ],
        schema=RESULT,
    )
    parquet.write_table(table, path)
    return InputFile(str(path))


def write_new(folder: WorkFolder, rows: Rows) -> None:
    """Write new articles as the stage that reads leaves them."""
    folder.missing(READ, 1)
    prepared = [
        {
            "part": 0,
            "line": line,
            "seconds": int((_START + timedelta(days=day)).timestamp()),
            "text_hash": (10**9 + line).to_bytes(16),
            "simhash": bytes(32),
            "sketch": keys,
        }
        for line, (_, day, keys) in enumerate(rows)
    ]
    write_table(folder.file(READ, 0), pa.Table.from_pylist(prepared, schema=PREPARED))


def by_the_rule(settled: Rows, day: int, keys: list[int]) -> dict[int, int]:
    """Return the stories that share keys with a text, and how many, by the function of the service."""
    first: dict[int, int] = {}
    posted: dict[int, set[int]] = defaultdict(set)
    for story, published, own in settled:
        first[story] = min(published, first.get(story, published))
        for key in own:
            posted[key].add(story)
    reached = [[s for s in posted[key] if day - 2 * _DAYS < first[s] <= day + _DAYS] for key in keys]
    return top_candidates([stories for stories in reached if len(stories) <= COMMON_KEY_STORIES])


@pytest.mark.parametrize("seed", range(3))
def test_candidates_are_those_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Stories in reach with enough keys, without those of frequent keys, in several slices and blocks."""
    monkeypatch.setattr(join, "_SLICE_ARTICLES", 100)
    monkeypatch.setattr(settled_join, "_BLOCK_ARTICLES", 70)
    chance = random.Random(seed)
    settled, new = drawn(1_500, 1, chance), drawn(150, 10_000, chance)
    folder = WorkFolder(tmp_path)
    write_new(folder, new)
    files = [write_settled(tmp_path / "settled.parquet", settled)]
    with database(tmp_path / "bulk.duckdb", tmp_path / READ) as connection:
        archive.register(connection, [file.path for file in files])
        join.build(connection, _DAYS, timed=True)
        settled_join.build(connection, _DAYS, timed=True)
        lines = dict(connection.execute("SELECT id, line FROM articles").fetchall())
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for b, story, shared in connection.execute("SELECT DISTINCT b, story_id, shared FROM wanted").fetchall():
            found[lines[b]][story] = shared
        reach = settled_join.stories_in_reach(connection, _DAYS)
    expected = {line: by_the_rule(settled, day, keys) for line, (_, day, keys) in enumerate(new)}
    assert {line: found[line] for line in expected} == expected
    assert sum(map(len, expected.values())) > 500
    firsts = {story: min(day for other, day, _ in settled if other == story) for story, *_ in settled}
    for b, line in lines.items():
        assert reach[b] == sum(new[line][1] - 2 * _DAYS < day <= new[line][1] + _DAYS for day in firsts.values())
