"""Cut ledger ids into Celery messages of bounded files and bytes, and send them."""

from collections.abc import Iterable, Sequence

from worker.queue.messages import send
from worker.settings import Settings


def enqueue(settings: Settings, files: Sequence[tuple[int, int]], *, separately: Iterable[int] = ()) -> bool:
    """Send (ledger id, size) pairs in batches, and each of ``separately`` in its own message.

    False when Redis could not be reached: the sweeper will send them.
    """
    batches = cut_batches(files, settings.batch_files, settings.batch_bytes)
    return send(settings, [*batches, *([file] for file in separately)])


def cut_batches(files: Sequence[tuple[int, int]], max_files: int, max_bytes: int) -> list[list[int]]:
    """Cut (ledger id, size) pairs into batches of ids; a file over ``max_bytes`` gets a batch for itself."""
    batches: list[list[int]] = []
    total = 0
    for file, size in files:
        if not batches or len(batches[-1]) == max_files or total + size > max_bytes:
            batches.append([])
            total = 0
        batches[-1].append(file)
        total += size
    return batches
