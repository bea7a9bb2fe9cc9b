"""Source files of any format -> articles.

``read`` is the way in for the pipeline, ``spans`` shares a large file out among workers.
"""

from worker.formats.limits import Limits, Span
from worker.formats.reading import read, spans
from worker.formats.registry import sniff

__all__ = ["Limits", "Span", "read", "sniff", "spans"]
