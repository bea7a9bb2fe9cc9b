"""The inbox folder goes in, settled files come out. Knows nothing of queues.

The scan is the truth: file events get lost in bursts and never come from network mounts, so they only wake it earlier.
A file is settled when its size and times have stood still for the configured time. A settled one that waits for its
turn is not looked at again by every scan, only when its turn comes. The edge cases it exists for: files that were there
before the start, files still being written, temporary names, folders that can't be read, names that are not text,
clocks that jump (only the monotonic clock is used).
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import watchfiles

from worker.inbox.scanner import Ignore, Sighting, scan, sighting
from worker.process import log
from worker.settings import Settings

logger = log.get(__name__)

#: Milliseconds between two looks for events; the second look that finds no more of them wakes a scan. While more keep
#: coming it is woken after 1.6 s: files that trickle in are claimed in fewer, larger batches.
_LOOK_MS = 20
#: A scan is followed by so many times its own length without one while it left files to take: with a million of them in
#: the inbox it lasts seconds, and would be most of the work.
_REST = 9


def _is_unchanged(file: Sighting) -> bool:
    try:
        return sighting(file.path) in (file, None)
    except OSError:
        return True


class SettledFileTracker:
    """Remembers sightings and yields the files that have stood still long enough."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        # by path, whose hash Python keeps: a sighting's would be computed anew for each look
        self._since: dict[bytes, tuple[Sighting, float]] = {}
        self._left: dict[bytes, Sighting] = {}
        #: files that settled and were not taken yet
        self.ready: dict[bytes, Sighting] = {}
        #: when those that the last scan found have settled
        self.due = 0.0

    def update(self, sightings: Iterator[Sighting]) -> list[Sighting]:
        """Return the files of this scan that are settled and were not left alone as they are, oldest names first."""
        now = self._clock()
        self.due = now + self._seconds
        since: dict[bytes, tuple[Sighting, float]] = {}
        left: dict[bytes, Sighting] = {}
        ready: dict[bytes, Sighting] = {}
        for file in sightings:
            path = file.path
            if self.ready.get(path) == file:
                ready[path] = file
            elif self._left.get(path) == file:
                left[path] = file
            else:
                before = self._since.get(path)
                seen = before if before and before[0] == file else (file, now)
                if now - seen[1] >= self._seconds:
                    ready[path] = file
                else:
                    since[path] = seen
        self._since, self._left, self.ready = since, left, ready
        return [ready[path] for path in sorted(ready)]

    def ignore_until_changed(self, file: Sighting) -> None:
        """Do not yield this file again unless it changes: it was refused and stays where it is."""
        self.ready.pop(file.path, None)
        self._left[file.path] = file

    def restart(self, file: Sighting) -> None:
        """Let this file settle anew: it was written to while it waited."""
        self.ready.pop(file.path, None)

    @property
    def waiting(self) -> int:
        """The number of files that are not settled or not taken yet."""
        return len(self._since) + len(self.ready)


class InboxWatcher:
    """Yields batches of settled files of the inbox for as long as it runs."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._ignore = Ignore(settings.ignore)
        self._warned: set[bytes] = set()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._event_error = ""  # why there were no file events
        self._found: list[Sighting] = []  # by the last scan
        self._taken = 0  # of these
        self._next_scan = 0.0  # when the next scan may come though some are left
        self.tracker = SettledFileTracker(settings.settle_seconds, clock)

    def has_settled_files(self) -> bool:
        """Scan, unless the last scan left files to take and was long and just now; tell whether there are any."""
        started = self._clock()
        if self._taken == len(self._found) or started >= self._next_scan:
            self._found, self._taken = self.scan(), 0
            ended = self._clock()
            self._next_scan = ended + _REST * (ended - started)
        return self._taken < len(self._found)

    def next_files(self, most: int) -> list[Sighting]:
        """Return the next settled files, so many at most; until the next scan they are not returned again."""
        files = self._found[self._taken : self._taken + most]
        self._taken += len(files)
        return files

    def scan(self) -> list[Sighting]:
        """Scan once; return the settled files."""
        known = self.tracker.ready
        return self.tracker.update(scan(self._settings.inbox, self._ignore, known, unreadable=self._warn_once))

    def unchanged(self, files: Sequence[Sighting]) -> list[Sighting]:
        """Return those of settled ``files`` that stand as they stood then; the others settle anew.

        One that is gone or can't be looked at is returned: the intake tells why.
        """
        found = []
        for file in files:
            if _is_unchanged(file):
                found.append(file)
            else:
                self.tracker.restart(file)
        return found

    def wait(self) -> bool:
        """Wait until the next scan is due or something happened; False once ``stop`` was called."""
        pause = self._settings.scan_seconds
        if self.tracker.waiting:
            left = self.tracker.due - self._clock()
            pause = min(pause, max(left if left > 0 else self._settings.settle_seconds, 0.05))
        self._wake.wait(pause)
        self._wake.clear()
        return not self._stopping.is_set()

    @property
    def stopping(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End ``wait`` at once and for good."""
        self._stopping.set()
        self._wake.set()

    def start_events(self) -> None:
        """Let file events wake the scan earlier, in a thread of its own; without them the scans go on as before."""
        threading.Thread(target=self._watch_events, name="file-events", daemon=True).start()

    def _watch_events(self) -> None:
        while not self._stopping.wait(self._settings.scan_seconds):
            try:
                for _ in watchfiles.watch(
                    self._settings.inbox,
                    watch_filter=None,
                    step=_LOOK_MS,
                    stop_event=self._stopping,
                    ignore_permission_denied=True,
                ):
                    self._wake.set()
            except (OSError, RuntimeError) as error:
                # a name that is no text ends it, and so does an inbox that is gone: the scans go on, and so will this
                if str(error) != self._event_error:
                    logger.info("no file events for now, scanning alone", reason=str(error))
                self._event_error = str(error)

    def _warn_once(self, place: bytes, error: OSError) -> None:
        if place not in self._warned:
            self._warned.add(place)
            logger.warning(
                "a folder or file of the inbox can't be looked at; it waits until it can be",
                place=os.fsdecode(place).encode("utf-8", "replace").decode(),
                reason=error.strerror,
            )
