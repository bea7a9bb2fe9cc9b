"""Write articles and the verdicts that explain them, one batch at a time."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Connection

from worker.article import PublicationStatus
from worker.store.arrays import array, int4_array, int_array
from worker.store.execute import cursor, execute
from worker.store.links import Link
from worker.store.sketches import COPY_END, COPY_HEAD

#: Columns of fixed size come first; `_packed` writes them in this order.
_COLUMNS = (
    "id, file_id, position, story_id, similarity, seen_at, words, cleaner_version, fingerprint_version, "
    "published_at, relation, text_hash, simhash, sketch, language, title, text, external_id, url, source, author, "
    "facts, changes, provider, version, revision_key, status, embargoed_until"
)
_COPY = f"COPY articles ({_COLUMNS}) FROM STDIN (FORMAT binary)"
#: The number of columns, then size and value of each column of fixed size.
_FIXED = struct.Struct(">h iiiqiiii if iq ii ih ih")
_SIZE = struct.Struct(">i")
_MISSING = _SIZE.pack(-1)
_BIGINT = struct.Struct(">q")
#: Postgres counts microseconds from here.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: The version of binary ``jsonb``, which precedes its text.
_JSONB = b"\1"

_INSERT_DECISIONS = """
    INSERT INTO links
        (article_id, other_id, same, relation, similarity, reason, evidence, decided_by, overridden)
    SELECT article_id, other_id, same, relation, similarity, reason, evidence::jsonb, decided_by, overridden
    FROM unnest(CAST(%(articles)s AS int[]), CAST(%(others)s AS int[]), CAST(%(same)s AS smallint[]),
        CAST(%(relations)s AS text[]), CAST(%(similarities)s AS real[]), CAST(%(reasons)s AS text[]),
        CAST(%(evidence)s AS text[]), CAST(%(deciders)s AS text[]), CAST(%(overridden)s AS boolean[]))
        AS t (article_id, other_id, same, relation, similarity, reason, evidence, decided_by, overridden)
    ON CONFLICT (article_id, other_id) DO UPDATE SET same = excluded.same, relation = excluded.relation,
        similarity = excluded.similarity, reason = excluded.reason, evidence = excluded.evidence,
        decided_by = excluded.decided_by, overridden = excluded.overridden"""


@dataclass(slots=True)
class Row:
    """An article to insert; the fields are columns of ``articles``."""

    id: int
    file_id: int
    position: int
    story_id: int
    relation: str
    similarity: float
    seen_at: datetime
    published_at: datetime | None
    words: int
    cleaner_version: int
    fingerprint_version: int
    text_hash: bytes
    simhash: bytes
    sketch: NDArray[np.int32]
    language: str
    title: str | None
    text: str
    external_id: str | None
    url: str | None
    source: str | None
    author: str | None
    facts: Mapping[str, Any] | None
    changes: Mapping[str, int] | None
    provider: str | None = None
    version: int | None = None
    revision_key: int | None = None
    status: str = PublicationStatus.USABLE
    embargoed_until: datetime | None = None


#: OFFSET 0: look up the sequence once, not for each id.
_NEW_IDS = """
    SELECT nextval(sequence)::int AS id
    FROM (SELECT pg_get_serial_sequence(%(table)s, 'id')::regclass AS sequence OFFSET 0) AS ids,
        generate_series(1, %(count)s)"""


def take_ids(connection: Connection, table: str, count: int) -> list[int]:
    """Return ``count`` new ids of the table ``articles`` or ``stories``; call it under the placement lock."""
    if not count:
        return []
    rows = execute(connection, _NEW_IDS, {"table": table, "count": count})
    return [id_ for (id_,) in rows.fetchall()]


def take_range(connection: Connection, table: str, count: int) -> int:
    """Return the first of ``count`` consecutive new ids, as `take_ids` takes them: those of millions are no list."""
    [[first]] = execute(connection, f"SELECT min(id) FROM ({_NEW_IDS}) AS taken", {"table": table, "count": count})
    return int(first or 0)


def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert articles."""
    content = b"".join([COPY_HEAD, *map(_packed, rows), COPY_END])
    with cursor(connection) as open_cursor, open_cursor.copy(_COPY) as copy:
        copy.write(content)


def _packed(row: Row) -> bytes:
    """Return the row in the format of binary COPY."""
    fixed = _FIXED.pack(
        *(28, 4, row.id, 8, row.file_id, 4, row.position, 4, row.story_id, 4, row.similarity),
        *(8, _microseconds(row.seen_at), 4, row.words, 2, row.cleaner_version, 2, row.fingerprint_version),
    )
    published = _BIGINT.pack(_microseconds(row.published_at)) if row.published_at else None
    texts = (row.language, row.title, row.text, row.external_id, row.url, row.source, row.author)
    values = (
        *(published, row.relation.encode(), row.text_hash, row.simhash, int4_array(row.sketch)),
        *(None if text is None else text.encode() for text in texts),
        *(_JSONB + orjson.dumps(document) if document else None for document in (row.facts, row.changes)),
        None if row.provider is None else row.provider.encode(),
        *(None if number is None else _BIGINT.pack(number) for number in (row.version, row.revision_key)),
        row.status.encode(),
        _BIGINT.pack(_microseconds(row.embargoed_until)) if row.embargoed_until else None,
    )
    return fixed + b"".join([_MISSING if value is None else _SIZE.pack(len(value)) + value for value in values])


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def insert_match_decisions(connection: Connection, links: Sequence[Link]) -> None:
    """Store the verdicts on pairs; a verdict replaces the earlier one on the same pair."""
    if not links:
        return
    execute(
        connection,
        _INSERT_DECISIONS,
        {
            "articles": int_array(link.article_id for link in links),
            "others": int_array(link.other_id for link in links),
            "same": int_array(int(link.same) for link in links),
            "relations": array(link.relation for link in links),
            "similarities": array(link.similarity for link in links),
            "reasons": array(link.reason for link in links),
            "evidence": array(
                orjson.dumps(link.evidence, option=orjson.OPT_SERIALIZE_NUMPY).decode() for link in links
            ),
            "deciders": array(link.decided_by for link in links),
            "overridden": array(link.overridden for link in links),
        },
    )
