"""The components and groups that Spark forms by queries are those that DuckDB's run forms with arrays."""

import random

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from worker.bulk import groups
from worker.bulk.components import components
from worker.bulk.schema import EDGES
from worker.bulk.spark.components import connect
from worker.bulk.spark.grouping import group
from worker.match.judgement import BALANCED


class DuckTables:
    """The tables of a run in DuckDB, which understands the same queries."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def keep(self, name: str, rows: str) -> None:
        """Store the result of a query."""
        self.connection.execute(f"CREATE TABLE {name} AS {rows}")

    def name(self, alias: str, name: str) -> None:
        """Let later queries read a table under another name."""
        self.connection.execute(f"CREATE OR REPLACE VIEW {alias} AS FROM {name}")

    def is_empty(self, statement: str) -> bool:
        """Return whether a query has no result."""
        return not self.connection.execute(statement).fetchall()

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Return the result of a query."""
        rows: list[tuple[object, ...]] = self.connection.execute(statement).fetchall()
        return rows


def pairs_of(chooser: random.Random, count: int, pairs: int) -> list[tuple[int, int]]:
    """Return different pairs of a later and an earlier id up to ``count``, with a long chain among them."""
    chain = [(id_ + 1, id_) for id_ in range(1, count // 3)]
    others = [sorted(chooser.sample(range(1, count + 1), 2), reverse=True) for _ in range(pairs)]
    return sorted({*chain, *((later, earlier) for later, earlier in others)})


@pytest.mark.parametrize("seed", range(5))
def test_rounds_of_stars_end_with_the_smallest_id_of_each_component(seed: int) -> None:
    """Chains, stars and random graphs have the components that labels in arrays have."""
    count, chooser = 120, random.Random(seed)
    pairs = pairs_of(chooser, count, 10 * seed) + [(id_, 100) for id_ in range(101, 121)]
    tables = DuckTables()
    edges = pa.table(list(map(pa.array, zip(*pairs, strict=True))), names=["b", "a"])
    tables.connection.register("pairs", edges)
    connect(tables, "stars", "SELECT DISTINCT b, a FROM pairs")  # type: ignore[arg-type]  # another engine
    later, earlier = (np.array(ends, np.int32) for ends in zip(*pairs, strict=True))
    expected = components(count, later, earlier)
    assert dict(tables.rows("SELECT b, a FROM stars")) == {  # type: ignore[arg-type]
        id_: int(label) for id_, label in enumerate(expected) if id_ != label
    }


@pytest.mark.parametrize("seed", range(4))
def test_groups_by_queries_are_those_of_arrays(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Components, also divided ones, presumed stories and the number of earlier stories are the same."""
    monkeypatch.setattr(groups, "MOST_ARTICLES", 12)
    count, chooser = 150, random.Random(seed)
    pairs = pairs_of(chooser, count, 30 * seed)
    similarity = [chooser.choice((0.05, 0.2, 0.5, 0.8, 0.95, 0.995, 1.0)) for _ in pairs]
    columns = [*zip(*pairs, strict=True), similarity, [s * chooser.choice((0.5, 1)) for s in similarity]]
    edges = pa.table([pa.array(c, f.type) for c, f in zip(columns, EDGES, strict=True)], schema=EDGES)
    texts = [id_ for id_ in range(1, count + 1) if id_ % 7]
    tables = DuckTables()
    tables.connection.register("edges", edges)
    tables.connection.register("texts", pa.table({"id": texts}))
    ids = np.arange(1, count + 1, dtype=np.int32)
    articles = pa.table({"id": ids, "text_hash": ids % 90, "version_key": pa.nulls(count, pa.int64())})
    tables.connection.register("articles", articles)
    tables.keep("copies", "SELECT 0 AS id, 0 AS first")
    group(tables, count, BALANCED)  # type: ignore[arg-type]  # another engine
    same = ids[90:], ids[90:] - 90
    formed = groups.group(count, same, edges, BALANCED)
    grouped = formed.table().sort_by("id")
    assert tables.rows("SELECT id, component, story, several FROM grouped ORDER BY id") == list(
        zip(*(grouped.column(name).to_pylist() for name in ("id", "component", "story", "several")), strict=True)
    )
    is_text = np.zeros(count + 1, dtype=bool)
    is_text[texts] = True
    members = groups.members(formed, is_text)
    assert tables.rows("SELECT component, id, stories_before FROM members ORDER BY component, id") == [
        (first, id_, before)
        for first, own in sorted(members.items())
        for id_, before in zip(own.ids, own.stories_before, strict=True)
    ]
