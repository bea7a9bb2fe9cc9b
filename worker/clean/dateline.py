"""Move a dateline (`CITY, date (AGENCY) --`) from the start of the text to the metadata.

Only the first characters are examined, and the form must be certain: capitals or a known agency, then a dash.
"""

import re

from worker.clean.dates import parse_date
from worker.clean.metadata import MAX_LAYERS, Metadata, StepResult

#: The longest dateline seen on 579 real pages had 74 characters.
DATELINE_CHARS = 160

#: Agencies whose copy other papers print, in the agencies' own spelling.
AGENCIES = (
    "Reuters|Thomson Reuters Foundation|AP|Associated Press|The Associated Press|AFP|UPI|dpa|DPA|dpa-AFX|ANSA"
    "|Ansa|EFE|PTI|ANI|IANS|UNI|Xinhua|TASS|Tass|ITAR-TASS|Interfax|RIA Novosti|Kyodo|Kyodo News|Yonhap"
    "|Bloomberg|CNN|CNBC|BBC|CP|Canadian Press|The Canadian Press|PA|PA Media|AAP|Lusa|ANP|Belga|APA|SDA|sda"
    "|Keystone-SDA|KNA|epd|AA|Anadolu|Anadolu Agency|Europa Press|EUROPA PRESS|Agência Brasil|Notimex|MENA|IRNA"
    "|SANA|WAM|SPA|QNA|KUNA|Petra|NNA|APP|BSS|UNB|Bernama|Antara|VNA|CNA|RFE/RL|VOA|RFI|NPR|Adnkronos|AGI|Agi"
    "|LaPresse|Ritzau|NTB|TT|STT|PAP|CTK|MTI|BTA|SID|Sapa|Business Wire|BUSINESS WIRE|PRNewswire|PRNEWSWIRE"
    "|GLOBE NEWSWIRE|GlobeNewswire|Inter Press Service|IPS|Tribune News Service|TNS"
)
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
_TITLE_PLACE = rf"{_TITLE}(?:(?:[ /-]|, ){_TITLE}){{0,4}}"
_DAY = r"(?:[^\W\d]{3,9}\.?,? )?(?:[^\W\d]{3,10}\.? \d{1,2}|\d{1,2}\.?(?: de)? [^\W\d]{3,10}\.?)(?:,? (?:de )?\d{4})?"
_DASH = r"\s{0,3}(?:--+|[—–-])\s{0,3}"

#: Every form contains one of these; few openings do.
_REQUIRED_CHARACTERS = "(—–-"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # LONDON/BEIJING, Sept 12 (Reuters) --
        rf"(?P<place>{_CAPS_PLACE})(?P<date>,? {_DAY})?,? ?\((?P<agency>[^\W\d][^()\n]{{1,40}})\)(?:{_DASH}|:\s)",
        # Paris, 12 sept. (AFP) -
        rf"(?P<place>{_TITLE_PLACE})(?P<date>,? {_DAY})?,? ?\((?P<agency>{AGENCIES})\)(?:{_DASH}|:\s)",
        # (ANSA) - ROMA, 12 SET -
        rf"\((?P<agency>{AGENCIES})\){_DASH}(?P<place>{_CAPS_PLACE})(?P<date>,? {_DAY})?{_DASH}",
        # (Reuters) -
        rf"\((?P<agency>{AGENCIES})\){_DASH}",
        # BEIJING, Sept. 12 (no agency) --; lower case after the dash is a sentence: "NATO — the alliance — meets"
        rf"(?P<place>{_CAPS_PLACE})(?P<date>, {_DAY})?(?: {_DASH}|—\s?|--\s?)(?=[^\Wa-zß-öø-ÿ]|[\"“‘'«„])",
    )
)


def take_dateline(text: str, metadata: Metadata) -> StepResult:
    """Move the dateline from the start of the text to its fields."""
    start = count = 0
    while match := find_dateline(text[start : start + DATELINE_CHARS]):
        _store_dateline(match, metadata)
        end = start + match.end()
        start = end + len(text[end : end + DATELINE_CHARS]) - len(text[end : end + DATELINE_CHARS].lstrip())
        count += 1
        if count > MAX_LAYERS:
            return StepResult(text, 0)
    return StepResult(text[start:], count)


def _store_dateline(match: re.Match[str], metadata: Metadata) -> None:
    groups = match.groupdict()
    place, agency = groups.get("place"), groups.get("agency")
    if place and not agency and re.fullmatch(AGENCIES, place):
        place, agency = None, place
    date = groups.get("date") or ""
    metadata.dateline = metadata.dateline or (f"{place}{date}" if place else None)
    metadata.agency = metadata.agency or agency
    metadata.published_at = metadata.published_at or parse_date(date)


def find_dateline(opening: str) -> re.Match[str] | None:
    """Return the match of a dateline at the start of ``opening``, or None."""
    if not (opening[:1].isupper() or opening[:1] == "(") or not any(map(opening.__contains__, _REQUIRED_CHARACTERS)):
        return None
    for form in _FORMS:
        match = form.match(opening)
        if match and match.end() < len(opening) and _is_place(match.groupdict().get("place")):
            return match
    return None


def _is_place(place: str | None) -> bool:
    return place is None or not _NOT_PLACES.intersection(re.split(r"[^\w]+", _PLACES.sub("", place)))
