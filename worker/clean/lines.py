"""Join lines that a print column, a mail program or a PDF wrapped into paragraphs.

A line continues on the next one if that starts in lower case, or if the whole text is wrapped at one width. Lengths
are columns of a terminal. Chinese and Japanese lines are joined without a blank.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from worker.clean.hyphens.find import BREAK_TRIGGER
from worker.clean.metadata import Metadata, StepResult, has_too_many_lines
from worker.language.sentences import ends_sentence
from worker.language.width import display_width, has_wide, is_unspaced

#: A line that ends without a blank line after it, or a page.
LINE_TRIGGER = r"(?:\A|[^\n])\n(?:[^\n]|\z)|\f"
_PAGE_BREAK = re.compile(r"\s*\f\s*")
#: A line that starts with one of these is an item of a list, not the rest of a sentence.
_BULLETS = "•·*-–—▪■●►>#|+"
_DASHES = "–—"


#: Hyphen, Unicode hyphen, soft hyphen and not sign, as in the step that repairs broken words.
_HYPHENS = ("-", "\u2010", "\u00ad", "\u00ac")
#: A dash at the end of a line, as in `VARNBY (AP) --`, is no broken word.
_BREAK = re.compile(BREAK_TRIGGER)
#: Wrapped text is narrower than this (mail 72, PDF columns 40 to 100); a paragraph on one line is wider.
WIDEST_WRAP = 120
NARROWEST_WRAP = 24
#: The number of lines directly followed by another from which line lengths are significant.
MIN_WRAPPED = 4
#: In Chinese and Japanese every line but the last is full, so that two line ends tell; both have the same width but for
#: a stop or bracket that may not begin a line.
MIN_WRAPPED_UNSPACED, UNSPACED_SLACK = 2, 4
#: A full line and the next one's first word reach this share of the width (letters in a PDF differ in width).
FULL = 0.85
SHARE_FULL = 0.7
#: A shorter line before one in lower case is an item of a list (in the real column the shortest line has 27).
SHORTEST_BROKEN = 20


def join_lines(text: str, _metadata: Metadata) -> StepResult:
    """Join the lines of each paragraph; separate paragraphs by a blank line if the text has none."""
    if ("\n" not in text and "\f" not in text) or has_too_many_lines(text):
        return StepResult(text, 0)
    pages = 0
    if "\f" in text:
        text, pages = _PAGE_BREAK.subn("\n\n", text)
    lines = text.split("\n")
    width = _wrap_width(lines)
    paragraphs = [lines[:1]]
    for last, line in pairwise(lines):
        if last and line and _continues(last, line, paragraphs[-1][0], width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    count = len(lines) - len(paragraphs)
    join = _join_wide if count and has_wide(text) else " ".join
    running = "\n".join(map(join, paragraphs)) if count else text
    if "\n" in running and "\n\n" not in running:
        running = running.replace("\n", "\n\n")
        count += 1
    return StepResult(running, count + pages)


def join_columns(text: str, _metadata: Metadata) -> StepResult:
    """Join the lines of a wrapped text except at broken words, because joining those hides the width of the column."""
    if "\n" not in text or "\f" in text or has_too_many_lines(text) or not _BREAK.search(text):
        return StepResult(text, 0)
    lines = text.split("\n")
    if not any(line.endswith(_HYPHENS) for line in lines) or not (width := _wrap_width(lines)):
        return StepResult(text, 0)
    paragraphs = [lines[:1]]
    for last, line in pairwise(lines):
        is_page_number = last.isdigit() or line.isdigit()
        is_joined = last and line and not is_page_number and not last.endswith(_HYPHENS)
        if is_joined and _continues(last, line, paragraphs[-1][0], width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return StepResult("\n".join(map(" ".join, paragraphs)), len(lines) - len(paragraphs))


def _join_wide(lines: Sequence[str]) -> str:
    """Return the lines joined by blanks, but not where a Chinese or Japanese character is at either end."""
    joined = [lines[0]]
    for last, line in pairwise(lines):
        if not (is_unspaced(last[-1]) or is_unspaced(line[0])):
            joined.append(" ")
        joined.append(line)
    return "".join(joined)


def continuation_lines(lines: Sequence[str]) -> set[int]:
    """Return the indexes of lines that continue the previous line's sentence, if the whole text was wrapped."""
    width = _wrap_width(lines)
    pairs = enumerate(pairwise(lines), 1) if width else ()
    return {
        index
        for index, (last, line) in pairs
        if last
        and (line[:1].islower() or is_unspaced(line[:1]))
        and _is_full(last, line, width)
        and not ends_sentence(last)
    }


def _wrap_width(lines: Sequence[str]) -> int:
    """Return the width at which the text was wrapped, or 0 if it was not wrapped."""
    pairs = [(line, following) for line, following in pairwise(lines) if line and following]
    if len(pairs) < MIN_WRAPPED:
        return _unspaced_width(pairs)
    width = sorted([display_width(line) for line, _ in pairs])[len(pairs) * 95 // 100]
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return 0
    full = sum([_is_full(line, following, width) for line, following in pairs])
    if full < SHARE_FULL * len(pairs):
        return 0
    open_ended = sum([not ends_sentence(line) for line, _ in pairs])
    return width if open_ended >= len(pairs) // 2 else 0


def _unspaced_width(pairs: Sequence[tuple[str, str]]) -> int:
    """Return the width of a few wrapped lines of Chinese or Japanese, or 0."""
    if len(pairs) < MIN_WRAPPED_UNSPACED or not all(_is_wide(line) for line, _ in pairs):
        return 0
    widths = [display_width(line) for line, _ in pairs]
    is_even = max(widths) - min(widths) <= UNSPACED_SLACK and NARROWEST_WRAP <= max(widths) <= WIDEST_WRAP
    return max(widths) if is_even and not any(ends_sentence(line) for line, _ in pairs) else 0


def _is_wide(line: str) -> bool:
    return is_unspaced(line[0]) + is_unspaced(line[-1]) > 0 and 2 * display_width(line) > 3 * len(line)


def _continues(last: str, line: str, first: str, width: int) -> bool:
    """Return whether ``line`` belongs to the paragraph whose lines so far are ``first`` to ``last``."""
    if line[0] in _BULLETS and not (width and _is_dash_in_sentence(last, line)):
        return False
    if width and _is_full(last, line, width):
        return True
    if not line[0].islower() or ends_sentence(last):
        return False
    return bool(width) or (len(last) >= SHORTEST_BROKEN and not first[0].islower())


def _is_dash_in_sentence(last: str, line: str) -> bool:
    """Return whether a dash goes on with a sentence, as after speech in Slavic languages: `«…?»` + `— сказал он`."""
    return line[0] in _DASHES and line[1:3].strip().islower() and last[-1] not in ";:"


def _is_full(line: str, following: str, width: int) -> bool:
    room = FULL * width - display_width(line) - 1
    return room < 0 or display_width(following[:WIDEST_WRAP].partition(" ")[0]) > room
