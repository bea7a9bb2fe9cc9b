"""Read, clean and fingerprint one unit of the input into a table: the stage that needs most of the time.

What fails at one record is the reason why that one is refused, whatever it is; the others go on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, BinaryIO

import orjson
import pyarrow as pa

from worker import formats
from worker.article import Article, BadRecord, Cleaned
from worker.bulk.faults import refusal
from worker.bulk.inputs import is_object, open_input
from worker.bulk.parquet import read_rows
from worker.bulk.schema import PREPARED
from worker.bulk.source import REQUESTS, SourcePart, is_parquet, name_of
from worker.clean import clean
from worker.fingerprint.article import Prepared
from worker.formats import Limits, Span
from worker.pipeline.prepare import fingerprint_articles
from worker.store.revisions import RevisionKey
from worker.stories.rows import stored_metadata

#: A record that was refused: source file, position, reason.
Refused = tuple[str, int, str]
Outcome = tuple[SourcePart, Article | BadRecord]
_Cleaned = tuple[int, Article, Cleaned]


def read_units(units: Sequence[Sequence[SourcePart]], limits: Limits) -> Iterator[Iterable[Outcome]]:
    """Yield the records of each unit; take one before the next. Several units are parts of one sequence."""
    if units[0][0].sequence is None:
        for unit in units:
            yield ((part, record) for part, opened in _opened_ahead(unit) for record in _read(part, opened, limits))
        return
    parts = [part for [part] in units]
    reader = _in_sequence(parts, limits)
    reason = ""
    for part in parts:
        try:
            if not reason:
                records = next(reader)
        except Exception as error:
            reason = refusal(error)
        if reason:
            records = [unreadable_from(part, reason)]
        yield [(part, record) for record in records]


def unreadable_from(part: SourcePart, reason: str) -> BadRecord:
    """Return the record that stands for all of a part, which was cut, but can't be read."""
    first, count, _ = part.span or (0, 0, 0)
    return BadRecord(first, f"From here on {count:,} records can't be read. {reason}")


def prepare(outcomes: Iterable[Outcome], part_number: int) -> tuple[pa.Table, list[Refused]]:
    """Return the prepared articles of the unit of this number, and the records that can't be read."""
    cleaned: list[_Cleaned] = []
    refused: list[Refused] = []
    paths: dict[int, str] = {}
    for part, record in outcomes:
        paths[part.number] = part.shown_path
        try:
            if isinstance(record, Article):
                cleaned.append((part.number, record, clean(record)))
            else:
                refused.append((part.shown_path, record.position, record.reason))
        except Exception as error:
            refused.append((part.shown_path, record.position, refusal(error)))
    rows: list[dict[str, Any]] = []
    for (number, article, _), result in zip(cleaned, _fingerprinted(cleaned), strict=True):
        if isinstance(result, Prepared):
            rows.append({"part": part_number, "line": len(rows), **_row(paths[number], result)})
        else:
            refused.append((paths[number], article.position, result.reason))
    return pa.Table.from_pylist(rows, schema=PREPARED), refused


def _fingerprinted(cleaned: Sequence[_Cleaned]) -> list[Prepared | BadRecord]:
    """Fingerprint articles together; if that fails, one by one, so that the one at fault is refused."""
    try:
        return fingerprint_articles(cleaned)
    except Exception as error:
        reason = refusal(error)
        if len(cleaned) == 1:
            return [BadRecord(cleaned[0][1].position, reason)]
        return [result for one in cleaned for result in _fingerprinted([one])]


def _opened_ahead(parts: Sequence[SourcePart]) -> Iterator[tuple[SourcePart, Callable[[], BinaryIO]]]:
    """Yield each part with a function that opens it; a few objects are fetched meanwhile, as an answer takes long."""
    if not any(is_object(part.path) for part in parts):
        yield from ((part, partial(open_input, part.path, part.state)) for part in parts)
        return
    with ThreadPoolExecutor(REQUESTS) as threads:
        waiting = deque[tuple[SourcePart, Future[BinaryIO]]]()
        for part in parts:
            waiting.append((part, threads.submit(open_input, part.path, part.state)))
            if len(waiting) > REQUESTS:
                first, source = waiting.popleft()
                yield first, source.result
        yield from ((first, source.result) for first, source in waiting)


def _read(part: SourcePart, opened: Callable[[], BinaryIO], limits: Limits) -> Iterator[Article | BadRecord]:
    """Yield the records of a part; where it can't be read further, a bad record is the last."""
    position = part.span[0] if part.span else 0
    if part.fault is not None:
        yield BadRecord(position, part.fault)
        return
    try:
        with opened() as source:
            for record in formats.read(source, name_of(part.path), limits, Span(*part.span) if part.span else None):
                yield record
                position = record.position + 1
    except Exception as error:
        yield BadRecord(position, refusal(error))


def _in_sequence(parts: Sequence[SourcePart], limits: Limits) -> Iterator[Sequence[Article | BadRecord]]:
    """Yield the records of each part of one sequence, which is read once."""
    spans = [Span(*part.span) for part in parts if part.span]
    with open_input(parts[0].path, parts[0].state) as source:
        if is_parquet(parts[0].path):
            yield from read_rows(source, parts[0].sequence or 0, spans, limits)
        else:
            yield from formats.read_spans(source, name_of(parts[0].path), limits, spans)


def _row(path: str, prepared: Prepared) -> dict[str, Any]:
    article, cleaned, fingerprint = prepared.article, prepared.cleaned, prepared.fingerprint
    provider, external_id = article.provider, article.external_id
    return {
        "file": prepared.file_id,
        "seconds": int(cleaned.published_at.timestamp()) if cleaned.published_at else None,
        "position": article.position,
        "source_path": path,
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
        "facts": orjson.dumps(facts).decode() if (facts := stored_metadata(cleaned)) else None,
        "version_key": RevisionKey(provider, external_id).hash() if provider and external_id else None,
    }
