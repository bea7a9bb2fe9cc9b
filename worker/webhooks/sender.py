"""Send messages to all webhooks, in the scheduler's process but in threads of their own.

An advisory lock lets one scheduler send. Each webhook has its own thread while it has messages, so a slow receiver
delays neither others nor the sweeping of files. The database's clock decides when the next attempt is due.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from worker.process import log
from worker.settings import Settings
from worker.store import webhook_messages, webhook_tests, webhooks
from worker.store.errors import ERRORS
from worker.store.errors import message as error_message
from worker.store.locks import try_lock_webhooks
from worker.store.session import engine as make_engine
from worker.store.webhook_messages import WebhookMessage
from worker.webhooks.message import request_to, send
from worker.webhooks.post import WebhookAnswer, WebhookRequest
from worker.webhooks.testing import TestSender

logger = log.get(__name__)

#: How often webhooks with new changes are looked for: a query of less than a millisecond.
POLL_SECONDS = 1.0
#: Pauses after failures grow from the first to the longest: a receiver that restarts is reached soon, one that is gone
#: for days gets a message an hour.
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 3_600.0
#: A receiver that fails for so long is given up: nobody misses its messages over a weekend and more.
PATIENCE = timedelta(days=5)
#: The receiver says that it wants no more messages (Standard Webhooks).
_GONE = 410


@contextmanager
def sending(settings: Settings) -> Iterator[None]:
    """Send messages inside the block."""
    engine = make_engine(settings)  # its own: twenty threads must not take the connections of the sweeper
    sender = WebhookSender(settings, engine)
    thread = threading.Thread(target=sender.run, name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        sender.stop()
        thread.join()
        engine.dispose()


class WebhookSender:
    """Sends what is due until it is stopped."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._stopping, self._leading = threading.Event(), threading.Event()
        self._threads: dict[int, threading.Thread] = {}
        self._requests: dict[int, WebhookRequest] = {}
        self._tests = TestSender(settings, engine)

    def stop(self) -> None:
        """End: attempts under way are aborted, and made again by the next scheduler with the same message."""
        self._stopping.set()

    def run(self) -> None:
        """Send until `stop` is called; while another scheduler sends, wait to take its place."""
        trouble = ""
        while not self._stopping.is_set():
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
                    while not try_lock_webhooks(lock):
                        if self._stopping.wait(POLL_SECONDS):
                            break
                    else:
                        self._lead_until_stopped(lock)
                trouble = ""
            except ERRORS as error:
                if error_message(error) != trouble:
                    logger.warning("webhooks wait for the database", reason=error_message(error))
                trouble = error_message(error)
            self._stopping.wait(POLL_SECONDS)
        self._end()

    def _lead_until_stopped(self, lock: Connection) -> None:
        try:
            self._lead(lock)
        finally:
            self._leading.clear()
            lock.invalidate()  # the session holds the lock

    def _lead(self, lock: Connection) -> None:
        """Start a thread for each webhook that is due, until the process stops or the session with the lock ends."""
        self._leading.set()
        asked = webhook_tests.listen(lock)
        while not self._stopping.is_set():
            self._threads = {number: thread for number, thread in self._threads.items() if thread.is_alive()}
            for number in webhooks.due(lock):
                if number not in self._threads:
                    thread = threading.Thread(target=self._deliver, args=[number], name=f"webhook-{number}")
                    self._threads[number] = thread
                    thread.start()
            while asked:
                self._tests.begin(asked.popleft())
            self._stopping.wait(POLL_SECONDS)

    def _end(self) -> None:
        self._tests.end()
        for thread in self._threads.values():
            while thread.is_alive():
                for request in list(self._requests.values()):
                    request.abort()
                thread.join(0.1)

    def _deliver(self, webhook_id: int) -> None:
        """Send messages to a webhook until it has all changes, or an attempt fails."""
        try:
            while self._leading.is_set() and not self._stopping.is_set():
                with self._engine.begin() as connection:
                    message = webhook_messages.next_message(connection, webhook_id)
                if message is None or not self._attempt(message):
                    return
        except SQLAlchemyError as error:
            logger.warning("a webhook waits for the database", webhook=webhook_id, reason=error_message(error))
            self._stopping.wait(POLL_SECONDS)

    def _attempt(self, message: WebhookMessage) -> bool:
        """Send a message and store what became of it; return whether it was delivered."""
        begin = time.monotonic()
        request = self._requests[message.webhook_id] = request_to(self._settings, message.url)
        try:
            answer = send(request, message)
        finally:
            del self._requests[message.webhook_id]
        if answer.problem is None and answer.status is not None:
            with self._engine.begin() as connection:
                webhook_messages.delivered(connection, message, answer.status)
            return True
        if not self._stopping.is_set():
            self._store_failure(message, answer, time.monotonic() - begin)
        return False

    def _store_failure(self, message: WebhookMessage, answer: WebhookAnswer, took: float) -> None:
        problem = answer.problem or "No answer."
        pause = timedelta(seconds=pause_after(message.failures, answer.retry_after))
        with self._engine.begin() as connection:
            failing = webhook_messages.failed(connection, message, answer.status, problem, pause)
            reason = _reason_to_give_up(answer, failing)
            if reason:
                webhook_messages.disable(connection, message.webhook_id, reason)
        if reason or not message.failures:
            logger.warning(
                "a message to a webhook was not delivered",
                webhook=message.webhook_id,
                reason=reason or problem,
                seconds=round(took, 1),
            )


def pause_after(failures: int, retry_after: str) -> float:
    """Return the seconds until the next attempt, after this many failures before; the receiver may ask for more."""
    asked = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 9 else 0.0
    return min(max(_FIRST_PAUSE * 2.0 ** min(failures, 20), asked), _LONGEST_PAUSE)


def _reason_to_give_up(answer: WebhookAnswer, failing: timedelta | None) -> str | None:
    if answer.status == _GONE:
        return "The receiver answered 410: it wants no more messages."
    if failing is not None and failing > PATIENCE:
        return f"It failed for {PATIENCE.days} days. The last time: {answer.problem}"
    return None
