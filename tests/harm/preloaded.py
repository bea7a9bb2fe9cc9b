"""What the parent of forked children loads once, so that each child need not; it opens no bucket."""

import worker.archive.ahead
import worker.archive.bucket
import worker.inbox.bucket_watcher
import worker.inbox.object_receiver
from tests.dispatches import copy_of
from tests.harm import test_bucket_crash_points
from worker.language.detect import detect

__all__ = ["test_bucket_crash_points", "worker"]

detect(copy_of(0, 0, 60))
