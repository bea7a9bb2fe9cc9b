"""Move a line below the headline that holds nothing but a date, or a place and a date, to the metadata.

Companies, offices and exchanges print it between the headline and the first sentence of a release. A line with a time
or a weekday is debris wherever it is (``config/debris.toml``); a date alone may also be the author's, above one of
several entries, so that it is taken only here, and only if it is the only one.
"""

import re
from datetime import datetime, timedelta
from itertools import islice

from worker.clean.metadata import Metadata, StepResult
from worker.dates.unset import set_or_none
from worker.dates.written import parse_written
from worker.language.width import display_width

#: The longest date of all languages with its weekday, behind a place of three words.
_LONGEST = 60
#: A year, in the digits of any script; a day without one may be that of an event.
_YEAR = re.compile(r"\d{4}")
#: `Frankfurt am Main, 8. April 2031`, `New York – April 8, 2031`.
_PLACE = re.compile(r"[^\W\d_a-z][^\W\d_.'’]*(?:[ -][^\W\d_.'’]+){0,3}(?:,| [–—-]) (?=[^\n]*\d{4})")
#: Lines below it that are examined for further dates, as of a diary or of a list of meetings.
_MOST_LINES = 200
#: The date that the file gives may be that of another time zone.
_ONE_DAY = timedelta(days=1, hours=14)


def take_date_line(text: str, metadata: Metadata) -> StepResult:
    """Remove the date between headline and text, and store it; one that differs from the file's own stays."""
    line, _, rest = text[: 2 * _LONGEST].partition("\n")
    if not metadata.title or not rest.strip() or not (found := read_date_line(line)):
        return StepResult(text, 0)
    moment, dateline = found
    known = metadata.published_at
    lines = islice(text.split("\n", _MOST_LINES), 1, _MOST_LINES)
    if (known and abs(known - moment) > _ONE_DAY) or any(map(read_date_line, lines)):
        return StepResult(text, 0)
    metadata.published_at = known or moment
    metadata.dateline = metadata.dateline or dateline
    return StepResult(text[len(line) :].lstrip("\n"), 1)


def read_date_line(line: str) -> tuple[datetime, str | None] | None:
    """Return the day of a line of a date, and the line itself if it also has a place; None if it is no such line."""
    if not _YEAR.search(line) or display_width(line) > _LONGEST:
        return None
    place = _PLACE.match(line)
    for start in (0, place.end()) if place else (0,):
        moment = parse_written(line[start:])
        if moment and (moment := set_or_none(moment)):
            return moment, line if start else None
    return None
