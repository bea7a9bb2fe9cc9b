"""Join lines that a print column, a mail program or a PDF wrapped into paragraphs.

A line continues on the next one if that starts in lower case, or if the whole text is wrapped at one width.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from worker.clean.metadata import Metadata, StepResult, has_too_many_lines

#: A line that ends without a blank line after it, or a page.
LINE_TRIGGER = r"(?:\A|[^\n])\n(?:[^\n]|\z)|\f"
_PAGE_BREAK = re.compile(r"\s*\f\s*")
#: The end of a paragraph: a stop, optionally followed by closing quotes, brackets or footnote marks.
_STOPS = tuple(".!?:;…。")
_CLOSERS = "\"'”’»)]*"
#: A line that starts with one of these is an item of a list, not the rest of a sentence.
_BULLETS = "•·*-–—▪■●►>#|+"


#: Wrapped text is narrower than this (mail 72, PDF columns 40 to 100); a paragraph on one line is wider.
WIDEST_WRAP = 120
NARROWEST_WRAP = 24
#: The number of lines directly followed by another from which line lengths are significant.
MIN_WRAPPED = 4
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
    running = "\n".join(" ".join(paragraph) for paragraph in paragraphs) if count else text
    if "\n" in running and "\n\n" not in running:
        running = running.replace("\n", "\n\n")
        count += 1
    return StepResult(running, count + pages)


def continuation_lines(lines: Sequence[str]) -> set[int]:
    """Return the indexes of lines that continue the previous line's sentence, if the whole text was wrapped."""
    width = _wrap_width(lines)
    pairs = enumerate(pairwise(lines), 1) if width else ()
    return {
        index
        for index, (last, line) in pairs
        if last and line[:1].islower() and _is_full(last, line, width) and not _ends_sentence(last)
    }


def _wrap_width(lines: Sequence[str]) -> int:
    """Return the width at which the text was wrapped, or 0 if it was not wrapped."""
    pairs = [(line, following) for line, following in pairwise(lines) if line and following]
    if len(pairs) < MIN_WRAPPED:
        return 0
    width = sorted([len(line) for line, _ in pairs])[len(pairs) * 95 // 100]
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return 0
    full = sum([_is_full(line, following, width) for line, following in pairs])
    if full < SHARE_FULL * len(pairs):
        return 0
    open_ended = sum([not _ends_sentence(line) for line, _ in pairs])
    return width if open_ended >= len(pairs) // 2 else 0


def _continues(last: str, line: str, first: str, width: int) -> bool:
    """Return whether ``line`` belongs to the paragraph whose lines so far are ``first`` to ``last``."""
    if line[0] in _BULLETS:
        return False
    if width and _is_full(last, line, width):
        return True
    if not line[0].islower() or _ends_sentence(last):
        return False
    return bool(width) or (len(last) >= SHORTEST_BROKEN and not first[0].islower())


def _is_full(line: str, following: str, width: int) -> bool:
    room = FULL * width - len(line) - 1
    return room < 0 or len(following[:WIDEST_WRAP].partition(" ")[0]) > room


def _ends_sentence(line: str) -> bool:
    return not line[-1:].isalnum() and line[-3:].rstrip(_CLOSERS)[-1:] in _STOPS
