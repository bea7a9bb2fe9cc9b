"""Tables, texts and kept bytes go in; a sentence for everything comes out that contradicts something else.

What ``copydesk check --deep`` tells, and the oracle of the tests that do harm: the same eyes for both.
"""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import Connection, Engine

from worker import archive, fingerprint
from worker.errors import CopydeskError
from worker.features import features
from worker.settings import Settings
from worker.store import audit
from worker.store.session import allow_long_reads

#: Articles and files looked at in one statement.
_STEP = 1_000
_READ_BYTES = 1 << 20


def contradictions(settings: Settings, engine: Engine) -> Iterator[str]:
    """Yield a sentence for each contradiction, all from one moment: the service may go on meanwhile."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        allow_long_reads(connection)
        yield from audit.contradictions(connection, settings.window_days)
        yield from _marks(connection)
        yield from _bytes(settings, connection)


def _marks(connection: Connection) -> Iterator[str]:
    last = 0
    while found := audit.fingerprinted(connection, fingerprint.VERSION, last, _STEP):
        last = found[-1].id
        for one in found:
            made = fingerprint.fingerprint(features(one.text, one.title, one.language))
            stored = (bytes(one.text_hash), bytes(one.simhash), one.sketch, one.words)
            if stored != (made.text_hash, made.simhash, made.sketch.tolist(), made.words):
                yield f"Article {one.id} has another fingerprint than its text."


def _bytes(settings: Settings, connection: Connection) -> Iterator[str]:
    last = 0
    while found := audit.kept_files(connection, last, _STEP):
        last = found[-1][0]
        for number, path, sha256 in found:
            try:
                with archive.open_kept(settings, sha256, path) as kept:
                    same = _sha256(kept) == sha256
            except CopydeskError as error:
                yield f"File {number}: {error}"
            else:
                if not same:
                    yield f"File {number}: its kept bytes were changed after it was taken."


def _sha256(kept: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while block := kept.read(_READ_BYTES):
        digest.update(block)
    return digest.digest()
