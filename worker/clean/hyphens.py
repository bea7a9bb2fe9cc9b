"""Words broken over line ends in (`be- fore`, `Xi- Putin`); whole words, or their own hyphens, out.

Evidence in order: the document's other words, word frequencies, the shape. A lone hyphen that is not certain stays as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from worker.clean.facts import Done, Facts
from worker.clean.hyphen_verdict import Action, Evidence, Verdict, judge
from worker.clean.wordlist import word_list

#: Hyphen, Unicode hyphen, soft hyphen, and the sign that digitised archives print for it.
_HYPHENS = "-\u2010\u00ad\u00ac"
_PAGE = r"\n[\n\f]*(?:(?:Page )?\d{1,4}\n)?[\n\f]*"
_BREAK = re.compile(rf"(?<=[\w.])[{_HYPHENS}](?:{_PAGE}| ++)(?=[^\W_])")
_SOFT = re.compile("\u00ad(?![ \n])")
#: 64 characters hold any word; a longer run is no word.
_REACH = 64
_LEFT = re.compile(r"[^\W_]+(?:['’][^\W_]+)?\.?\Z")
_RIGHT = re.compile(r"[^\W_]+")
#: A column of 10 MB has 80,000; more is no text, and is left alone.
MOST_BREAKS = 200_000
#: So many certain breaks make a text a print column, whose other `x- y` are breaks as well.
COLUMN_BREAKS = 2


@dataclass(frozen=True, slots=True)
class Break:
    """One place where a line may have ended inside a word: ``left`` + hyphen + ``gap`` + ``right``."""

    start: int
    end: int
    hyphen: str
    gap: str
    before: str
    left: str
    right: str


def mend_hyphens(text: str, facts: Facts) -> Done:
    """Join broken words; keep the hyphen where it is the author's, without the blank after it."""
    soft = 0
    if "\u00ad" in text:
        text, soft = _SOFT.subn("", text)
    breaks = find_breaks(text) if _may_hold_breaks(text) else []
    if not breaks or len(breaks) > MOST_BREAKS:
        return Done(text, soft)
    parts: list[str] = []
    place = 0
    for found, action in zip(breaks, decide(breaks, text, facts.language_of(text)), strict=True):
        if action is not Action.LEAVE:
            parts += (text[place : found.start], "-" if action is Action.KEEP else "")
            place = found.end
    return Done("".join(parts) + text[place:], soft + len(parts) // 2)


def _may_hold_breaks(text: str) -> bool:
    if "- " in text or "-\n" in text:
        return True
    return not text.isascii() and any(hyphen in text for hyphen in _HYPHENS[1:])


def find_breaks(text: str) -> list[Break]:
    """Return every place of ``text`` where letter, hyphen, blank and letter follow each other."""
    breaks = []
    for match in _BREAK.finditer(text):
        start, end = match.span()
        left = _LEFT.search(text, max(0, start - _REACH), start)
        right = _RIGHT.match(text, end, end + _REACH)
        if left and right:
            before = text[left.start() - 1] if left.start() else " "
            hyphen, gap = match.group()[0], match.group()[1:]
            breaks.append(Break(start, end, hyphen, gap, before, left.group(), right.group()))
    return breaks


def decide(breaks: Sequence[Break], text: str, language: str) -> list[Action]:
    """Return what to do at each of ``breaks``, which were found in ``text``."""
    pairs = [(found.left.lower().rstrip("."), found.right.lower()) for found in breaks]
    asked = [word for left, right in pairs for word in (left + right, left, right)]
    zipfs = word_list(language).zipfs(asked)
    lowered = text.lower()
    verdicts = [
        judge(Evidence(found.left, found.right, found.before, *zipfs[3 * n : 3 * n + 3], lowered, language))
        for n, found in enumerate(breaks)
    ]
    column = sum(certain and action is Action.JOIN for action, certain in verdicts) >= COLUMN_BREAKS
    return [_action(found, verdict, column) for found, verdict in zip(breaks, verdicts, strict=True)]


def _action(found: Break, verdict: Verdict, column: bool) -> Action:
    """Weigh the verdict against how sure it is that a line ended here."""
    if verdict.certain:
        return verdict.action
    lines = found.gap.count("\n")
    if lines > 1 or "\f" in found.gap:
        return Action.LEAVE
    if found.hyphen != "-" and verdict.action is not Action.LEAVE:
        return verdict.action
    return verdict.action if lines or column else Action.LEAVE
