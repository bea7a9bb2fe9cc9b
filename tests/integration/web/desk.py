"""A program that uses the API v1 with a token, and a worker for what it posts."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from tests.integration.delivery import rows
from tests.serving import Answer, Client
from worker.article import TokenScope
from worker.operations import tokens
from worker.pipeline.batch import BatchProcessor


def add_token(engine: Engine, name: str, scope: TokenScope) -> str:
    """Store a token and return it."""
    with engine.begin() as connection:
        return tokens.create(connection, name, scope)


class Desk:
    """A program that sends JSON with a token."""

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> Answer:
        """Request a path below the API."""
        return self._client.get(f"/api/v1{path}", **self._headers, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a JSON body to a path below the API."""
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        sent = self._headers | {"content_type": "application/json"} | headers
        return self._client.post(f"/api/v1{path}", data, **sent)


def process_all(engine: Engine, processor: BatchProcessor) -> None:
    """Process the files that wait, as a worker does."""
    processor.process([row.id for row in rows(engine, "SELECT id FROM files WHERE state = 'waiting' ORDER BY id")])


@contextmanager
def working(engine: Engine, processor: BatchProcessor) -> Iterator[None]:
    """Process what waits, again and again, until the block ends."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            process_all(engine, processor)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
