"""Audit tables, texts and stored files for contradictions, each reported as a sentence.

``copydesk check --deep`` prints them, and the harm tests use the same audit as their oracle.
"""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import Connection, Engine

from worker import archive, fingerprint, formats
from worker.errors import CopydeskError
from worker.features import features
from worker.pipeline.reader_limits import reader_limits
from worker.settings import Settings
from worker.store import audit
from worker.store.session import allow_long_reads

#: Articles or files read per statement.
_STEP = 1_000
_READ_BYTES = 1 << 20


def contradictions(settings: Settings, engine: Engine) -> Iterator[str]:
    """Yield a sentence for each contradiction, all from one snapshot, so the service may keep running."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        allow_long_reads(connection)
        yield from audit.contradictions(connection, settings.window_days)
        yield from _wrong_fingerprints(connection)
        yield from _changed_files(settings, connection)


def _wrong_fingerprints(connection: Connection) -> Iterator[str]:
    last = 0
    while articles := audit.fingerprinted(connection, fingerprint.VERSION, last, _STEP):
        last = articles[-1].id
        for article in articles:
            expected = fingerprint.fingerprint(features(article.text, article.title, article.language))
            stored = (bytes(article.text_hash), bytes(article.simhash), article.sketch, article.words)
            if stored != (expected.text_hash, expected.simhash, expected.sketch.tolist(), expected.words):
                yield f"Article {article.id} has a fingerprint that does not match its text."


def _changed_files(settings: Settings, connection: Connection) -> Iterator[str]:
    last = 0
    while kept_files := audit.kept_files(connection, last, _STEP):
        last = kept_files[-1].id
        for file in kept_files:
            try:
                with archive.open_kept(settings, file.sha256, file.path) as kept:
                    if _sha256(kept) != file.sha256:
                        yield f"File {file.id}: its stored bytes were changed after it was accepted."
                    elif file.records is not None and (found := _count(settings, file, kept)) != file.records:
                        yield f"File {file.id} was split into parts of {file.records} records, but holds {found}."
            except CopydeskError as error:
                yield f"File {file.id}: {error}"


def _count(settings: Settings, file: audit.KeptFile, kept: BinaryIO) -> int:
    """Return the number of records of a large file, which was split before: they must all be in its parts."""
    kept.seek(0)
    name = file.path.rpartition(b"/")[2].decode("utf-8", "replace")
    return sum(span.count for span in formats.spans(kept, name, reader_limits(settings), file.part_records or 1))


def _sha256(kept: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while block := kept.read(_READ_BYTES):
        digest.update(block)
    return digest.digest()
