"""The limits of the readers, as the settings give them."""

from worker import formats
from worker.settings import Settings


def reader_limits(settings: Settings) -> formats.Limits:
    """Return the readers' limits of the settings."""
    return formats.Limits(
        max_article_bytes=settings.max_article_bytes,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        # a batch takes on files for half of a task's time, so this leaves a quarter for writing
        max_seconds=settings.task_seconds / 4,
        json_fields=settings.json_fields,
    )
