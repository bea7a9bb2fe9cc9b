"""The join of sketch keys: number the articles, find candidates block by block, and count the stories with a key."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from worker.bulk import sql
from worker.bulk.components import components
from worker.bulk.schema import CANDIDATES, KEY_COUNTS, PLACES

if TYPE_CHECKING:
    import duckdb

#: Keys are joined in slices of the articles of this many, so that a sort of postings fits the memory.
_SLICE_ARTICLES: Final = 100_000
#: Rows of the join of one block, before they are counted by pair, and its articles.
_BLOCK_ROWS: Final = 5_000_000
_BLOCK_TEXTS: Final = 5_000
#: Rows of a table that is read in order.
_BATCH_ROWS: Final = 100_000
#: A window of 0 days holds all of time, in seconds.
_ALL_TIME: Final = 10**12
_DAY: Final = 86_400
#: Stories are candidates for two windows after their first article (`worker.window`).
LIFE: Final = 2

#: Articles with the same words in a window that are clustered: a worker holds all articles of a component.
CLUSTERED_COPIES: Final = 100
#: If a smaller share of the articles is dated, the order of the input is that of time.
_DATED: Final = 0.9

#: DuckDB's names of functions of lists.
_LISTS: Final = {"explode": "unnest", "length": "len"}

_Range = tuple[int, int]


def seconds(window_days: int) -> tuple[int, int]:
    """Return the length of the window, and for how long after its first article a story is a candidate."""
    window = window_days * _DAY or _ALL_TIME
    return window, LIFE * window


def is_timed(connection: "duckdb.DuckDBPyConnection", articles: int = 0, dated: int = 0) -> bool:
    """Return whether enough articles are dated; ``articles`` and ``dated``: those of a settled corpus."""
    [(new, new_dated)] = connection.execute(sql.DATED).fetchall()
    return mostly_dated(new, new_dated) and mostly_dated(articles, dated)


def mostly_dated(articles: int, dated: int) -> bool:
    """Return whether enough of the articles are dated for an order of publication."""
    return dated >= _DATED * articles


def build(connection: "duckdb.DuckDBPyConnection", window_days: int, *, timed: bool) -> None:
    """Create the tables of articles, of different texts and of the keys that several texts have."""
    window, reach = seconds(window_days)
    _create(connection, "articles", sql.ARTICLES.format(timed=int(timed)))
    _create(connection, "texts", sql.TEXTS.format(window=window))
    _create(connection, "copies", sql.COPIES.format(window=window, most=CLUSTERED_COPIES))
    [(articles,)] = connection.execute(sql.ARTICLE_COUNT).fetchall()
    queries = (sql.POSTINGS.format(reach=reach, **_LISTS, **values) for values in slices(articles))
    _create_in_slices(connection, "postings", queries)
    _post_copies_once(connection, articles, window)


def _create(connection: "duckdb.DuckDBPyConnection", name: str, query: str) -> None:
    connection.execute(sql.CREATE.format(name=name, query=query))


def _create_in_slices(connection: "duckdb.DuckDBPyConnection", name: str, queries: Iterable[str]) -> None:
    for number, query in enumerate(queries):
        connection.execute((sql.APPEND if number else sql.CREATE).format(name=name, query=query))


def _post_copies_once(connection: "duckdb.DuckDBPyConnection", articles: int, window: int) -> None:
    """Let near copies have one posting for a frequent key, so that a story of any number of texts stays findable."""
    _create(connection, "frequent", sql.FREQUENT)
    pairs = connection.execute(sql.NEAR.format(**_LISTS)).fetchnumpy()
    if not len(pairs["b"]):
        return
    story = components(articles, pairs["a"], pairs["b"])
    ids = np.unique(np.concatenate((pairs["a"], pairs["b"])))
    connection.register("near", pa.table({"id": ids, "story": story[ids]}))
    for values in slices(articles):
        _create(connection, "posted_once", sql.POSTED_ONCE.format(reach=LIFE * window, window=window, **values))
        connection.execute(sql.DELETE_POSTED_ONCE)
        connection.execute(sql.APPEND.format(name="postings", query=sql.READ_POSTED_ONCE))
    connection.unregister("near")


def places(connection: "duckdb.DuckDBPyConnection") -> pa.Table:
    """Return where each article is, by id."""
    return _fetch(connection, sql.PLACES, PLACES)


def same(connection: "duckdb.DuckDBPyConnection") -> Any:
    """Return the pairs (b, a) of articles with the same words or under the same id, as two arrays."""
    rows = connection.execute(sql.SAME).fetchnumpy()
    return rows["b"], rows["a"]


class Counts(NamedTuple):
    """The size of a run: ``texts`` have different words, ``keys`` several texts have, ``postings`` of these keys."""

    articles: int
    texts: int
    keys: int
    postings: int


def count(connection: "duckdb.DuckDBPyConnection") -> Counts:
    """Return the size of the run."""
    [row] = connection.execute(sql.COUNTS).fetchall()
    return Counts(*row)


def texts(connection: "duckdb.DuckDBPyConnection") -> Any:
    """Return the ids of the articles that take part in the join."""
    return connection.execute(sql.TEXT_IDS).fetchnumpy()["id"]


def blocks(connection: "duckdb.DuckDBPyConnection") -> tuple[list[_Range], int]:
    """Return ranges of ids (after the first, up to the last) with a bounded join each, and the rows of all joins."""
    return cut_blocks(connection.sql(sql.JOIN_SIZES).to_arrow_reader(_BATCH_ROWS))


def cut_blocks(sizes: Iterable[pa.RecordBatch]) -> tuple[list[_Range], int]:
    """Return the same of the result of `sql.JOIN_SIZES`."""
    ranges: list[_Range] = []
    after = last = joined = texts = total = 0
    for id_, size in _rows(sizes):
        if texts and (joined + size > _BLOCK_ROWS or texts == _BLOCK_TEXTS):
            ranges.append((after, last))
            after, joined, texts = last, 0, 0
        last, joined, texts, total = id_, joined + size, texts + 1, total + size
    return ([*ranges, (after, last)] if texts else []), total


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, int]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def candidates(connection: "duckdb.DuckDBPyConnection", block: _Range) -> tuple[pa.Table, pa.Table]:
    """Return the candidate pairs of a block, and how many texts have each of its keys."""
    bounds = {"after": block[0], "last": block[1]}
    pairs = _fetch(connection, sql.CANDIDATES.format(**bounds) + sql.IN_ORDER_OF_SHARED, CANDIDATES)
    return pairs, _fetch(connection, sql.KEY_COUNTS.format(**bounds) + sql.IN_ORDER_OF_KEYS, KEY_COUNTS)


def story_counts(connection: "duckdb.DuckDBPyConnection", grouped: pa.Table, units: int) -> Iterator[pa.Table]:
    """Yield for each unit how many stories outside its component have each key of a text.

    ``grouped``: see `sql.STORY_COUNTS`.
    """
    connection.register("grouped", grouped)
    queries = (sql.STORY_COUNTS.format(**values) for values in slices(grouped.num_rows))
    _create_in_slices(connection, "story_counts", queries)
    yield from by_unit(connection.sql(sql.READ_STORY_COUNTS).to_arrow_reader(_BATCH_ROWS), units, KEY_COUNTS)


def by_unit(batches: Iterable[pa.RecordBatch], units: int, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows of each unit; those of one are in turn, and not all of them are held at once."""
    unit = 0
    own: list[pa.RecordBatch] = []

    def taken() -> pa.Table:
        rows = pa.Table.from_batches(own).select(schema.names).cast(schema) if own else schema.empty_table()
        own.clear()
        return rows

    for batch in batches:
        start = 0
        for end in np.searchsorted(batch.column("unit").to_numpy(), np.arange(unit, units), "right").tolist():
            own.append(batch.slice(start, end - start))
            if end == batch.num_rows:
                break  # the next batch may go on with this unit
            yield taken()
            start, unit = end, unit + 1
    for _ in range(unit, units):
        yield taken()


def slices(articles: int) -> Iterator[dict[str, int]]:
    """Yield the slices of the keys of this number of articles: a mask and the value of the masked bits."""
    count = 1
    while count * _SLICE_ARTICLES < articles:
        count *= 2
    yield from ({"mask": count - 1, "slice": number} for number in range(count))


def _fetch(connection: "duckdb.DuckDBPyConnection", statement: str, schema: pa.Schema) -> pa.Table:
    return connection.sql(statement).to_arrow_table().cast(schema)
