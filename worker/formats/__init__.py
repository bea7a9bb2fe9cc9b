"""Read articles from source files of any format.

The pipeline calls ``read``; ``spans`` divides a large file among workers.
"""

from worker.formats.limits import Limits, Span
from worker.formats.reading import read, spans
from worker.formats.registry import sniff

__all__ = ["Limits", "Span", "read", "sniff", "spans"]
