"""Read, clean and fingerprint one unit of the input into a table: the stage that needs most of the time."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import parquet

from worker import formats
from worker.article import Article, BadRecord
from worker.bulk.schema import PREPARED
from worker.bulk.source import PARQUET, SourcePart
from worker.clean import clean
from worker.errors import QuarantineError
from worker.fingerprint.article import Prepared
from worker.formats import Limits, Span
from worker.pipeline.prepare import fingerprint_articles
from worker.store.revisions import RevisionKey

#: A record that was refused: source file, position, reason.
Refused = tuple[str, int, str]


def prepare_unit(unit: Sequence[SourcePart], limits: Limits, part_number: int) -> tuple[pa.Table, list[Refused]]:
    """Return the prepared articles of the unit of this number, and the records that can't be read."""
    cleaned, refused = [], []
    names = {part.number: part.path for part in unit}
    for part in unit:
        for record in _read(part, limits):
            if isinstance(record, Article):
                cleaned.append((part.number, record, clean(record)))
            else:
                refused.append((part.path, record.position, record.reason))
    prepared = []
    for (number, article, _), result in zip(cleaned, fingerprint_articles(cleaned), strict=True):
        if isinstance(result, Prepared):
            prepared.append(result)
        else:
            refused.append((names[number], article.position, result.reason))
    rows = [{"part": part_number, "line": line, **_row(names, article)} for line, article in enumerate(prepared)]
    return pa.Table.from_pylist(rows, schema=PREPARED), refused


def _read(part: SourcePart, limits: Limits) -> Iterator[Article | BadRecord]:
    """Yield the records of a part; a file that can't be read is one bad record."""
    try:
        if Path(part.path).suffix == PARQUET and part.span:
            yield from _read_rows(part.path, part.span, limits)
            return
        with Path(part.path).open("rb") as source:
            yield from formats.read(source, Path(part.path).name, limits, Span(*part.span) if part.span else None)
    except QuarantineError as error:
        yield BadRecord(part.span[0] if part.span else 0, str(error))


def _read_rows(path: str, span: tuple[int, int, int], limits: Limits) -> Iterator[Article | BadRecord]:
    """Yield the articles of rows of a Parquet file: each row is read as a JSON object of the same fields."""
    first, count, group = span
    file = parquet.ParquetFile(path)
    start = first - sum(file.metadata.row_group(before).num_rows for before in range(group))
    columns = [column.name for column in file.schema_arrow if not _is_bytes(column.type)]
    rows = file.read_row_group(group, columns=columns).slice(start, count).to_pylist()
    lines = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    for record in formats.read(io.BytesIO(lines), "rows.jsonl", limits):
        yield replace(record, position=first + record.position)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _row(names: dict[int, str], prepared: Prepared) -> dict[str, Any]:
    article, cleaned, fingerprint = prepared.article, prepared.cleaned, prepared.fingerprint
    provider, external_id = article.provider, article.external_id
    return {
        "file": prepared.file_id,
        "seconds": int(cleaned.published_at.timestamp()) if cleaned.published_at else None,
        "position": article.position,
        "source_path": names[prepared.file_id],
        "external_id": article.external_id,
        "provider": article.provider,
        "version": article.version,
        "title": cleaned.title,
        "text": cleaned.text,
        "language": cleaned.language,
        "published_at": cleaned.published_at,
        "url": article.url,
        "source": article.source,
        "author": article.author or cleaned.byline,
        "status": str(article.status),
        "embargoed_until": article.embargoed_until,
        "agency": cleaned.agency,
        "changes": orjson.dumps(dict(cleaned.changes)).decode() if cleaned.changes else None,
        "words": fingerprint.words,
        "text_hash": fingerprint.text_hash,
        "simhash": fingerprint.simhash,
        "sketch": fingerprint.sketch,
        "version_key": RevisionKey(provider, external_id).hash() if provider and external_id else None,
    }
