"""What a run has for an archive: rows of its tables in bounded batches, with the ids that the archive gives."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from worker import clean, fingerprint
from worker.article import Relation
from worker.bulk import load_sql, sql
from worker.bulk.folder import WorkFolder, read_table
from worker.bulk.in_order import RowsInOrder
from worker.bulk.inputs import InputFile
from worker.bulk.output import register_placed
from worker.bulk.texts import READ
from worker.match import EXACT_REASON
from worker.pipeline.prepare import MOST_BAD_RECORDS
from worker.store.articles import Row
from worker.store.links import Link
from worker.store.loading import LoadedFile
from worker.store.stories import NewStory

if TYPE_CHECKING:
    import duckdb

#: Rows of a batch: of files and stories, and of sketches, which have 36 keys on average.
_BATCH: Final = 5_000
_NO_ARTICLE: Final = "It holds no article."


@dataclass(frozen=True, slots=True)
class StoredIds:
    """The ids that the archive gives: to files by number, to articles in their order, to stories in theirs."""

    first_article: int
    first_story: int
    files: NDArray[np.int64]
    now: datetime


class Contents:
    """The articles and stories of a run; ``keys`` are those of the ``files`` in the ledger.

    ``refused``: the reasons of what was refused, by path and position
    """

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        folder: WorkFolder,
        parts: int,
        files: Sequence[InputFile],
        keys: Sequence[bytes],
        refused: Mapping[str, Mapping[int, str]],
    ) -> None:
        self._connection, self._folder, self._parts = connection, folder, parts
        self._files, self._keys, self._refused = files, keys, refused
        register_placed(connection, folder)
        connection.execute(load_sql.LOADED)
        self._story_ids = connection.execute(load_sql.STORY_IDS).fetchnumpy()["story_id"]
        [(self.articles,)] = connection.execute(sql.ARTICLE_COUNT).fetchall()
        self.stories = len(self._story_ids)

    def files(self) -> Iterator[list[LoadedFile]]:
        """Yield the files by number."""
        counted = self._connection.execute(load_sql.FILE_COUNTS).fetchnumpy()
        articles = np.zeros(len(self._files), dtype=np.int64)
        articles[counted["file"]] = counted["articles"]
        for start in range(0, len(self._files), _BATCH):
            numbers = range(start, min(start + _BATCH, len(self._files)))
            yield [self._file(number, int(articles[number])) for number in numbers]

    def _file(self, number: int, articles: int) -> LoadedFile:
        file = self._files[number]
        bad = self._refused.get(file.shown_path, {})
        kept = sorted(bad.items())[:MOST_BAD_RECORDS]
        reason = None if articles else (kept[0][1] if kept else _NO_ARTICLE)
        return LoadedFile(
            key=self._keys[number],
            path=os.fsencode(file.path),
            size=file.size,
            articles=articles,
            reason=reason,
            bad=kept,
            withheld=len(bad) - len(kept),
        )

    def new_stories(self, ids: StoredIds) -> Iterator[list[tuple[NewStory, int]]]:
        """Yield the stories in the order of time, each with its first article."""
        for batch in self._connection.sql(load_sql.STORIES).to_arrow_reader(_BATCH):
            columns = (column.to_pylist() for column in batch.columns)
            yield [self._story(ids, *values) for values in zip(*columns, strict=True)]

    def _story(
        self,
        ids: StoredIds,
        story: int,
        articles: int,
        texts: int,
        dated: int,
        first: datetime | None,
        last: datetime | None,
        canonical: int,
        title: str | None,
        language: str,
        reason: str | None,
    ) -> tuple[NewStory, int]:
        seen = [time for time in (first, last, ids.now if dated < articles else None) if time]
        own, article = int(self._stored_stories(ids, np.array([story]))[0]), _stored(ids, canonical)
        new = NewStory(own, article, title, language, min(seen), max(seen), articles, texts, reason)
        return new, _stored(ids, story)

    def other_canonicals(self, ids: StoredIds) -> Iterator[list[tuple[int, int]]]:
        """Yield the stories whose canonical article is not their first one, with that article."""
        for batch in self._connection.sql(load_sql.CANONICALS).to_arrow_reader(_BATCH):
            own = self._stored_stories(ids, batch.column("story_id").to_numpy()).tolist()
            yield [(s, _stored(ids, a)) for s, a in zip(own, batch.column("id").to_pylist(), strict=True)]

    def rows(self, ids: StoredIds) -> Iterator[tuple[list[Row], list[Link], list[bool]]]:
        """Yield the articles with the decisions on them, and whether each is the first one of its story."""
        placed = RowsInOrder(self._connection.sql(load_sql.ARTICLES).to_arrow_reader(_BATCH))
        for number in range(self._parts):
            prepared = read_table(self._folder.file(READ, number))
            if prepared.num_rows:
                where = placed.take(prepared.num_rows)
                stories = self._stored_stories(ids, where.column("story_id").to_numpy()).tolist()
                firsts = np.equal(where.column("story_id").to_numpy(), where.column("id").to_numpy()).tolist()
                places = where.to_pylist()
                rows = list(map(_row, _read(prepared), places, stories, repeat(ids)))
                yield rows, [link for place in places for link in _links(place, ids)], firsts

    def sketches(self, ids: StoredIds) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        """Yield keys and, for each, its story; those of a story are together."""
        rest: pa.Table | None = None
        for batch in self._connection.sql(load_sql.SKETCHES).to_arrow_reader(_BATCH):
            found = pa.Table.from_batches([batch])
            rows = pa.concat_tables([rest, found]) if rest is not None else found
            own = rows.column("story_id").to_numpy()
            complete = int(np.searchsorted(own, own[-1])) if len(own) else 0
            rest = rows.slice(complete)
            if complete:
                yield self._keys_of(rows.slice(0, complete), ids)
        if rest is not None and rest.num_rows:
            yield self._keys_of(rest, ids)

    def _keys_of(self, rows: pa.Table, ids: StoredIds) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        sketches = rows.column("sketch").combine_chunks()
        stories = self._stored_stories(ids, rows.column("story_id").to_numpy())
        return sketches.flatten().to_numpy(), np.repeat(stories, sketches.value_lengths().to_numpy())

    def _stored_stories(self, ids: StoredIds, stories: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        return np.searchsorted(self._story_ids, stories) + ids.first_story


def _stored(ids: StoredIds, article: int) -> int:
    return ids.first_article + article - 1


def _read(prepared: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield what was read of each article; sketches stay arrays."""
    names = [name for name in prepared.schema.names if name != "sketch"]
    sketches = prepared.column("sketch").combine_chunks()
    keys, ends = sketches.flatten().to_numpy(), np.cumsum(sketches.value_lengths().to_numpy()).tolist()
    columns = [prepared.column(name).to_pylist() for name in names]
    start = 0
    for end, values in zip(ends, zip(*columns, strict=True), strict=True):
        yield {**dict(zip(names, values, strict=True)), "sketch": keys[start:end]}
        start = end


def _row(read: Mapping[str, Any], place: Mapping[str, Any], story: int, ids: StoredIds) -> Row:
    return Row(
        id=_stored(ids, place["id"]),
        file_id=int(ids.files[read["file"]]),
        position=read["position"],
        story_id=story,
        relation=place["relation"],
        similarity=place["similarity"],
        seen_at=read["published_at"] or ids.now,
        published_at=read["published_at"],
        words=read["words"],
        cleaner_version=clean.VERSION,
        fingerprint_version=fingerprint.VERSION,
        text_hash=read["text_hash"],
        simhash=read["simhash"],
        sketch=read["sketch"],
        language=read["language"],
        title=read["title"],
        text=read["text"],
        external_id=read["external_id"],
        url=read["url"],
        source=read["source"],
        author=read["author"],
        facts=orjson.loads(read["facts"]) if read["facts"] else None,
        changes=orjson.loads(read["changes"]) if read["changes"] else None,
        provider=read["provider"],
        version=read["version"],
        revision_key=place["own_key"] if place["is_clustered"] else read["version_key"],
        status=place["own_status"] or read["status"],
        embargoed_until=read["embargoed_until"],
    )


def _links(place: Mapping[str, Any], ids: StoredIds) -> Iterator[Link]:
    article = _stored(ids, place["id"])
    if place["decisions"]:
        for other, *decision in orjson.loads(place["decisions"]):
            yield Link(article, _stored(ids, other), *decision)
    elif place["relation"] == Relation.EXACT:  # one of very many with the same words, which are not clustered
        yield Link(article, _stored(ids, place["other_article_id"]), True, Relation.EXACT, 1.0, EXACT_REASON, {})
