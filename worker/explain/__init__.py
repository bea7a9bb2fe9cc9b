"""Numbers and pairs of texts go in, what an editor can read comes out: differences, shared passages, evidence in words.

Pure functions for the command line and the pages alike.
"""

from worker.explain.cleaning import CleaningNote, cleaning_notes
from worker.explain.differences import DiffRun, differences, shortened
from worker.explain.evidence import RELATIONS, Finding, findings
from worker.explain.passages import Passage, passages

__all__ = [
    "RELATIONS",
    "CleaningNote",
    "DiffRun",
    "Finding",
    "Passage",
    "cleaning_notes",
    "differences",
    "findings",
    "passages",
    "shortened",
]
