"""Text with ragged blanks in; single spaces, no blanks at line ends and at most one blank line out.

Runs inside a line are collapsed first; all is plain replacement, so nothing here can backtrack.
"""

import re2

from worker.clean.facts import Done, Facts

#: Where none of these stands only the ends can be ragged; RE2 sees all at once.
_RAGGED = re2.compile("\\t|  | \\n|\\n |\\n\\n\\n")


def collapse_blanks(text: str, _facts: Facts) -> Done:
    """Collapse runs of spaces and of blank lines; strip lines and the text itself."""
    tidy, count = _inside(text) if _RAGGED.search(text) else (text, 0)
    stripped = tidy.strip(" \n\f")
    return Done(stripped, count + (stripped != tidy))


def _inside(tidy: str) -> tuple[str, int]:
    count = 0
    if "\t" in tidy:
        count = tidy.count("\t")
        tidy = tidy.replace("\t", " ")
    tidy, runs = _closed(tidy, "  ", " ")
    count += runs
    for ragged in (" \n", "\n "):
        if ragged in tidy:
            count += tidy.count(ragged)
            tidy = tidy.replace(ragged, "\n")
    tidy, runs = _closed(tidy, "\n\n\n", "\n\n")
    return tidy, count + runs


def _closed(text: str, wide: str, narrow: str) -> tuple[str, int]:
    """Replace until none is left: each round takes a third of every run away, so that all rounds are linear."""
    count = text.count(wide)
    while wide in text:
        text = text.replace(wide, narrow)
    return text, count
