"""Deliver files without a queue, process them, and read what became of them."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, text

from worker.archive.folder import archive_path
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store import ledger
from worker.store.session import engine as make_engine

#: As in ``config/worker.toml``.
WINDOW_DAYS = 30


def deliver(settings: Settings, engine: Engine, files: Sequence[tuple[str, str | bytes]]) -> list[int]:
    """Accept files (name, content) as the inbox does, bytes first; return their ledger ids in order."""
    deliveries = []
    for name, content in files:
        data = content.encode() if isinstance(content, str) else content
        digest = sha256(data).digest()
        path = f"inbox/{name}".encode()
        archived = archive_path(settings, digest, path)
        archived.parent.mkdir(parents=True, exist_ok=True)
        archived.write_bytes(data)
        key = sha256(path + digest).digest()[:16]
        deliveries.append(ledger.Delivery(key, path, digest, len(data)))
    with engine.begin() as connection:
        new = ledger.claim(connection, deliveries)
    return [new[delivery.key] for delivery in deliveries]


def new_processor(settings: Settings) -> BatchProcessor:
    """Return a processor as in a worker process, with its own engine."""
    return BatchProcessor(settings, make_engine(settings))


def rows(engine: Engine, statement: str, **values: Any) -> list[Any]:
    """Return the rows of a statement."""
    with engine.connect() as connection:
        return list(connection.execute(text(statement), values))


def scalar(engine: Engine, statement: str, **values: Any) -> Any:
    """Return the single value of a statement."""
    [[value]] = rows(engine, statement, **values)
    return value


def run(engine: Engine, statement: str, **values: Any) -> None:
    """Execute a statement and commit."""
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def states(engine: Engine) -> dict[int, str]:
    """Return the state of every file by its id."""
    return {row.id: row.state for row in rows(engine, "SELECT id, state FROM files ORDER BY id")}
