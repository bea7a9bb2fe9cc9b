"""The change feed as Server-Sent Events: one request that gets each change as it happens.

A stream takes no thread and no database connection while it waits. It ends when its client leaves, when the right to
read is withdrawn, and when a restore has replaced its position; a client of the standard then asks again by itself.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from worker.article import TokenScope
from worker.process import log
from worker.store.read.changes import ChangeRow, LostPositionError, changes, check_position
from worker.web.access import UnauthorizedError, caller
from worker.web.expensive import BusyError
from worker.web.params import BadRequestError
from worker.web.session import forget_session
from worker.web.site import reading, site
from worker.web.v1.waiting import FeedWatch

logger = log.get(__name__)
MEDIA_TYPE: Final = "text/event-stream"
#: The id of an event: that of the change and its epoch.
_EVENT_ID = re.compile(r"([0-9]{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
#: The right to read is checked this often, and a comment is sent if nothing else was, because proxies close connections
#: in which nothing happens for 30 or 60 s.
HEARTBEAT_SECONDS = 15.0
#: Streams at once, of the hundred requests that are answered at once.
_MOST_STREAMS = 20
#: Changes that are read and sent together, 200 bytes each.
_PAGE = 500
_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
#: Proxies must not hold events back, to compress them or to fill a buffer.
_HEADERS = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}


class OpenStreams:
    """The number of open streams of a process. It is used in the event loop alone."""

    def __init__(self) -> None:
        self.count = 0

    def open(self) -> None:
        """Count a stream that begins.

        Raises:
            BusyError: there are as many as there may be.
        """
        if self.count >= _MOST_STREAMS:
            raise BusyError(f"{_MOST_STREAMS} streams are open, as many as possible. Use `wait`, or try again later.")
        self.count += 1


class _EventStream(StreamingResponse):
    def __init__(self, events: AsyncIterator[bytes], streams: OpenStreams) -> None:
        super().__init__(events, headers=_HEADERS, media_type=MEDIA_TYPE)
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.count -= 1


def wants_stream(request: Request) -> bool:
    """Return whether the client asks for Server-Sent Events."""
    accepted = request.headers.get("accept", "").lower().split(",")
    return MEDIA_TYPE in {kind.partition(";")[0].strip() for kind in accepted}


def position_of(event_id: str) -> tuple[int, UUID]:
    """Return the change and the epoch of an event.

    Raises:
        BadRequestError: it is not the id of an event of this feed.
    """
    if parts := _EVENT_ID.fullmatch(event_id):
        return int(parts[1]), UUID(parts[2])
    raise BadRequestError("The header Last-Event-ID must be the id of an event of this stream.")


async def stream(request: Request, after: int, epoch: UUID | None) -> Response:
    """Answer with all changes after a position, also those that are still to come.

    Raises:
        LostPositionError, BusyError: the position is not in this feed, or too many streams are open.
    """
    first = await run_in_threadpool(_page, request, after, epoch)
    streams: OpenStreams = request.app.state.streams
    streams.open()
    return _EventStream(_events(request, after, epoch, first), streams)


def _page(request: Request, after: int, epoch: UUID | None) -> list[ChangeRow]:
    with reading(request) as connection:
        check_position(connection, after, epoch)
        return changes(connection, after, _PAGE)


async def _events(request: Request, after: int, epoch: UUID | None, rows: Sequence[ChangeRow]) -> AsyncIterator[bytes]:
    watch: FeedWatch = request.app.state.feed_watch
    now = asyncio.get_running_loop().time
    check_at = now() + HEARTBEAT_SECONDS
    yield b": changes\n\n"  # so that a client knows at once that the stream is open
    try:
        while not watch.ending:
            if now() >= check_at:  # also while there is always something to send
                if not await _may_read(request):
                    return
                check_at = now() + HEARTBEAT_SECONDS
            if rows:
                after, epoch = rows[-1].id, rows[-1].epoch
                yield b"".join(_event("change", row, f"{row.id}.{row.epoch}") for row in rows)
            elif not await watch.reaches(site(request).engine, after, check_at - now()):
                yield b": \n\n"
            rows = await run_in_threadpool(_page, request, after, epoch)
    except LostPositionError as error:
        yield _event("lost", {"detail": str(error)})
    except SQLAlchemyError as error:
        logger.warning("a stream of changes ended, because the database does not answer", reason=str(error))


def _event(kind: str, data: Any, event_id: str | None = None) -> bytes:
    identified = f"id: {event_id}\n" if event_id else ""
    return f"{identified}event: {kind}\ndata: ".encode() + orjson.dumps(data, option=_JSON) + b"\n\n"


async def _may_read(request: Request) -> bool:
    forget_session(request)
    try:
        return TokenScope.READ in (await caller(request)).rights
    except (UnauthorizedError, BusyError):
        return False
