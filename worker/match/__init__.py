"""Compare two articles' features: evidence, a verdict with its reason, and the choice of a canonical article.

Pure functions without SQL, so that the pipeline, `compare`, `why` and `evaluate` give the same answer.
"""

from worker.match.canonical import Member, choose_canonical
from worker.match.compare import compare_alone, compare_pairs, evidence
from worker.match.evidence import NUMBERS, Evidence
from worker.match.key_rarity import KeyNumbers, KeyRarity
from worker.match.reasons import EXACT_REASON, contributions_by_number, reason, reasons
from worker.match.related import Related, related
from worker.match.verdict import Verdict, shares_too_little, verdict, verdicts

__all__ = [
    "EXACT_REASON",
    "NUMBERS",
    "Evidence",
    "KeyNumbers",
    "KeyRarity",
    "Member",
    "Related",
    "Verdict",
    "choose_canonical",
    "compare_alone",
    "compare_pairs",
    "contributions_by_number",
    "evidence",
    "reason",
    "reasons",
    "related",
    "shares_too_little",
    "verdict",
    "verdicts",
]
