"""Serve pages that read whole texts one at a time, so that many requests for them need the memory of one."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from worker.errors import CopydeskError
from worker.web.site import site

#: Requests that wait for their turn: a page takes 0.2 s at most for texts of the longest articles that are shown whole.
_MOST_WAITING = 50
Answered = TypeVar("Answered")


class BusyError(CopydeskError):
    """Too many requests of this kind wait for their turn (status 503)."""


def one_at_a_time(endpoint: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that runs ``endpoint`` in a thread, after those that were requested before it."""

    async def answer(request: Request) -> Response:
        return await in_turn(request, endpoint, request)

    return answer


async def in_turn(request: Request, work: Callable[..., Answered], *arguments: object) -> Answered:
    """Return ``work(*arguments)``, run in a thread after the work of requests before this one.

    A waiting request holds no thread and no database connection, so other pages are answered meanwhile.

    Raises:
        BusyError: too many requests wait already.
    """
    turn = site(request).expensive
    if turn.statistics().tasks_waiting >= _MOST_WAITING:
        raise BusyError("Too many pages with texts are requested at once. Try again in a moment.")
    return await to_thread.run_sync(work, *arguments, limiter=turn)
