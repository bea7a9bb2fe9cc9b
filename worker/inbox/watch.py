"""What the feeder needs of an inbox, and the choice of the watcher that finds its files."""

from collections.abc import Sequence
from typing import Protocol

from worker.inbox.watcher import InboxWatcher, SettledFileTracker
from worker.scanner import EntryState
from worker.settings import Settings
from worker.settings.places import BucketUrl


class InboxWatch(Protocol):
    """Find files that can be accepted, in batches, until it is stopped."""

    @property
    def tracker(self) -> SettledFileTracker:
        """The files that must wait, and how many others do."""

    @property
    def stopping(self) -> bool:
        """Whether ``stop`` was called."""

    def start(self) -> None:
        """Prepare the inbox."""

    def require_inbox(self) -> None:
        """Raise RetryError if the inbox is gone."""

    def wait(self) -> bool:
        """Wait until it is time to look; return False once ``stop`` was called."""

    def stop(self) -> None:
        """End ``wait`` at once, and every later one."""

    def has_settled_files(self) -> bool:
        """Return whether there are files to accept."""

    def next_files(self, limit: int) -> list[EntryState]:
        """Return the next of them, ``limit`` at most."""

    def unchanged(self, files: Sequence[EntryState]) -> list[EntryState]:
        """Return those that have not changed since they were found."""

    def failures(self) -> str:
        """Return a sentence about what can't be read for a while; the empty string if all can."""


def inbox_watch(settings: Settings) -> InboxWatch:
    """Return the watcher of the inbox that the settings name."""
    if not isinstance(settings.inbox, BucketUrl):
        return InboxWatcher(settings)
    from worker.inbox.bucket_watcher import BucketWatcher  # its library is optional

    return BucketWatcher(settings, settings.inbox)
