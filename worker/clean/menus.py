"""Remove the menus of a page from above and below its article.

Menu entries and headlines of other articles do not end a sentence and are consecutive. So are the items of an
article's lists: only lines above the first paragraph of prose and below the last are removed.
"""

import re
from itertools import accumulate

from worker.clean.dateline import DATELINE_CHARS, find_dateline
from worker.clean.metadata import Metadata, StepResult
from worker.clean.sentences import ends_sentence
from worker.clean.width import display_width

#: This many consecutive entries are a menu; an article has a headline, perhaps with a byline and a date.
MIN_ENTRIES = 4
#: A paragraph of prose is longer and ends a sentence.
SHORTEST_PROSE = 100
_FIGURE = re.compile(r"\d")
_QUOTES = "\"'”’“»«)"
#: Menu entries and teasers also end with these, in Markdown too.
_CALLS = ("…", "...", "!", "?", "]", "*", "#")
#: The last lines above the prose are kept: headline, byline and date, which the debris rules handle.
KEPT_ABOVE = 3
#: The excess of capitalised words over others, counted from an end of the text, that makes a menu: no headline or list
#: of names has as many.
MIN_LEAD = 25
#: Characters at an end that are examined first, and the minimum share of capitals there (prose has .03).
SAMPLE_CHARS, MIN_CAPITALS = 200, 0.08
#: Shorter lines are left to other rules; then the length of the longest menu that is searched for, of those seen.
SHORTEST_LINE, LONGEST_MENU = 600, 8000
#: If less than this is left, what was cut was not a menu.
SHORTEST_LEFT = 300
#: Teams, dates and results are the author's lists: they contain figures and commas, which menus hardly do.
_LIST_MARK = re.compile(r"\d+|[,;:(]")
_WORD = re.compile(r"[^\W\d_]+")
#: The text's dateline may begin this many characters before the first lower-case word: "CITY -- The National Agency".
OPENING_CHARS = 80


def drop_menu_lines(lines: list[str]) -> list[str]:
    """Drop menus above the first paragraph of prose and below the last; keep all lines if there is no prose."""
    prose = [index for index, line in enumerate(lines) if _is_prose_line(line)]
    if not prose:
        return lines
    above = [line for line in lines[: prose[0]] if line]
    below = [line for line in lines[prose[-1] + 1 :] if line]
    start = prose[0] if _is_menu(above[:-KEPT_ABOVE]) else 0
    end = prose[-1] + 1 if _is_menu(below) else len(lines)
    return [*above[-KEPT_ABOVE:], "", *lines[start:end]] if start else lines[:end]


def _is_prose_line(line: str) -> bool:
    # A quotation or a bracket at the end is prose even without a stop: no menu entry is as long.
    return display_width(line) >= SHORTEST_PROSE and (ends_sentence(line) or line[-1] in _QUOTES)


def _is_menu(lines: list[str]) -> bool:
    """Return whether ``lines`` are several, few of them sentences and few with figures, as in dates and results."""
    figures = sum(_FIGURE.search(line) is not None for line in lines)
    sentences = sum(ends_sentence(line) and not line.endswith(_CALLS) for line in lines)
    return len(lines) >= MIN_ENTRIES and figures * 3 <= len(lines) and sentences * 10 <= len(lines)


def drop_run_on_menus(text: str, _metadata: Metadata) -> StepResult:
    """Remove a menu on the same line as the text from its start and its end."""
    start, end = _menu_length(text[:LONGEST_MENU]), 0
    if len(text) - start >= SHORTEST_LEFT:
        end = _menu_length(text[max(start, len(text) - LONGEST_MENU) :], backwards=True)
    if not start and not end:
        return StepResult(text, 0)
    left = text[start : len(text) - end]
    return StepResult(left, bool(start) + bool(end)) if len(left) >= SHORTEST_LEFT else StepResult(text, 0)


def _menu_length(text: str, *, backwards: bool = False) -> int:
    """Return the length of the menu at the start of ``text``, or at its end; 0 if there is none."""
    line = text.rpartition("\n")[2] if backwards else text.partition("\n")[0]
    sample = line[-SAMPLE_CHARS:] if backwards else line[:SAMPLE_CHARS]
    if len(line) < SHORTEST_LINE or sum(map(str.isupper, sample)) < SAMPLE_CHARS * MIN_CAPITALS:
        return 0
    step = -1 if backwards else 1
    totals = list(accumulate(1 if word[0].isupper() else -1 for word in _WORD.findall(line)[::step]))
    best = max(totals, default=0)
    if best < MIN_LEAD:
        return 0
    # The last capitalised word of a menu before the text is the first word of the text.
    start = [word.start() for word in _WORD.finditer(line)][::step][totals.index(best)]
    length = len(line) - start if backwards else _text_start(line, start)
    menu = line[-length:] if backwards else line[:length]
    return length if len(_LIST_MARK.findall(menu)) * 8 <= len(_WORD.findall(menu)) else 0


def _text_start(line: str, length: int) -> int:
    """Return the start of the text: its dateline if there is one shortly before ``length``, else ``length``."""
    starts = (word.start() for word in _WORD.finditer(line, max(0, length - OPENING_CHARS), length))
    return next((start for start in starts if find_dateline(line[start : start + DATELINE_CHARS])), length)
