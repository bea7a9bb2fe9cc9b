"""What a healthy worker does again and again, for the watchdog to see."""


class Sign:
    """Something that a healthy worker does again and again; another thread looks whether it was done."""

    def __init__(self) -> None:
        self._recorded = self._seen = 0
        self.silent_seconds = 0

    def record(self) -> None:
        """Record that it was done."""
        self._recorded += 1

    def look(self, seconds: int) -> None:
        """Update ``silent_seconds``; call this every ``seconds``.

        Looks are counted, not read from a clock: a process that was paused for an hour was not silent for an hour.
        """
        recorded = self._recorded
        self.silent_seconds = 0 if recorded != self._seen else self.silent_seconds + seconds
        self._seen = recorded

    def reset(self) -> None:
        """Set ``silent_seconds`` to zero."""
        self.silent_seconds = 0


#: The event loop fired a timer.
turns = Sign()
#: Redis was asked for messages.
asks = Sign()
#: A message was in hand; with one for each child, a worker does not ask for more.
holds = Sign()
