"""A file that can't be read is tried after growing pauses and reported once."""

from itertools import pairwise

from worker.inbox.watcher import SettledFileTracker
from worker.scanner import EntryState


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def state(size: int = 3) -> EntryState:
    """Return the state of an entry."""
    return EntryState(b"a.txt", size, 1, 1, 7)


def test_the_pause_doubles_up_to_ten_minutes() -> None:
    """Each failure of the same file doubles its pause; only the first is to be reported."""
    clock = Clock()
    tracker = SettledFileTracker(1.0, clock)
    tried: list[int] = []
    for second in range(4_000):
        clock.now = float(second)
        for file in tracker.update(iter([state()])):
            assert tracker.postpone(file) == (not tried)
            tried.append(second)
    gaps = [later - earlier for earlier, later in pairwise(tried)]
    assert gaps[:9] == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert set(gaps[9:]) == {600}


def test_a_file_that_changes_counts_as_new() -> None:
    """A file that was written to is tried as soon as it has settled, and reported again."""
    clock = Clock()
    tracker = SettledFileTracker(1.0, clock)
    tracker.update(iter([state()]))
    for clock.now in (1.0, 3.0, 7.0):
        [file] = tracker.update(iter([state()]))
        tracker.postpone(file)
    clock.now = 8.0
    assert tracker.update(iter([state(4)])) == []
    clock.now = 9.0
    [file] = tracker.update(iter([state(4)]))
    assert tracker.postpone(file)
