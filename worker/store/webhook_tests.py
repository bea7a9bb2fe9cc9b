"""Ask the scheduler that sends to webhooks for a test message, and wait for what its receiver answered.

Only that process can tell: it has the settings and the network with which messages are sent. Requests and answers are
notifications of Postgres; nothing is stored of a test.
"""

import time
from collections import deque
from dataclasses import dataclass
from uuid import uuid4

import orjson
import psycopg
from sqlalchemy import Connection, Engine, text

_REQUESTS, _ANSWERS = "copydesk_webhook_test", "copydesk_webhook_tested"
#: Characters of a problem: a notification has less than 8,000 bytes, and JSON needs up to six for a character.
_LONGEST_PROBLEM = 1_000
_NOTIFY = text("SELECT pg_notify(:channel, :content)")


@dataclass(frozen=True, slots=True)
class AskedTest:
    """A request for a test message to a webhook."""

    id: str
    webhook_id: int


@dataclass(frozen=True, slots=True)
class TestedWebhook:
    """What became of a test message: the status that the receiver answered, and the problem if it is no success."""

    status: int | None
    problem: str | None


def listen(connection: Connection) -> deque[AskedTest]:
    """Return the requests of this session, to which each later statement of it appends those that have come."""
    asked: deque[AskedTest] = deque()
    _driver(connection).add_notify_handler(lambda notice: asked.extend(_request(notice.payload)))
    connection.exec_driver_sql(f"LISTEN {_REQUESTS}")
    return asked


def _request(payload: str) -> list[AskedTest]:
    """Return the request in a notification; none if it is something else, because any role may notify."""
    try:
        told = orjson.loads(payload)
        return [AskedTest(str(told["id"]), int(told["webhook_id"]))]
    except (ValueError, TypeError, KeyError, OverflowError):
        return []


def answer(connection: Connection, asked: AskedTest, status: int | None, problem: str | None) -> None:
    """Tell who asked for a test what the receiver answered."""
    told = {"id": asked.id, "status": status, "problem": problem and problem[:_LONGEST_PROBLEM]}
    connection.execute(_NOTIFY, {"channel": _ANSWERS, "content": orjson.dumps(told).decode()})


def ask(engine: Engine, webhook_id: int, seconds: float) -> TestedWebhook | None:
    """Ask for a test message and return what became of it, None without an answer within this time."""
    asked = {"id": uuid4().hex, "webhook_id": webhook_id}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = _driver(connection)
        connection.exec_driver_sql(f"LISTEN {_ANSWERS}")
        connection.execute(_NOTIFY, {"channel": _REQUESTS, "content": orjson.dumps(asked).decode()})
        deadline = time.monotonic() + seconds
        try:
            while (left := deadline - time.monotonic()) > 0:
                for notice in driver.notifies(timeout=left, stop_after=1):
                    told = orjson.loads(notice.payload)
                    if told.pop("id") == asked["id"]:
                        return TestedWebhook(**told)
        finally:
            connection.invalidate()  # the session listens
    return None


def _driver(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):  # pragma: no cover - the engine is made for psycopg
        raise TypeError("LISTEN needs a psycopg connection")
    return driver
