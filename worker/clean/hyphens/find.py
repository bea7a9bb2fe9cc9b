"""Words broken over line ends in (`be- fore`, `Xi- Putin`); whole words, or their own hyphens, out.

Evidence in order: the document's other words, word frequencies, the shape. What is not certain stays as it is.
"""

import re
from collections.abc import Sequence
from itertools import chain, islice
from typing import NamedTuple

from worker.clean.hyphens.decide import Action, BreakContext, BreakDecision, decide_break, is_plain_syllable
from worker.clean.metadata import MAX_CHANGES, UNKNOWN_LANGUAGE, Metadata, StepResult
from worker.clean.wordlist import WordList, word_list

#: Hyphen, Unicode hyphen, soft hyphen, and the sign that digitised archives print for it.
_HYPHENS = "-\u2010\u00ad\u00ac"
_GAP = r"(?: ++|\n[\n\f]*(?:(?:Page )?\d{1,4}\n)?[\n\f]*)"
#: One pattern a sign: with a literal in front the search costs next to nothing.
_BREAKS = {sign: re.compile(rf"{sign}(?<=[\w.]{sign}){_GAP}(?=[^\W_])") for sign in _HYPHENS}
#: Each break has this, and each soft hyphen.
BREAK_TRIGGER = "[^ \\n-][-\u2010\u00ac][ \\n]|\u00ad"
_SOFT = re.compile("\u00ad(?![ \n])")
#: 64 characters hold any word; a longer run is no word.
_REACH = 64
_LEFT = re.compile(r"(?:[^\W_]\.){2,}\Z|[^\W_]+(?:['’][^\W_]+)?\.?\Z")
_RIGHT = re.compile(r"[^\W\d_]+|\d+")
#: Characters times breaks: looking each up in a longer document would take over a second.
MAX_LOOKUP_WORK = 500_000_000
#: So many certain breaks make a text a print column, whose other `x- y` are breaks as well.
COLUMN_BREAKS = 2
_PLAIN_JOIN = BreakDecision(Action.JOIN, True)


class Break(NamedTuple):
    """One place where a line may have ended inside a word: ``left`` + ``hyphen`` + ``gap`` + ``right``."""

    start: int
    end: int
    hyphen: str
    gap: str
    before: str
    left: str
    right: str


def fix_hyphens(text: str, metadata: Metadata) -> StepResult:
    """Join broken words; keep the hyphen where it is the author's, without the blank after it."""
    soft = 0
    if "\u00ad" in text:
        text, soft = _SOFT.subn("", text)
    breaks = find_breaks(text)
    if not breaks or len(breaks) > MAX_CHANGES:
        return StepResult(text, soft)
    parts: list[str] = []
    place = 0
    for found, action in zip(breaks, decide_breaks(breaks, text, metadata.language_of(text)), strict=True):
        if action is not Action.LEAVE:
            parts += (text[place : found.start], "-" if action is Action.KEEP else "")
            place = found.end
    return StepResult("".join(parts) + text[place:], soft + len(parts) // 2)


def find_breaks(text: str) -> list[Break]:
    """Return where letter, hyphen, blank and letter follow each other, up to one more than ``MOST_CHANGES``."""
    matches_by_hyphen = (_BREAKS[sign].finditer(text) for sign in _HYPHENS if sign in text)
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
    """Return what to do at each of ``breaks``, which were found in ``text``."""
    # A text whose language is not known is mostly English with many names: its frequencies are the best guess.
    words = word_list("en" if language == UNKNOWN_LANGUAGE else language)
    zipfs = _zipfs(breaks, words)
    plain = [
        is_plain_syllable(found.left, found.right, found.before, zipf)
        for found, zipf in zip(breaks, zipfs, strict=True)
    ]
    lowered = text.lower() if 0 < len(text) * plain.count(False) <= MAX_LOOKUP_WORK else ""
    decisions = [
        _PLAIN_JOIN if easy else decide_break(BreakContext(*found[4:], *zipf, lowered, language))
        for found, zipf, easy in zip(breaks, zipfs, plain, strict=True)
    ]
    column = sum(certain and action is Action.JOIN for action, certain in decisions) >= COLUMN_BREAKS
    return [_final_action(found, verdict, column) for found, verdict in zip(breaks, decisions, strict=True)]


def _zipfs(breaks: Sequence[Break], words: WordList) -> list[tuple[float, float, float]]:
    """Return the Zipf values of each break's joined form and of its halves."""
    pairs = [(found.left.lower().rstrip("."), found.right.lower()) for found in breaks]
    zipfs = iter(words.zipfs([word for left, right in pairs for word in (left + right, left, right)]))
    return list(zip(zipfs, zipfs, zipfs, strict=True))


def _final_action(candidate: Break, decision: BreakDecision, column: bool) -> Action:
    """Weigh the verdict against how sure it is that a line ended here."""
    if decision.certain:
        return decision.action
    lines = candidate.gap.count("\n")
    if lines > 1 and not candidate.right[0].islower():
        return Action.LEAVE
    return decision.action if lines or column or candidate.hyphen != "-" else Action.LEAVE
