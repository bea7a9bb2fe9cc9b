"""The join of new articles with a settled corpus: count its stories under each key, and choose the texts to compare."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from worker.bulk import join, settled_sql
from worker.bulk.schema import SETTLED_PAIRS, SETTLED_TEXTS, WANTED
from worker.bulk.verdicts import ARRIVED
from worker.errors import CopydeskError
from worker.fingerprint.posting_index import passes_prefilter
from worker.store.candidate_queries import CandidateText
from worker.stories.cluster_text import sample
from worker.window import ArticleTimes, Window

if TYPE_CHECKING:
    import duckdb

#: New articles whose candidate stories are joined together.
_BLOCK_ARTICLES: Final = 10_000
#: Keys of an article, for the number of slices: a sketch has up to 64.
_KEYS: Final = 64
#: The number of shared keys by which a shared id is counted: more than any sketch has.
_SAME_ID: Final = 1_000
#: Rows of a table that is read in order: texts of 3 KB, and pairs.
_BATCH_TEXTS: Final = 1_000
_BATCH_PAIRS: Final = 50_000
_NO_TIMES: Final = ArticleTimes(None, ARRIVED)


def counted(connection: "duckdb.DuckDBPyConnection") -> tuple[int, int, int]:
    """Return how many articles the settled corpus has, how many of them are dated, and the largest id.

    Raises:
        CopydeskError: several articles have one id.
    """
    [(articles, dated, ids, last)] = connection.execute(settled_sql.ARCHIVE).fetchall()
    if articles != ids:
        raise CopydeskError(
            "The files of the settled corpus have article ids in common: each must come from a run of"
            " `copydesk bulk --against` those before it."
        )
    return articles, dated, last or 0


def build(connection: "duckdb.DuckDBPyConnection", window_days: int, *, timed: bool) -> None:
    """Create the tables of the settled corpus, and count its stories in the postings of the new texts.

    Those of the new articles are there (`worker.bulk.join`).
    """
    window, reach = join.seconds(window_days)
    connection.execute(settled_sql.SETTLED.format(timed=int(timed)))
    connection.execute(settled_sql.STORIES)
    connection.execute(settled_sql.STORY_TEXTS_OF)
    connection.execute(settled_sql.EXACT.format(window=window))
    connection.execute(settled_sql.VERSIONS.format(reach=_days(Window(window_days).for_revisions(), window)))
    connection.execute(settled_sql.NEW_KEYS)
    connection.execute(settled_sql.STORY_KEYS)
    connection.execute(settled_sql.CREATE_POSTINGS)
    [(rows,)] = connection.execute(settled_sql.KEY_ROWS).fetchall()
    for values in join.slices(rows // _KEYS):
        connection.execute(settled_sql.SLICE.format(**values))
        connection.execute(settled_sql.POST)
        connection.execute(settled_sql.COUNT.format(window=window, reach=reach, **values))
    connection.execute(settled_sql.DROP_KEYS)
    connection.execute(settled_sql.ADD_COUNTS)
    connection.execute(settled_sql.ADD_KEYS)
    _choose(connection)


def _days(window: Window, unlimited: int) -> int:
    return join.seconds(window.days)[0] if window.days else unlimited


def stories_in_reach(connection: "duckdb.DuckDBPyConnection", window_days: int) -> NDArray[np.int64]:
    """Return for each new article, by id from 1, the number of settled stories that it may belong to by their time."""
    window, reach = join.seconds(window_days)
    stories = connection.execute(settled_sql.STORY_TIMES).fetchnumpy()["seconds"]
    new = connection.execute(settled_sql.NEW_TIMES).fetchnumpy()["seconds"]
    upto = np.searchsorted(stories, new + window, "right")
    return np.concatenate(([0], upto - np.searchsorted(stories, new - reach, "right"))).astype(np.int64)


def linked(connection: "duckdb.DuckDBPyConnection", articles: int) -> NDArray[np.bool_]:
    """Return which new articles, by id from 1, have anything to do with a settled story."""
    found = np.zeros(articles + 1, dtype=bool)
    found[connection.execute(settled_sql.LINKED).fetchnumpy()["b"]] = True
    return found


def _choose(connection: "duckdb.DuckDBPyConnection") -> None:
    """Choose the texts of candidate stories to compare, by the service's functions, from SimHashes alone."""
    connection.execute(settled_sql.CREATE_WANTED)
    articles = join.count(connection).articles
    for after in range(0, articles, _BLOCK_ARTICLES):
        values = {"after": after, "last": after + _BLOCK_ARTICLES, "most": _SAME_ID}
        connection.execute(settled_sql.NEAR_STORIES.format(**values))
        rows = _rows(connection.sql(settled_sql.NEAR_TEXTS).to_arrow_reader(_BATCH_PAIRS))
        chosen = [wanted for _, texts in groupby(rows, itemgetter(0, 1)) for wanted in _wanted(list(texts))]
        columns = list(zip(*chosen, strict=True)) or [()] * len(WANTED)
        connection.register("chosen", pa.table([pa.array(c, pa.int32()) for c in columns], schema=WANTED))
        connection.execute(settled_sql.INSERT_WANTED)
        connection.unregister("chosen")


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _wanted(rows: list[tuple[Any, ...]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the texts of a story that a new article is compared with, none if it does not pass the prefilter."""
    b, story, shared, own = rows[0][:4]
    texts = [CandidateText(id_, story, simhash, 0, canonical, _NO_TIMES) for *_, id_, simhash, canonical in rows]
    if passes_prefilter(shared, own, (text.simhash for text in texts)):
        near = {text.id for text in sample(texts, own)}
        for text in texts:
            if text.canonical or text.id in near:
                yield b, story, shared, text.id


def unit_texts(connection: "duckdb.DuckDBPyConnection", units: int) -> Iterator[pa.Table]:
    """Yield the settled texts that each unit needs, by the table ``grouped`` of the new articles."""
    rows = connection.sql(settled_sql.UNIT_TEXTS).to_arrow_reader(_BATCH_TEXTS)
    yield from join.by_unit(rows, units, SETTLED_TEXTS)


def unit_pairs(connection: "duckdb.DuckDBPyConnection", units: int) -> Iterator[pa.Table]:
    """Yield the pairs of new and settled articles of each unit, likewise."""
    yield from join.by_unit(connection.sql(settled_sql.UNIT_PAIRS).to_arrow_reader(_BATCH_PAIRS), units, SETTLED_PAIRS)
