"""The join keeps its tables bounded: equal articles are placed by SQL, and counts are read unit by unit."""

from pathlib import Path

import pyarrow as pa
import pytest

from tests.dispatches import dispatch
from worker.article import Article
from worker.bulk import join, sql
from worker.bulk.engine import database
from worker.bulk.folder import WorkFolder, write_table
from worker.bulk.read import prepare
from worker.bulk.schema import KEY_COUNTS, PLACED
from worker.bulk.source import SourcePart
from worker.bulk.texts import READ
from worker.match import EXACT_REASON


def test_equal_articles_are_placed_without_being_clustered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten equal articles three are clustered, with the one that has an id; the others are where the first is."""
    monkeypatch.setattr(join, "CLUSTERED_COPIES", 3)
    folder, part = WorkFolder(tmp_path), SourcePart(0, "news.jsonl")
    articles = [Article(text=dispatch(1), position=n) for n in range(10)]
    articles[8].provider, articles[8].external_id = "agency", "x"
    folder.missing(READ, 1)
    write_table(folder.file(READ, 0), prepare([(part, article) for article in articles], 0)[0])
    first = {"article_id": 1, "story_id": 1, "relation": "original", "similarity": 1.0, "is_canonical": True}
    with database(tmp_path / "bulk.duckdb", tmp_path / READ) as connection:
        join.build(connection, 30, timed=False)
        later, earlier = join.same(connection)
        assert sorted(zip(later.tolist(), earlier.tolist(), strict=True)) == [(2, 1), (3, 1), (9, 1)]
        connection.register("placed", pa.Table.from_pylist([first], schema=PLACED))
        rows = connection.sql(sql.RESULTS.format(offset=0)).to_arrow_table().to_pylist()
    placed = [rows[n] for n in (3, 4, 5, 6, 7, 9)]
    assert {(row["story_id"], row["relation"], row["other_article_id"], row["reason"]) for row in placed} == {
        (1, "exact", 1, EXACT_REASON)
    }
    assert [row["is_canonical"] for row in placed] == [False] * 6
    assert (rows[0]["relation"], rows[0]["is_canonical"], rows[0]["reason"]) == ("original", True, None)


def test_counts_are_read_unit_by_unit() -> None:
    """Each unit has its own rows in order, also over the end of a batch; one without rows has an empty table."""
    schema = pa.schema([(name, pa.int32()) for name in ("unit", "id", "key", "others")])
    rows = [(1, 1, 5, 1), (1, 2, 5, 1), (1, 2, 6, 1), (3, 3, 7, 1), (4, 4, 8, 1)]
    batches = pa.table(list(map(list, zip(*rows, strict=True))), schema=schema).to_batches(max_chunksize=2)
    tables = list(join.by_unit(batches, 6, KEY_COUNTS))
    assert [table.column("id").to_pylist() for table in tables] == [[], [1, 2, 2], [], [3], [4], []]
