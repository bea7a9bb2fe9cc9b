"""The lines of a page that is known to be one, menus and all, in; the lines of its article out.

A menu's entries and the headlines of other articles end no sentence and stand one after the other. An article's own
lists do so too: only what stands above its first prose and below its last is taken.
"""

import re

#: So many in a row are a menu; an article has a headline, perhaps with a byline and a date.
FEWEST_ENTRIES = 4
#: A paragraph of prose is longer and ends a sentence.
SHORTEST_PROSE = 100
_FIGURE = re.compile(r"\d")
_STOPS = tuple(".!?…。\"'”’»)")
#: Of the lines above the prose the last are kept: the headline, the byline and the date, for the rules to take.
KEPT_ABOVE = 3


def without_entries(lines: list[str]) -> list[str]:
    """Drop lines above the first prose and below the last, where there are several; all stay if there is no prose."""
    prose = [place for place, line in enumerate(lines) if len(line) >= SHORTEST_PROSE and line.endswith(_STOPS)]
    if not prose:
        return lines
    above = [line for line in lines[: prose[0]] if line]
    below = [line for line in lines[prose[-1] + 1 :] if line]
    start = prose[0] if _is_menu(above[:-KEPT_ABOVE]) else 0
    end = prose[-1] + 1 if _is_menu(below) else len(lines)
    return [*(above[-KEPT_ABOVE:] if start else []), *lines[start:end]]


def _is_menu(lines: list[str]) -> bool:
    """Tell whether ``lines`` are several, no sentences, and few of them hold figures, as dates and results do."""
    figures = sum(_FIGURE.search(line) is not None for line in lines)
    sentences = sum(line.endswith(".") for line in lines)
    return len(lines) >= FEWEST_ENTRIES and figures * 3 <= len(lines) and sentences * 10 <= len(lines)
