"""Collapse blanks: single spaces, no blanks at line ends, at most one blank line.

Runs within a line are collapsed first. Only plain replacement is used, which cannot backtrack.
"""

from worker.clean.metadata import Metadata, StepResult, Trigger
from worker.clean.triggers import triggers_in


def collapse_blanks(text: str, _metadata: Metadata) -> StepResult:
    """Collapse runs of spaces and of blank lines; strip lines and the text itself."""
    tidy, count = _collapse(text)
    stripped = tidy.strip(" \n\f")
    return StepResult(stripped, count + (stripped != tidy))


def _collapse(tidy: str) -> tuple[str, int]:
    triggers = triggers_in(tidy)  # each search for two characters takes Python as long as RE2 takes for all triggers
    count = 0
    if "\t" in tidy:
        count = tidy.count("\t")
        tidy = tidy.replace("\t", " ")
    if Trigger.RUN in triggers:
        tidy, runs = _replace_all(tidy, "  ", " ")
        count += runs
    for ragged in (" \n", "\n ") if Trigger.EDGE in triggers else ():
        count += tidy.count(ragged)
        tidy = tidy.replace(ragged, "\n")
    if Trigger.GAP in triggers or Trigger.EDGE in triggers:
        tidy, runs = _replace_all(tidy, "\n\n\n", "\n\n")
        count += runs
    return tidy, count


def _replace_all(text: str, wide: str, narrow: str) -> tuple[str, int]:
    """Replace until none is left; each round removes a third of every run, so that all rounds together are linear."""
    count = text.count(wide)
    while wide in text:
        text = text.replace(wide, narrow)
    return text, count
