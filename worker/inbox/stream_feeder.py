"""Accept the messages of a source: into the archive, the ledger and the queue, then acknowledge them.

The order makes a crash at any line harmless: store the bytes, commit the row, send Copydesk's own message, acknowledge
the source's. A message that is delivered again after a crash is known by its id and its content.
"""

import contextlib
import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from worker.article import ProcessKind
from worker.display import escape_path
from worker.errors import RetryError
from worker.inbox import message_content
from worker.inbox.message_source import MessageSource, SourceError, SourceMessage
from worker.inbox.posted import Document, accept_documents, room
from worker.process import log
from worker.process.stall_guard import exit_on_stall, progress
from worker.queue.heartbeat import Heartbeat
from worker.settings import Settings
from worker.store.errors import ERRORS, is_timeout, is_transient, message

logger = log.get(__name__)

#: Messages that are read at a time, at most: the cost of a transaction is small then.
_MOST_MESSAGES = 200
#: Bytes that are read at a time, about. A source limits the number of messages, not their bytes; so the number begins
#: at one, doubles, and is cut when messages are larger.
_MOST_BYTES = 16_000_000
#: The pauses while the source, the database or the archive can't be used double from the first to the longest.
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
#: What a source, the archive and the database may raise.
_FAILURES = (RetryError, *ERRORS, OSError)


class StreamFeeder:
    """Accepts messages of one source. It keeps what an outage interrupts, and goes on with that first."""

    def __init__(self, settings: Settings, engine: Engine, source: MessageSource) -> None:
        self._settings = settings
        self._engine = engine
        self._source = source
        self._limit = 1  # messages of the next read
        self._documents: list[Document] = []  # read, not accepted
        self._unacknowledged: list[str] = []  # the ids of these, and of messages that were accepted

    def step(self, stopping: threading.Event) -> bool:
        """Accept and acknowledge the next messages; return False if too many files wait to accept any.

        Raises:
            RetryError: the source or the archive can't be used.
            DBAPIError: the database can't be reached.
        """
        self._finish()
        left = room(self._settings, self._engine)
        if left <= 0:
            return False
        for abandoned in self._source.abandoned()[:left]:
            if stopping.is_set():
                return True
            progress()
            self._take_over(abandoned.id, abandoned.deliveries)
            left -= 1
        if left and (messages := self._source.read(min(self._limit, left))):
            self._limit = self._next_limit(messages)
            self._accept([(one.id, self._content(one)) for one in messages])
        return True

    def _take_over(self, message_id: str, deliveries: int) -> None:
        """Accept a message whose reader ended, alone: if it ends this one too, no other message is affected."""
        if deliveries >= self._settings.max_attempts:
            self._accept([(message_id, message_content.given_up(self._source.name, message_id, deliveries))])
        elif taken := self._source.take(message_id):
            try:
                self._accept([(message_id, self._content(taken))])
            except _FAILURES as error:
                if _is_outage(error):  # the message did not end this reader, so the delivery does not count
                    with contextlib.suppress(SourceError):
                        self._source.set_deliveries(message_id, deliveries)
                raise

    def _content(self, one: SourceMessage) -> Document:
        return message_content.content(self._settings, self._source.name, one)

    def _next_limit(self, messages: Sequence[SourceMessage]) -> int:
        size = sum(len(value) for one in messages for value in one.fields.values())
        by_size = len(messages) * _MOST_BYTES // max(size, 1)
        return max(1, min(2 * self._limit, by_size, _MOST_MESSAGES))

    def _accept(self, messages: Sequence[tuple[str, Document]]) -> None:
        self._unacknowledged = [message_id for message_id, _ in messages]
        self._documents = [document for _, document in messages]
        self._finish()

    def _finish(self) -> None:
        if self._documents:
            accept_documents(self._settings, self._engine, self._documents, in_order=True)
            for one in self._documents:
                if reason := one.delivery.reason:
                    logger.warning("a message is set aside", path=escape_path(one.delivery.path), reason=reason)
            self._documents = []
        if self._unacknowledged:
            self._source.acknowledge(self._unacknowledged)
            self._unacknowledged = []


def _is_outage(error: BaseException) -> bool:
    """Return whether to try the same messages again: all but an error of the database that their content causes."""
    return not isinstance(error, ERRORS) or is_transient(error) or is_timeout(error)


def run(settings: Settings, engine: Engine, source: MessageSource, stopping: threading.Event) -> None:
    """Accept the messages of a source until ``stopping``."""
    feeder = StreamFeeder(settings, engine, source)
    beat = Heartbeat(engine, ProcessKind.STREAM)
    trouble, pause = "", 0.0
    with exit_on_stall(settings.silent_seconds):
        while not stopping.wait(pause):
            progress()
            lag = None
            try:
                pause = 0.0 if feeder.step(stopping) else settings.scan_seconds
                lag, trouble = source.lag(), ""
            except _FAILURES as error:
                if not _is_outage(error):
                    raise  # of these messages each is tried alone, once another process takes them over
                reason = message(error)
                if reason != trouble:
                    logger.warning("messages wait in the stream until this is fixed", reason=reason)
                trouble = reason
                pause = min(max(2 * pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            beat.beat(trouble, lag)
    with contextlib.suppress(SourceError):
        source.close()
    beat.end()
