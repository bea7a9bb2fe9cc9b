"""Move a dateline (`CITY, date (AGENCY) --`) from the start of the text to the metadata.

Only the first characters are examined, and the form must be certain: capitals and a dash, a known agency
(``agency_forms.py``), or a place and a day (``dated_place.py``).
"""

import re

from worker.clean.agencies import is_sign
from worker.clean.agency_forms import Dateline, find_agency_dateline
from worker.clean.dated_place import find_dated_place
from worker.clean.dates import parse_date
from worker.clean.metadata import MAX_LAYERS, Metadata, StepResult

#: The longest dateline seen on 579 real pages had 74 characters.
DATELINE_CHARS = 160

#: Words that papers print in capitals before a dash and that are not places.
_NOT_PLACES_LINE = (
    "BREAKING UPDATE UPDATED VIDEO VIDEOS WATCH LIVE EXCLUSIVE OPINION ANALYSIS PHOTOS PHOTO GALLERY "
    "PODCAST REVIEW QUIZ NEWS ALERT URGENT CORRECTION CORRECTED INTERVIEW FEATURE FACTBOX EXPLAINER "
    "TIMELINE SPONSORED ADVERTISEMENT NOTE EDITORIAL COMMENT LISTEN READ MORE STEP NEW HOW WHY WHAT WHO "
    "THE A AN I IT Q CEO USA USD GDP PDF DVD CD TV AM PM GMT UTC EST EDT CST CDT PST PDT BST CET CEST IST "
)
_NOT_PLACES = frozenset(_NOT_PLACES_LINE.split())
#: Places that contain such a word.
_PLACES = re.compile(
    r"\b(?:NEW (?:YORK|DELHI|ORLEANS|JERSEY|HAVEN|HAMPSHIRE|MEXICO|BRUNSWICK|BEDFORD|ZEALAND|CALEDONIA)"
    r"|THE (?:HAGUE|WOODLANDS|VILLAGES))\b"
)

_CAPS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.]+"
_TITLE = r"[A-ZÀ-ÖØ-Þ][\w'’.]+"
_CAPS_PLACE = rf"{_CAPS}(?:(?:[ /-]|, ){_CAPS}){{0,4}}(?:, {_TITLE}(?: {_TITLE})?)?"
_DAY = r"(?:[^\W\d]{3,9}\.?,? )?(?:[^\W\d]{3,10}\.? \d{1,2}|\d{1,2}\.?(?: de)? [^\W\d]{3,10}\.?)(?:,? (?:de )?\d{4})?"
_DASH = r"\s{0,3}(?:\.?(?:--+|[—–-])|_)\s{0,3}"

#: Every form with capitals contains one of these; few openings do.
_REQUIRED_CHARACTERS = "(—–-_"
#: LONDON/BEIJING, Sept 12 (Reuters) --; with capitals the agency need not be known.
_WITH_AGENCY = re.compile(
    rf"(?P<place>{_CAPS_PLACE})(?P<date>,? {_DAY})?,? ?\((?P<agency>[^\W\d][^()\n]{{1,40}})\)(?:{_DASH}|:\s)"
)
#: BEIJING, Sept. 12 --; lower case after the dash is a sentence: "NATO — the alliance — meets".
_WITHOUT_AGENCY = re.compile(
    rf"(?P<place>{_CAPS_PLACE})(?P<date>, {_DAY})?(?: {_DASH}|—\s?|--\s?)(?=[^\Wa-zß-öø-ÿ]|[\"“‘'«„])"
)


def take_dateline(text: str, metadata: Metadata) -> StepResult:
    """Move the dateline from the start of the text to its fields."""
    start = count = 0
    while dateline := find_dateline(text[start : start + DATELINE_CHARS]):
        store_dateline(dateline, metadata)
        end = start + dateline.end
        start = end + len(text[end : end + DATELINE_CHARS]) - len(text[end : end + DATELINE_CHARS].lstrip())
        count += 1
        if count > MAX_LAYERS:
            return StepResult(text, 0)
    return StepResult(text[start:], count)


def store_dateline(dateline: Dateline, metadata: Metadata) -> None:
    """Store the parts of a dateline in the fields that are empty."""
    metadata.dateline = metadata.dateline or dateline.place
    metadata.agency = metadata.agency or dateline.agency
    metadata.byline = metadata.byline or dateline.byline
    metadata.published_at = metadata.published_at or parse_date(dateline.place or "")


def read_dateline(line: str, metadata: Metadata) -> None:
    """Store the parts of a dateline that the format keeps apart from the text."""
    dateline = find_dateline(f"{line} - X")
    if dateline and dateline.end == len(line) + 3:
        store_dateline(dateline, metadata)
    else:
        metadata.dateline = metadata.dateline or line


def find_dateline(opening: str) -> Dateline | None:
    """Return the dateline at the start of ``opening``, or None."""
    if opening[:1].islower():
        return None
    capitals = opening[:1].isupper() and any(map(opening.__contains__, _REQUIRED_CHARACTERS))
    if capitals and "(" in opening and (dateline := _in_capitals(_WITH_AGENCY, opening)):
        return dateline
    if dateline := find_agency_dateline(opening) or find_dated_place(opening):
        return dateline
    return _in_capitals(_WITHOUT_AGENCY, opening) if capitals else None


def _in_capitals(form: re.Pattern[str], opening: str) -> Dateline | None:
    match = form.match(opening)
    if match is None or match.end() == len(opening):
        return None
    groups = match.groupdict()
    place, agency, date = groups["place"], groups.get("agency"), groups["date"] or ""
    if _NOT_PLACES.intersection(re.split(r"[^\w]+", _PLACES.sub("", place))):
        return None
    if not agency and is_sign(place):
        return Dateline(match.end(), None, place)
    return Dateline(match.end(), f"{place}{date}", agency)
