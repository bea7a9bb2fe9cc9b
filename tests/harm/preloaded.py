"""What the parent of forked children loads once, so that each child need not; it opens no bucket."""

import worker.archive.ahead
import worker.archive.bucket
import worker.inbox.bucket_watcher
import worker.inbox.object_receiver
from tests.harm import test_bucket_crash_points
from tests.loaded import load_tables

__all__ = ["test_bucket_crash_points", "worker"]

load_tables()
