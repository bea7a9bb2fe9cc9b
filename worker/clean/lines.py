"""Lines broken by a column, a mail program or a PDF in; running paragraphs out.

A line goes on where the next one starts in lower case, or where the whole text is wrapped at one width.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from worker.clean.metadata import Metadata, StepResult, has_too_many_lines

#: A line that ends without a blank line after it, or a page.
LINE_TRIGGER = r"(?:\A|[^\n])\n(?:[^\n]|\z)|\f"
_PAGE_BREAK = re.compile(r"\s*\f\s*")
#: What a paragraph ends with: a stop, maybe closed by quotes, brackets or footnote signs.
_STOPS = tuple(".!?:;…。")
_CLOSERS = "\"'”’»)]*"
#: A line that starts like this is an item of a list, not the rest of a sentence.
_BULLETS = "•·*-–—▪■●►>#|+"


#: Wrapped text is narrower than this (mail 72, PDF columns 40 to 100); a paragraph on one line is wider.
WIDEST_WRAP = 120
NARROWEST_WRAP = 24
#: So many lines must be followed directly by another before their lengths say anything.
MIN_WRAPPED = 4
#: A wrapped line and the next one's first word reach this share of the width; letters of a PDF are not of one width.
FULL = 0.85
SHARE_FULL = 0.7
#: A shorter line before one in lower case is an item of a list (in the real column the shortest has 27).
SHORTEST_BROKEN = 20


def join_lines(text: str, _metadata: Metadata) -> StepResult:
    """Join the lines of one paragraph; set paragraphs apart by a blank line where none is."""
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
    """Return the places of lines that go on the sentence of the line before, where the whole text was wrapped."""
    width = _wrap_width(lines)
    pairs = enumerate(pairwise(lines), 1) if width else ()
    return {
        place
        for place, (last, line) in pairs
        if last and line[:1].islower() and _is_full(last, line, width) and not _ends_sentence(last)
    }


def _wrap_width(lines: Sequence[str]) -> int:
    """Return the width at which the text was wrapped, or 0 if it was not."""
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
    """Tell whether ``line`` belongs to the paragraph whose lines so far are ``first`` to ``last``."""
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
