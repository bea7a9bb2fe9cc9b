"""Send the test messages that `copydesk webhook test` asks for, in the process that sends all messages.

A test says whether this process, with its settings and its network, reaches the receiver. The command may run on
another machine.
"""

import threading
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from worker.errors import CopydeskError
from worker.process import log
from worker.settings import Settings
from worker.store import locks, webhook_tests, webhooks
from worker.store.errors import message as error_message
from worker.store.webhook_tests import AskedTest, TestedWebhook
from worker.webhooks.message import request_to, send_test
from worker.webhooks.post import SECONDS, WebhookAnswer, WebhookRequest

logger = log.get(__name__)

#: Tests at one time; each has a thread, for up to 15 s.
_MOST_AT_ONCE = 4
#: How long the command waits: the whole attempt, and the moment until the sender looks for requests.
_WAIT_SECONDS = SECONDS + 5.0


def ask(engine: Engine, webhook_id: int) -> TestedWebhook:
    """Let the scheduler send a test message to a webhook; return what its receiver answered.

    Raises:
        CopydeskError: no scheduler sends messages, or it does not answer.
    """
    with engine.connect() as connection:
        if not locks.sends_webhooks(connection):
            raise CopydeskError("No scheduler runs, which sends the messages. Start the service: copydesk up")
    told = webhook_tests.ask(engine, webhook_id, _WAIT_SECONDS)
    if told is None:
        raise CopydeskError(
            f"The scheduler has not said within {_WAIT_SECONDS:.0f} s what the receiver answered. Look into its log, "
            "and restart it if it is of an earlier version."
        )
    return told


class TestSender:
    """Sends test messages in threads of their own, so that no message to a webhook waits for them."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._threads: list[threading.Thread] = []
        self._requests: dict[str, WebhookRequest] = {}

    def begin(self, asked: AskedTest) -> None:
        """Send a test message; the answer, or that too many are under way, is reported to its sender."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        send = self._send if len(self._threads) < _MOST_AT_ONCE else _refuse
        thread = threading.Thread(target=self._answer, args=[asked, send], name="webhook-test")
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """Abort the tests that are under way."""
        for thread in self._threads:
            while thread.is_alive():
                for request in list(self._requests.values()):
                    request.abort()
                thread.join(0.1)

    def _answer(self, asked: AskedTest, send: Callable[[AskedTest], WebhookAnswer]) -> None:
        try:
            answer = send(asked)
            with self._engine.begin() as connection:
                webhook_tests.answer(connection, asked, answer.status, answer.problem)
        except SQLAlchemyError as error:
            logger.warning("a test of a webhook failed", webhook=asked.webhook_id, reason=error_message(error))

    def _send(self, asked: AskedTest) -> WebhookAnswer:
        with self._engine.connect() as connection:
            found = webhooks.address_and_secret(connection, asked.webhook_id)
        if found is None:
            return WebhookAnswer(None, f"There is no webhook {asked.webhook_id}.")
        url, secret = found
        request = self._requests[asked.id] = request_to(self._settings, url)
        try:
            return send_test(request, asked.webhook_id, secret)
        finally:
            del self._requests[asked.id]


def _refuse(_asked: AskedTest) -> WebhookAnswer:
    return WebhookAnswer(None, "Too many tests are under way. Try again in a moment.")
