"""Whether a place in a bucket can be used, tried by writing, listing and deleting an object."""

import os

from worker.bucket.objects import opened
from worker.errors import CopydeskError
from worker.settings.places import BucketUrl


def problem(url: BucketUrl) -> str | None:
    """Return a sentence on why no objects can be written, listed and deleted here, None if they can."""
    key = f".check-{os.getpid()}"  # the watcher ignores names with a dot in front
    try:
        bucket = opened(url)
        bucket.write(key, b"")
        next(bucket.pages(), None)
        bucket.delete([key])
    except FileNotFoundError:
        return f"There is no bucket {url}: create it, or correct the setting."
    except CopydeskError as error:
        return str(error)
    return None
