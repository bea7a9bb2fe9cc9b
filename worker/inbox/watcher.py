"""Watch the inbox folder and return settled files. Knows nothing of queues.

Only the scan counts: file events get lost in bursts and never come from network mounts, so they only start it earlier.
A file is settled when its size and times have not changed for the configured time. While a settled file waits for its
turn, scans do not read its times again. Edge cases that it handles: files that were there before the start, files that
are still being written, temporary names, folders that can't be read, names that are not text, clocks that jump (only
the monotonic clock is used).
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import watchfiles

from worker.display import escape_path
from worker.errors import RetryError
from worker.process import log
from worker.scanner import EntryState, Ignore, entry_state, scan
from worker.settings import Settings

logger = log.get(__name__)

#: Milliseconds between two polls for file events; after a poll without a new event, a scan starts. If events keep
#: arriving, a scan starts after 1.6 s: files that trickle in are accepted in fewer, larger batches.
_POLL_MS = 20
#: While files of the last scan are left, the next scan starts only after this multiple of that scan's duration: with a
#: million files in the inbox a scan takes seconds, and would be most of the work.
_REST_FACTOR = 9


#: Pause before a file that could not be read is tried again; each further failure doubles it.
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 600.0
#: A file with this pause failed three times: `status` reports it.
_LASTING_PAUSE_SECONDS = 4 * _FIRST_PAUSE_SECONDS


class _Postponed(NamedTuple):
    """A file that could not be read, in which state, until when it rests and how long the pause is."""

    file: EntryState
    until: float
    pause: float


def _is_unchanged(file: EntryState) -> bool:
    try:
        return entry_state(file.path) in (file, None)
    except OSError:
        return True


class SettledFileTracker:
    """Remember the states of entries and return the files that have not changed for long enough."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        # by path, whose hash Python caches: the hash of an `EntryState` would be computed at each look-up
        self._since: dict[bytes, tuple[EntryState, float]] = {}
        self._ignored: dict[bytes, EntryState] = {}
        self._postponed: dict[bytes, _Postponed] = {}
        #: files that are settled and not accepted yet
        self.ready: dict[bytes, EntryState] = {}
        #: when the files of the last scan will have settled
        self.due = 0.0

    def update(self, entries: Iterator[EntryState]) -> list[EntryState]:
        """Return the settled files of this scan, sorted by path; leave out ignored files that have not changed."""
        now = self._clock()
        self.due = now + self._seconds
        since: dict[bytes, tuple[EntryState, float]] = {}
        ignored: dict[bytes, EntryState] = {}
        ready: dict[bytes, EntryState] = {}
        postponed: dict[bytes, _Postponed] = {}
        for file in entries:
            path = file.path
            if self._postponed and (held := self._postponed.get(path)) and held.file == file:
                postponed[path] = held
                if now >= held.until:
                    ready[path] = file
            elif self.ready.get(path) == file:
                ready[path] = file
            elif self._ignored.get(path) == file:
                ignored[path] = file
            else:
                before = self._since.get(path)
                seen = before if before and before[0] == file else (file, now)
                if now - seen[1] >= self._seconds:
                    ready[path] = file
                else:
                    since[path] = seen
        self._since, self._ignored, self._postponed, self.ready = since, ignored, postponed, ready
        return [ready[path] for path in sorted(ready)]

    @property
    def failing(self) -> list[bytes]:
        """The paths of files that could not be read several times."""
        return [path for path, held in self._postponed.items() if held.pause >= _LASTING_PAUSE_SECONDS]

    def ignore_until_changed(self, file: EntryState) -> None:
        """Do not return this file again until it changes: it was refused, or it stays in the inbox."""
        self.ready.pop(file.path, None)
        self._ignored[file.path] = file

    def postpone(self, file: EntryState) -> bool:
        """Return a file that can't be read only after a growing pause, while it does not change.

        The result is whether this is its first pause.
        """
        held = self._postponed.get(file.path)
        again = held is not None and held.file == file
        pause = min(2 * held.pause, _LONGEST_PAUSE_SECONDS) if held and again else _FIRST_PAUSE_SECONDS
        self._postponed[file.path] = _Postponed(file, self._clock() + pause, pause)
        self.ready.pop(file.path, None)
        return not again

    def restart(self, file: EntryState) -> None:
        """Wait until this file has settled again: it was written to while it waited."""
        self.ready.pop(file.path, None)

    @property
    def waiting(self) -> int:
        """The number of files that are not settled or not accepted yet."""
        return len(self._since) + len(self.ready)


class InboxWatcher:
    """Find the settled files of the inbox, in batches, until it is stopped."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._inbox = settings.inbox_folder
        self._clock = clock
        self._ignore = Ignore(settings.ignore)
        self._warned: set[bytes] = set()
        self._unreadable: list[bytes] = []  # in the last scan
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._event_error = ""  # why file events stopped last
        self._settled: list[EntryState] = []  # by the last scan
        self._returned = 0  # how many of these were returned
        self._next_scan = 0.0  # when to scan even if files are left
        self.tracker = SettledFileTracker(settings.settle_seconds, clock)

    def has_settled_files(self) -> bool:
        """Return whether there are settled files; scan first, unless files of a recent long scan are left."""
        started = self._clock()
        if self._returned == len(self._settled) or started >= self._next_scan:
            self._settled, self._returned = self.scan(), 0
            ended = self._clock()
            self._next_scan = ended + _REST_FACTOR * (ended - started)
        return self._returned < len(self._settled)

    def next_files(self, limit: int) -> list[EntryState]:
        """Return the next settled files, ``limit`` at most; they are not returned again until the next scan."""
        files = self._settled[self._returned : self._returned + limit]
        self._returned += len(files)
        return files

    def scan(self) -> list[EntryState]:
        """Scan once; return the settled files."""
        self._unreadable = []
        known = self.tracker.ready
        return self.tracker.update(scan(self._inbox, self._ignore, known, unreadable=self._warn_once))

    def unchanged(self, files: Sequence[EntryState]) -> list[EntryState]:
        """Return the settled ``files`` that have not changed since; the others have to settle again.

        A file that is gone or can't be read is returned too: the receiver reports the reason.
        """
        unchanged = []
        for file in files:
            if _is_unchanged(file):
                unchanged.append(file)
            else:
                self.tracker.restart(file)
        return unchanged

    def wait(self) -> bool:
        """Wait until the next scan is due or an event arrives; return False once ``stop`` was called."""
        pause = self._settings.scan_seconds
        if self.tracker.waiting:
            remaining = self.tracker.due - self._clock()
            pause = min(pause, max(remaining if remaining > 0 else self._settings.settle_seconds, 0.05))
        self._wake.wait(pause)
        self._wake.clear()
        return not self._stopping.is_set()

    @property
    def stopping(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End ``wait`` at once, and every later one."""
        self._stopping.set()
        self._wake.set()

    def start(self) -> None:
        """Create the folder, and start a thread in which file events start the scan earlier.

        Without events scans run as configured.
        """
        self._inbox.mkdir(parents=True, exist_ok=True)
        threading.Thread(target=self._watch_events, name="file-events", daemon=True).start()

    def require_inbox(self) -> None:
        """Raise RetryError if the folder is gone."""
        if not self._inbox.is_dir():
            raise RetryError(f"The inbox {self._inbox} is gone. Is its disk mounted?")

    def _watch_events(self) -> None:
        while not self._stopping.wait(self._settings.scan_seconds):
            try:
                for _ in watchfiles.watch(
                    self._inbox,
                    watch_filter=None,
                    step=_POLL_MS,
                    stop_event=self._stopping,
                    ignore_permission_denied=True,
                ):
                    self._wake.set()
            except (OSError, RuntimeError) as error:
                # a name that is not text or a missing inbox ends the watch: scans go on, and this loop retries
                if str(error) != self._event_error:
                    logger.info("no file events for now, only scanning", reason=str(error))
                self._event_error = str(error)

    def failures(self) -> str:
        """Return a sentence about what can't be read for a while, for `status`; the empty string if all can."""
        places = [*self._unreadable, *self.tracker.failing]
        if not places:
            return ""
        return (
            f"{len(places):,} files or folders of the inbox can't be read, the first: {escape_path(places[0])}. "
            "They are tried again after pauses; the log of the watcher has the reason."
        )

    def _warn_once(self, place: bytes, error: OSError) -> None:
        self._unreadable.append(place)
        if place not in self._warned:
            self._warned.add(place)
            logger.warning(
                "a folder or file of the inbox can't be read; it waits until it can be",
                place=os.fsdecode(place).encode("utf-8", "replace").decode(),
                reason=error.strerror,
            )
