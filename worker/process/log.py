"""Structured logging: key-value lines for people on a terminal, JSON lines everywhere else, always on stderr.

structlog is imported by the first module that logs: a command that only reads does not pay for it.
"""

import logging
import sys
from functools import cache, cached_property
from typing import TYPE_CHECKING

from worker.settings import Settings

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger
    from structlog.typing import Processor

_CELERY = ("celery.redirected", "celery.worker.strategy", "celery.app.trace")


def configure(settings: Settings) -> None:
    """Set up logging of this process, for our own messages and those of the libraries."""
    plain_text = settings.log_format == "people" or (settings.log_format == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(plain_text=plain_text))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # Celery logs each task twice, and a ping is sent every few seconds
    for library in ("alembic", *_CELERY, "kombu", "trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.WARNING)


def get(name: str) -> "BoundLogger":
    """Return the logger of a module."""
    import structlog

    _pass_to_logging()
    logger: BoundLogger = structlog.get_logger(name)
    return logger


@cache
def _pass_to_logging() -> None:
    """Let structlog pass its messages to the handlers of `logging`, which format them."""
    import structlog

    structlog.configure(
        processors=[*_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _processors() -> "list[Processor]":
    """Return what adds context, level and time to messages, those of libraries too."""
    import structlog

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


class _Formatter(logging.Formatter):
    """Formats messages by structlog."""

    def __init__(self, *, plain_text: bool) -> None:
        super().__init__()
        self._plain_text = plain_text

    def format(self, record: logging.LogRecord) -> str:
        return self._structured.format(record)

    @cached_property
    def _structured(self) -> logging.Formatter:
        import structlog

        renderer: Processor = (
            # the plain form: the pretty one takes seconds and shows local variables, passwords among them
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if self._plain_text
            else structlog.processors.JSONRenderer()
        )
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_processors(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
