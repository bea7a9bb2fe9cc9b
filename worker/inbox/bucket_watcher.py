"""Watch a place in a bucket: list it page by page, and return its objects, which are whole as soon as they are listed.

A listing goes on where it was when the queue has room again, so that a million waiting objects are listed once. Several
watchers may list one place: the ledger decides which of them an object is accepted by.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from worker.bucket.listing import is_file, listed
from worker.bucket.objects import ObjectState, opened
from worker.display import escape_path
from worker.errors import RetryError
from worker.inbox.watcher import SettledFileTracker
from worker.process import log
from worker.process.stall_guard import progress
from worker.scanner import EntryState, Ignore
from worker.settings import Settings
from worker.settings.places import BucketUrl

logger = log.get(__name__)

#: Pages in which no object may be accepted that are read at a time: 10 s at 0.2 s each. Then the watcher shows that it
#: is alive, and goes on with the listing: one of 1.5 million objects that stay in the inbox takes five minutes.
_FRUITLESS_PAGES = 50


class ListedObjectTracker(SettledFileTracker):
    """Remember which objects must wait: refused ones until they change, unreadable ones for a growing pause."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(0.0, clock)
        self._listed: set[bytes] = set()

    def admits(self, file: EntryState) -> bool:
        """Return whether this object of the listing may be accepted now."""
        self._listed.add(file.path)
        held = self._postponed.get(file.path)
        if held is not None and held.file == file:
            return self._clock() >= held.until
        return self._ignored.get(file.path) != file

    def end_listing(self) -> None:
        """Forget the objects that the listing, which has ended, did not have."""
        self._ignored = {path: file for path, file in self._ignored.items() if path in self._listed}
        self._postponed = {path: held for path, held in self._postponed.items() if path in self._listed}
        self._listed.clear()


class BucketWatcher:
    """Find the objects of the inbox, in batches, until it is stopped."""

    def __init__(self, settings: Settings, url: BucketUrl, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._url = url
        self._ignore = Ignore(settings.ignore)
        self._bucket = opened(url)
        self._pages: Iterator[list[ObjectState]] | None = None  # the rest of the present listing
        self._found: list[EntryState] = []  # of its last page, not returned yet
        self._refused: list[str] = []  # keys that the present listing could not read
        self._warned: set[str] = set()
        self._stopping = threading.Event()
        self._tracker = ListedObjectTracker(clock)

    @property
    def tracker(self) -> SettledFileTracker:
        """The objects that must wait."""
        return self._tracker

    @property
    def stopping(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End ``wait`` at once, and every later one."""
        self._stopping.set()

    def start(self) -> None:
        """Do nothing: a bucket is created by its owner."""

    def require_inbox(self) -> None:
        """Do nothing: the listing raises RetryError if there is no such bucket."""

    def wait(self) -> bool:
        """Wait until the next listing is due; return False once ``stop`` was called."""
        return not self._stopping.wait(self._settings.scan_seconds)

    def has_settled_files(self) -> bool:
        """Return whether the next pages of the present listing, or else of a new one, have objects to accept.

        Raises:
            RetryError: the storage does not answer, or refuses.
        """
        if self._pages is None and not self._found:
            self._refused = []
            self._pages = listed(self._bucket, self._warn_once)
        return self._fill()

    def next_files(self, limit: int) -> list[EntryState]:
        """Return the next objects of the listing, ``limit`` at most; none once it has ended.

        Raises:
            RetryError: the storage does not answer, or refuses.
        """
        self._fill()
        files, self._found = self._found[:limit], self._found[limit:]
        return files

    def _fill(self) -> bool:
        """Read pages until there is an object to accept; return False if there is none in the next of them."""
        for _ in range(_FRUITLESS_PAGES):
            if self._found or self._pages is None:
                break
            progress()
            try:
                page = next(self._pages, None)
            except FileNotFoundError:
                self._pages = None
                raise RetryError(f"There is no bucket {self._url}: create it, or set COPYDESK_INBOX.") from None
            except RetryError:
                self._pages = None
                raise
            if page is None:
                self._pages = None
                self._tracker.end_listing()
            else:
                self._found = [file for file in map(self._entry, page) if file and self._tracker.admits(file)]
        return bool(self._found)

    def _entry(self, found: ObjectState) -> EntryState | None:
        """Return the object as an entry; None for names that are ignored, and for the marker of an empty folder."""
        if not is_file(self._bucket, found, self._ignore):
            return None
        return EntryState(f"{self._url}/{found.key}".encode(), found.size, found.modified_ns, 0, found.tag_number)

    def unchanged(self, files: Sequence[EntryState]) -> list[EntryState]:
        """Return all of them: an object is read in the state that it has then."""
        return list(files)

    def failures(self) -> str:
        """Return a sentence about what can't be read for a while, for `status`; the empty string if all can."""
        places = [*(key.encode() for key in self._refused), *self.tracker.failing]
        if not places:
            return ""
        return (
            f"{len(places):,} objects of the inbox can't be read or removed, the first: {escape_path(places[0])}. "
            "The log of the watcher has the reason."
        )

    def _warn_once(self, key: str) -> None:
        self._refused.append(key)
        if key not in self._warned:
            self._warned.add(key)
            logger.warning(
                "the key of an object can't be read: rename it; up to 1,000 objects before it wait until then",
                key=escape_path(key.encode()),
            )
