"""Limit the requests of each token or address: a bucket that fills evenly and holds a minute of requests."""

import time
from collections.abc import Callable

from worker.errors import CopydeskError

#: Callers that are remembered, about 200 bytes each. The one that was silent for longest is forgotten.
_MOST_CALLERS = 10_000


class TooManyRequestsError(CopydeskError):
    """A caller sends more requests than the setting allows; the next one is possible after ``seconds``."""

    def __init__(self, seconds: int, limit: int) -> None:
        super().__init__(f"More than {limit:,} requests a minute. Send the next one in {seconds} s.")
        self.seconds = seconds


def retry_after(error: Exception) -> int:
    """Return the seconds to wait after a refusal."""
    return error.seconds if isinstance(error, TooManyRequestsError) else 1


class RequestRate:
    """The requests left to each caller. It is used in the event loop alone."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = per_minute
        self._clock = clock
        self._callers: dict[str, tuple[float, float]] = {}  # caller -> requests left, at this time

    def count(self, caller: str) -> None:
        """Count a request.

        Raises:
            TooManyRequestsError: the caller has none left.
        """
        if not self._limit:
            return
        now = self._clock()
        left, then = self._callers.pop(caller, (float(self._limit), now))
        left = min(left + (now - then) * self._limit / 60, float(self._limit))
        self._callers[caller] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._callers) > _MOST_CALLERS:
            del self._callers[next(iter(self._callers))]
        if left < 1:
            raise TooManyRequestsError(int((1 - left) * 60 / self._limit) + 1, self._limit)
