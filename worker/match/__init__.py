"""Two articles' features go in, evidence, a verdict with its reason and the choice of a canonical article come out.

Pure functions without SQL: whoever has two texts (the pipeline, `compare`, `why`, `evaluate`) gets the same answer.
"""

from worker.match.canonical import Member, choose_canonical
from worker.match.evidence import Evidence, evidence, evidence_of
from worker.match.reasons import reason, reasons, spoken
from worker.match.verdict import Verdict, agreed, bridges, floor, verdict, verdicts, vouches

__all__ = [
    "Evidence",
    "Member",
    "Verdict",
    "agreed",
    "bridges",
    "choose_canonical",
    "evidence",
    "evidence_of",
    "floor",
    "reason",
    "reasons",
    "spoken",
    "verdict",
    "verdicts",
    "vouches",
]
