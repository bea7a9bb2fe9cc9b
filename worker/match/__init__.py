"""Compare two articles' features: evidence, a verdict with its reason, and the choice of a canonical article.

Pure functions without SQL, so that the pipeline, `compare`, `why` and `evaluate` give the same answer.
"""

from worker.match.canonical import Member, choose_canonical
from worker.match.compare import compare_pairs, evidence
from worker.match.evidence import NUMBERS, Evidence
from worker.match.reasons import contributions_by_number, reason, reasons
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
    "NUMBERS",
    "Evidence",
    "Member",
    "Verdict",
    "choose_canonical",
    "combine_witnesses",
    "compare_pairs",
    "contributions_by_number",
    "evidence",
    "may_merge",
    "may_stay_in_cluster",
    "middle_text_agrees",
    "reason",
    "reasons",
    "verdict",
    "verdicts",
]
