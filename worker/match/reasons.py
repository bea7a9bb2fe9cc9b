"""Explain verdicts in one or two plain sentences, and attribute them to the numbers of the evidence.

A sentence mentions the topics that moved the model most, so that it is true to the decision; the numbers are elsewhere.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from worker.match.clauses import DIFFERENCES, LIKENESSES, Clauses
from worker.match.evidence import COLUMNS, Evidence, Topic
from worker.match.forest import FEATURE_NAMES, contributions
from worker.match.related import in_words, related
from worker.match.verdict import Verdict, is_scrap_pair, shares_too_little

#: A reason fits on two lines of a page.
MOST_CHARACTERS: Final = 240
#: Topics that a reason mentions for the verdict, at most; one more speaks against it.
_MOST_TOPICS: Final = 3
#: A further topic is mentioned if it moved the log-odds by this share of what the first did; one that speaks against
#: the verdict, if it moved them at least by this.
_MIN_SHARE: Final = 0.15
_MIN_STEP: Final = 0.2
_SAME: Final = "Same story: "
_NOT_A_COPY: Final = "Not a copy: "
_SAME_WORDS: Final = "both have the same words in the same order"
#: The reason of exact copies, which are joined without a verdict.
EXACT_REASON: Final = f"{_SAME}{_SAME_WORDS}."
#: By the answer, where no topic has a clause of its own.
_ALL_TOGETHER: Final = {
    True: "no single likeness decides, but all of them together are enough",
    False: "no single difference decides, but on the whole too little is alike",
}

_TOPICS: Final = tuple(Topic)
#: (features, topics): 1 where the feature is about the topic.
_TOPIC_OF: Final = np.array([[column.topic is topic for topic in _TOPICS] for column in COLUMNS.values()], dtype=float)


def reason(of: Verdict) -> str:
    """Return one or two sentences for an editor, of at most `MOST_CHARACTERS`."""
    return reasons([of])[0]


def reasons(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the reason of each verdict; the model is evaluated once, for all of them."""
    plain = [_plain_reason(v) for v in verdicts]
    weighed = [v for v, known in zip(verdicts, plain, strict=True) if known is None]
    moved = iter((contributions([v.evidence for v in weighed]) @ _TOPIC_OF).tolist() if weighed else ())
    answers = iter(_answers(weighed))
    return [
        _weighed(v, next(moved), next(answers)) if known is None else known
        for v, known in zip(verdicts, plain, strict=True)
    ]


def contributions_by_number(e: Evidence) -> dict[str, float]:
    """Return by how much each number of the evidence, by name, moved the log-odds of one story; below 0 against it.

    Empty where the model is not used: the words are the same, or too little is shared.
    """
    moved: dict[str, float] = {}
    if e.exact or shares_too_little(e):
        return moved
    for feature, step in zip(FEATURE_NAMES, contributions([e])[0].tolist(), strict=True):
        number = COLUMNS[feature].number(e)
        moved[number] = moved.get(number, 0.0) + step
    return moved


def _plain_reason(v: Verdict) -> str | None:
    """Return the reason where the model was not used, else None."""
    e = v.evidence
    if e.exact:
        return f"{v.before}{_SAME_WORDS}." if v.before else EXACT_REASON
    if is_scrap_pair(e):
        return (
            f"{_NOT_A_COPY}one text has hardly any words, and so short a text is only taken for a copy of one that "
            "is nearly the same."
        )
    if shares_too_little(e):
        words = "few words" if e.words_in_a or e.grams_in_a else "hardly any words"
        return f"{_NOT_A_COPY}they have {words} in common."
    return None


def _answers(verdicts: Sequence[Verdict]) -> list[str]:
    """Return how each reason begins."""
    links = iter(related([v.evidence for v in verdicts if not _is_likely(v)]))
    return [_SAME if _is_likely(v) else _not_a_copy(v, next(links) is not None) for v in verdicts]


def _is_likely(v: Verdict) -> bool:
    return v.probability >= v.needed


def _weighed(v: Verdict, moved: Sequence[float], answer: str) -> str:
    """Say what spoke for the answer of the model, and in a second sentence what spoke most against it."""
    likely = _is_likely(v)
    way, agree, oppose = (1, LIKENESSES, DIFFERENCES) if likely else (-1, DIFFERENCES, LIKENESSES)
    ranked = sorted(((step * way, topic) for step, topic in zip(moved, _TOPICS, strict=True)), reverse=True)
    reverse = [(-step, topic) for step, topic in reversed(ranked) if -step >= _MIN_STEP]
    clauses = _clauses(v.evidence, ranked, agree) or [_ALL_TOGETHER[likely]]
    against = [] if v.before else _clauses(v.evidence, reverse, oppose)[:1]  # `before` has said it
    answer = v.before or answer
    while True:
        text = f"{answer}{_listed(clauses, ', and ')}." + (f" However, {against[0]}." if against else "")
        if len(text) <= MOST_CHARACTERS or len(clauses) == 1:
            return text
        clauses.pop()


def _not_a_copy(v: Verdict, is_related: bool) -> str:
    return f"Not a copy, but {in_words(v.evidence)}: " if is_related else _NOT_A_COPY


def _clauses(e: Evidence, ranked: Sequence[tuple[float, Topic]], wording: Clauses) -> list[str]:
    """Return the clauses of the topics with the greatest steps, the greatest first; similar clauses are joined."""
    chosen: list[str] = []
    least = 0.0
    for step, topic in ranked:
        if step <= least or len(chosen) == _MOST_TOPICS:
            break
        clause = wording[topic](e) if topic in wording else None
        if clause and clause not in chosen:
            chosen.append(clause)
            least = least or _MIN_SHARE * step
    joined: dict[tuple[str, str], list[str]] = {}
    for clause in chosen:
        start, _, rest = clause.partition("|")
        middle, _, end = rest.partition("|")
        joined.setdefault((start, end), []).append(middle)
    return [f"{start}{_listed(_merged(middles), ' and ')}{end}" for (start, end), middles in joined.items()]


def _merged(parts: list[str]) -> list[str]:
    """Return ``all names`` and ``all figures`` as ``all names and figures``, and other parts as they are."""
    for names in (part for part in parts if part.endswith("names")):
        figures = names.removesuffix("names") + "figures"
        if figures in parts:
            both = f"{names} {'or' if names.startswith('no ') else 'and'} figures"
            return list(dict.fromkeys(both if part in (names, figures) else part for part in parts))
    return parts


def _listed(parts: Sequence[str], last: str) -> str:
    return last.join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
