"""The lines of a page that is known to be one, menus and all, in; the lines of its article out.

A menu's entries and the headlines of other articles end no sentence and stand one after the other. An article's own
lists do so too: only what stands above its first prose and below its last is taken.
"""

import re
from itertools import accumulate

from worker.clean.dateline import DATELINE_CHARS, find_dateline
from worker.clean.metadata import Metadata, StepResult

#: So many in a row are a menu; an article has a headline, perhaps with a byline and a date.
MIN_ENTRIES = 4
#: A paragraph of prose is longer and ends a sentence.
SHORTEST_PROSE = 100
_FIGURE = re.compile(r"\d")
_STOPS = tuple(".!?…。\"'”’»)")
#: Of the lines above the prose the last are kept: the headline, the byline and the date, for the rules to take.
KEPT_ABOVE = 3
#: Words with a capital more than others, one after the other from an end of the text: no headline or list of names
#: has as many.
MIN_LEAD = 25
#: Characters of an end that are looked at first, and the share of capitals that a menu has there (prose has .03).
SAMPLE_CHARS, MIN_CAPITALS = 200, 0.08
#: A line this short is a line of its own, for other rules; a longer menu than this was not seen.
SHORTEST_LINE, LONGEST_MENU = 600, 8000
#: What would leave less than this was no menu before an article.
SHORTEST_LEFT = 300
#: Teams, dates and results are lists of an author's: they have figures and commas, which a menu has hardly any of.
_LIST_MARK = re.compile(r"\d+|[,;:(]")
_WORD = re.compile(r"[^\W\d_]+")
#: Characters before the first small letters in which the text's own dateline may begin: "CITY -- The National Agency".
OPENING_CHARS = 80


def drop_menu_lines(lines: list[str]) -> list[str]:
    """Drop lines above the first prose and below the last, where there are several; all stay if there is no prose."""
    prose = [place for place, line in enumerate(lines) if len(line) >= SHORTEST_PROSE and line.endswith(_STOPS)]
    if not prose:
        return lines
    above = [line for line in lines[: prose[0]] if line]
    below = [line for line in lines[prose[-1] + 1 :] if line]
    start = prose[0] if _is_menu(above[:-KEPT_ABOVE]) else 0
    end = prose[-1] + 1 if _is_menu(below) else len(lines)
    return [*above[-KEPT_ABOVE:], "", *lines[start:end]] if start else lines[:end]


def _is_menu(lines: list[str]) -> bool:
    """Tell whether ``lines`` are several, no sentences, and few of them hold figures, as dates and results do."""
    figures = sum(_FIGURE.search(line) is not None for line in lines)
    sentences = sum(line.endswith(".") for line in lines)
    return len(lines) >= MIN_ENTRIES and figures * 3 <= len(lines) and sentences * 10 <= len(lines)


def drop_run_on_menus(text: str, _metadata: Metadata) -> StepResult:
    """Cut a menu that runs into the text, all on one line, off its head and its tail."""
    start, end = _menu_length(text[:LONGEST_MENU]), 0
    if len(text) - start >= SHORTEST_LEFT:
        end = _menu_length(text[max(start, len(text) - LONGEST_MENU) :], backwards=True)
    if not start and not end:
        return StepResult(text, 0)
    left = text[start : len(text) - end]
    return StepResult(left, bool(start) + bool(end)) if len(left) >= SHORTEST_LEFT else StepResult(text, 0)


def _menu_length(text: str, *, backwards: bool = False) -> int:
    """Return how many characters of ``text`` are a menu at its start, or at its end."""
    line = text.rpartition("\n")[2] if backwards else text.partition("\n")[0]
    sample = line[-SAMPLE_CHARS:] if backwards else line[:SAMPLE_CHARS]
    if len(line) < SHORTEST_LINE or sum(map(str.isupper, sample)) < SAMPLE_CHARS * MIN_CAPITALS:
        return 0
    step = -1 if backwards else 1
    totals = list(accumulate(1 if word[0].isupper() else -1 for word in _WORD.findall(line)[::step]))
    best = max(totals, default=0)
    if best < MIN_LEAD:
        return 0
    # Before the text the last word with a capital is the text's own first.
    start = [word.start() for word in _WORD.finditer(line)][::step][totals.index(best)]
    length = len(line) - start if backwards else _text_start(line, start)
    menu = line[-length:] if backwards else line[:length]
    return length if len(_LIST_MARK.findall(menu)) * 8 <= len(_WORD.findall(menu)) else 0


def _text_start(line: str, length: int) -> int:
    """Return where the text begins whose first small letters come after ``length`` characters: at its dateline."""
    starts = (word.start() for word in _WORD.finditer(line, max(0, length - OPENING_CHARS), length))
    return next((start for start in starts if find_dateline(line[start : start + DATELINE_CHARS])), length)
