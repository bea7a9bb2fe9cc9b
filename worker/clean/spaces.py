"""Text with ragged blanks in; single spaces, no blanks at line ends and at most one blank line out.

Runs inside a line are collapsed first, so that the rest is plain replacement: nothing here can backtrack.
"""

import re

from worker.clean.facts import Done, Facts

_RUN = re.compile("  +")
_BLANK_LINES = re.compile(r"\n{3,}")


def collapse_blanks(text: str, _facts: Facts) -> Done:
    """Collapse runs of spaces and of blank lines; strip lines and the text itself."""
    tidy, count = text, 0
    if "\t" in tidy:
        count = tidy.count("\t")
        tidy = tidy.replace("\t", " ")
    if "  " in tidy:
        tidy, runs = _RUN.subn(" ", tidy)
        count += runs
    for ragged in (" \n", "\n "):
        if ragged in tidy:
            count += tidy.count(ragged)
            tidy = tidy.replace(ragged, "\n")
    if "\n\n\n" in tidy:
        tidy, runs = _BLANK_LINES.subn("\n\n", tidy)
        count += runs
    stripped = tidy.strip(" \n\f")
    return Done(stripped, count + (stripped != tidy))
