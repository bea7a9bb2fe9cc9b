"""Parse dates as web pages print them.

Only forms with an unambiguous order of day and month are accepted.
"""

import re
from datetime import UTC, datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv janvier januar enero ene gennaio gen janeiro januari",
            "feb february fevr février fevrier februar febrero febbraio fevereiro februari",
            "mar march mars märz marz marzo março marco maart",
            "apr april avr avril abril abr aprile",
            "may mai mayo maggio maio mei mag",
            "jun june juin juni junio giugno junho giu",
            "jul july juil juillet juli julio luglio julho lug",
            "aug august août aout agosto ago augustus",
            "sep sept september septembre septiembre settembre setembro set",
            "oct october octobre oktober octubre ottobre outubro okt ott out",
            "nov november novembre noviembre novembro",
            "dec december décembre decembre dezember diciembre dicembre dezembro dez dic",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{2}):(\d{2}))?")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.?(?:st|nd|rd|th)?(?: de| of)? ([^\W\d]{3,10})\.?,?(?: de)? (\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([^\W\d]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")


def parse_date(text: str) -> datetime | None:
    """Return the first date in ``text`` in UTC (midnight if it has no time), or None."""
    if iso := _ISO.search(text):
        year, month, day, hour, minute = iso.groups()
        return _utc_datetime(int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0))
    if written := _DAY_FIRST.search(text):
        day_text, name, year_text = written.groups()
    elif written := _MONTH_FIRST.search(text):
        name, day_text, year_text = written.groups()
    else:
        return None
    month_number = _MONTHS.get(name.lower())
    return _utc_datetime(int(year_text), month_number, int(day_text)) if month_number else None


def _utc_datetime(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
