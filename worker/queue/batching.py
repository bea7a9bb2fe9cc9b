"""Cut ledger ids into Celery messages of bounded files and bytes."""

from collections.abc import Sequence


def batches(files: Sequence[tuple[int, int]], most_files: int, most_bytes: int) -> list[list[int]]:
    """Cut (file id, size) into runs of ids: at most so many files, and so many bytes unless one alone has more."""
    cut: list[list[int]] = []
    total = 0
    for number, size in files:
        if not cut or len(cut[-1]) == most_files or total + size > most_bytes:
            cut.append([])
            total = 0
        cut[-1].append(number)
        total += size
    return cut
