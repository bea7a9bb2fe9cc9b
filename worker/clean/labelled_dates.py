"""Move the lines above a text that only date it (`Publié le 6 mai 2031 à 21h14`) to the metadata, in any language.

The whole line must be understood as a date, and have a label or a time; a day alone may be the author's.
"""

import re
from datetime import datetime
from itertools import islice

from worker.clean.metadata import Metadata, StepResult
from worker.dates.labelled import LONGEST, parse_labelled, with_day_first
from worker.dates.unset import set_or_none
from worker.dates.written import parse_written

#: Section, headline, byline, date and what pages print between them.
_MAX_LINES = 8
#: Eight lines as long as a headline and their blank lines.
_HEAD_CHARS = 1600
#: A day and a year have at least this many; East Asian dates and numerals of other scripts are covered by ``\d``.
_MIN_DIGITS = 5
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\d{4}|\d[./-]\d{1,2}[./-]\d\d")
_TIME = re.compile(r"\d{1,2}(?:[:.h時时點点시]\s?\d{2}|\s?[ap]\.?\s?m\b)")
#: Lines below an unlabelled one that are examined for further dates, as of a diary or a ticker.
_MOST_LINES = 200


def take_labelled_dates(text: str, metadata: Metadata) -> StepResult:
    """Remove the lines of dates from the head of the text, and store the moment of publication."""
    if text.find("\n", 0, LONGEST + 1) < 0:  # most texts begin with a paragraph
        return StepResult(text, 0)
    lines = text[:_HEAD_CHARS].split("\n")
    whole = lines if len(text) <= _HEAD_CHARS else lines[:-1]
    dated = {index: moment for index, line in _head(whole) if (moment := _moment(line, text, metadata))}
    if not dated or len(dated) == len([line for line in text.split("\n") if line]):
        return StepResult(text, 0)
    metadata.published_at = metadata.published_at or next(filter(None, map(set_or_none, dated.values())), None)
    kept = [line for index, line in enumerate(lines) if index not in dated]
    return StepResult(("\n".join(kept) + text[_HEAD_CHARS:]).lstrip("\n"), len(dated))


def _head(lines: list[str]) -> list[tuple[int, str]]:
    """Return the first lines with their numbers, up to the first that is too long for a date."""
    head = list[tuple[int, str]]()
    for index, line in islice(((index, line) for index, line in enumerate(lines) if line), _MAX_LINES):
        if len(line) > LONGEST:
            break
        head.append((index, line))
    return head


def _moment(line: str, text: str, metadata: Metadata) -> datetime | None:
    """Return the moment that ``line`` names, if it is nothing but a date with a label, or the only one with a time."""
    if len(_DIGIT.findall(line)) < _MIN_DIGITS:
        return None
    written = line
    if moment := parse_labelled(line):
        return moment
    if "/" in line and metadata.language_of(text) != "en":
        line = with_day_first(line)
    if not (_YEAR.search(line) and _TIME.search(line)) or not (moment := parse_written(line)):
        return None
    lines = (other for other in islice(text.split("\n", _MOST_LINES), _MOST_LINES) if other and other != written)
    short = (other for other in lines if len(other) <= LONGEST and _TIME.search(other))
    return None if any(map(parse_written, short)) else moment
