"""Read articles from source files of any format.

The pipeline calls ``read``; ``spans`` divides a large file among workers, ``read_spans`` reads several in one pass.
"""

from worker.formats.limits import Limits, Span
from worker.formats.reading import read, read_spans, spans
from worker.formats.registry import sniff

__all__ = ["Limits", "Span", "read", "read_spans", "sniff", "spans"]
