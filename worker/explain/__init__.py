"""Explain decisions to an editor: differences, shared passages, evidence and cleaning; pure, except for `why`."""

from worker.explain.cleaning import CleaningNote, cleaning_notes
from worker.explain.differences import DiffRun, differences, shortened, side_by_side
from worker.explain.evidence import RELATIONS, Finding, chance, findings, strongest
from worker.explain.passages import Passage, passages

__all__ = [
    "RELATIONS",
    "CleaningNote",
    "DiffRun",
    "Finding",
    "Passage",
    "chance",
    "cleaning_notes",
    "differences",
    "findings",
    "passages",
    "shortened",
    "side_by_side",
    "strongest",
]
