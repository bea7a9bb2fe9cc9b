"""Repair words that were broken at line ends (`be- fore`, `Xi- Putin`); keep the author's hyphens.

The evidence is the shape of the word, other words of the document, and word frequencies. Uncertain breaks are kept.
"""

import re
from collections.abc import Sequence
from itertools import chain, islice
from typing import NamedTuple

from worker.clean.hyphens.conjunctions import conjunctions
from worker.clean.hyphens.decide import Action, BreakContext, BreakDecision, decide_break, is_plain_syllable
from worker.clean.metadata import MAX_CHANGES, UNKNOWN_LANGUAGE, Metadata, StepResult
from worker.clean.wordlist import WordList, word_list

#: Hyphen, Unicode hyphen, soft hyphen, and the not sign, which digitised archives print for it.
_HYPHENS = "-\u2010\u00ad\u00ac"
_GAP = r"(?: ++|\n[\n\f]*(?:(?:Page )?\d{1,4}\n)?[\n\f]*)"
#: One pattern for each hyphen: with a literal in front the search costs almost nothing.
_BREAKS = {hyphen: re.compile(rf"{hyphen}(?<=[\w.]{hyphen}){_GAP}(?=[^\W_])") for hyphen in _HYPHENS}
#: Every break and every soft hyphen matches this.
BREAK_TRIGGER = "[^ \\n-][-\u2010\u00ac][ \\n]|\u00ad"
_SOFT = re.compile("\u00ad(?![ \n])")
#: A hyphen that the author wrote, then the soft hyphen at which the line was broken: `Cross-\u00ad` + `sectional`.
_HARD = re.compile("([-\u2010])\u00ad(?:[ \n]([^\\W\\d_]+))?")
#: No word is longer than 64 characters.
_REACH = 64
_LEFT = re.compile(r"(?:[^\W_]\.){2,}\Z|[^\W_]+(?:['’][^\W_]+)?\.?\Z")
_RIGHT = re.compile(r"[^\W\d_]+|\d+")
#: Characters times breaks: searching a longer document for each break would take over a second.
MAX_LOOKUP_WORK = 500_000_000
#: A text with this many certain breaks is a print column, in which every other `x- y` is a break as well.
COLUMN_BREAKS = 2
#: Words that have a hyphen on both sides inside a compound: `c'est-` + `à-dire`, `vingt-` + `et-un`.
_BETWEEN_HYPHENS = frozenset("à et and und og och".split())
_KEPT_INSIDE = BreakDecision(Action.KEEP_HYPHEN, False)
#: What replaces hyphen and gap; nothing does if they are left.
_REPAIRED = {Action.JOIN: "", Action.KEEP_HYPHEN: "-"}
_PLAIN_JOIN = BreakDecision(Action.JOIN, True)


class Break(NamedTuple):
    """A possible line end inside a word: ``left`` + ``hyphen`` + ``gap`` + ``right``."""

    start: int
    end: int
    hyphen: str
    gap: str
    before: str
    left: str
    right: str


def fix_hyphens(text: str, metadata: Metadata) -> StepResult:
    """Join broken words; keep the author's hyphens, without the blank after them."""
    soft = 0
    if "\u00ad" in text:
        text, hard = _resolve_hard_hyphens(text, metadata)
        text, soft = _SOFT.subn("", text)
        soft += hard
    breaks = find_breaks(text)
    if not breaks or len(breaks) > MAX_CHANGES:
        return StepResult(text, soft)
    language = metadata.language_of(text)
    suspending = conjunctions(language)
    parts: list[str] = []
    position = 0
    for candidate, action in zip(breaks, decide_breaks(breaks, text, language), strict=True):
        repaired = _REPAIRED.get(action)
        if repaired is None and candidate.gap == "\n" and candidate.right in suspending:
            repaired = f"{candidate.hyphen} "  # the line goes on behind a suspended hyphen
        if repaired is not None:
            parts += (text[position : candidate.start], repaired)
            position = candidate.end
    return StepResult("".join(parts) + text[position:], soft + len(parts) // 2)


def _resolve_hard_hyphens(text: str, metadata: Metadata) -> tuple[str, int]:
    """Remove the soft hyphen after a hyphen, with the line end, unless a conjunction follows a suspended hyphen."""
    if "-\u00ad" not in text and "\u2010\u00ad" not in text:
        return text, 0
    suspending = conjunctions(metadata.language_of(text))

    def resolve(match: re.Match[str]) -> str:
        hyphen, word = match.groups()
        blank = " " if word and word.lower() in suspending else ""
        return f"{hyphen}{blank}{word or ''}"

    return _HARD.subn(resolve, text)


def find_breaks(text: str) -> list[Break]:
    """Return the sequences of letter, hyphen, blank and letter, up to ``MAX_CHANGES`` + 1."""
    matches_by_hyphen = (_BREAKS[hyphen].finditer(text) for hyphen in _HYPHENS if hyphen in text)
    matches = islice(chain.from_iterable(matches_by_hyphen), MAX_CHANGES + 1)
    breaks = []
    for match in sorted(matches, key=re.Match.start):
        start, end = match.span()
        token = text[max(0, start - _REACH) : start].rsplit(None, 1)[-1]
        left = None if token.isalpha() else _LEFT.search(token)
        right = _RIGHT.match(text, end, end + _REACH)
        if right and (left or token.isalpha()):
            before = token[left.start() - 1] if left and left.start() else " "
            half = left[0] if left else token
            breaks.append(Break(start, end, text[start], text[start + 1 : end], before, half, right[0]))
    return breaks


def decide_breaks(breaks: Sequence[Break], text: str, language: str) -> list[Action]:
    """Return the action for each of ``breaks`` in ``text``."""
    # A text in an unknown language is mostly English with many names: English frequencies are the best guess.
    words = word_list("en" if language == UNKNOWN_LANGUAGE else language)
    suspending = conjunctions(language)
    zipfs = _zipfs(breaks, words)
    plain = [
        is_plain_syllable(candidate.left, candidate.right, candidate.before, zipf, suspending)
        for candidate, zipf in zip(breaks, zipfs, strict=True)
    ]
    lowered = text.lower() if 0 < len(text) * plain.count(False) <= MAX_LOOKUP_WORK else ""
    decisions = [
        _KEPT_INSIDE
        if _is_between_hyphens(candidate, text)
        else _PLAIN_JOIN
        if is_plain
        else decide_break(BreakContext(*candidate[4:], *zipf, lowered, language))
        for candidate, zipf, is_plain in zip(breaks, zipfs, plain, strict=True)
    ]
    column = sum(certain and action is Action.JOIN for action, certain in decisions) >= COLUMN_BREAKS
    return [_final_action(candidate, decision, column) for candidate, decision in zip(breaks, decisions, strict=True)]


def _is_between_hyphens(candidate: Break, text: str) -> bool:
    return candidate.right in _BETWEEN_HYPHENS and text.startswith("-", candidate.end + len(candidate.right))


def _zipfs(breaks: Sequence[Break], words: WordList) -> list[tuple[float, float, float]]:
    """Return the Zipf values of each break's joined form and of its halves."""
    pairs = [(candidate.left.lower().rstrip("."), candidate.right.lower()) for candidate in breaks]
    zipfs = iter(words.zipfs([word for left, right in pairs for word in (left + right, left, right)]))
    return list(zip(zipfs, zipfs, zipfs, strict=True))


def _final_action(candidate: Break, decision: BreakDecision, column: bool) -> Action:
    """Return the decided action, or LEAVE if it is not certain enough that a line ended here."""
    if decision.certain:
        return decision.action
    lines = candidate.gap.count("\n")
    if lines > 1 and not candidate.right[0].islower():
        return Action.LEAVE_AS_IS
    return decision.action if lines or column or candidate.hyphen != "-" else Action.LEAVE_AS_IS
