"""Two articles' features go in, evidence, a verdict with its reason and the choice of a canonical article come out.

Pure functions without SQL: whoever has two texts (the pipeline, `compare`, `why`, `evaluate`) gets the same answer.
"""

from worker.match.canonical import Member, choose_canonical
from worker.match.evidence import Evidence, evidence, evidence_of
from worker.match.reasons import in_words, reason, reasons
from worker.match.verdict import (
    Verdict,
    combine_witnesses,
    may_merge,
    may_stay_in_cluster,
    middle_text_agrees,
    verdict,
    verdicts,
)

__all__ = [
    "Evidence",
    "Member",
    "Verdict",
    "choose_canonical",
    "combine_witnesses",
    "evidence",
    "evidence_of",
    "in_words",
    "may_merge",
    "may_stay_in_cluster",
    "middle_text_agrees",
    "reason",
    "reasons",
    "verdict",
    "verdicts",
]
