"""Resolve the time zone that is written after a time: an offset, a name such as EDT, or a region such as Europe/Oslo.

A name counts only if news uses it for one offset. What is unknown or ambiguous is an error, never UTC.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

#: Hours ahead of UTC, and the abbreviations for it. EST to PDT are defined by RFC 822. Left out because two places use
#: them and the context does not decide: AST (Halifax, Riyadh), ECT, GST, SST, VET (two offsets since 2007), and the
#: letters of the military (RFC 2822, 4.3: their sign was published wrong). IST is India's: its agencies print it behind
#: each time, while Israeli and Irish newsrooms send offsets.
_TABLE = """
0 Z UTC UT UCT GMT WET
1 CET MEZ WEST WAT
2 CEST MESZ EET SAST CAT
3 EEST IDT EAT
4.5 AFT
5 PKT UZT
5.5 IST
5.75 NPT
7 WIB ICT
8 HKT SGT PHT MYT WITA AWST
9 JST KST WIT
9.5 ACST
10 AEST
10.5 ACDT
11 AEDT
12 NZST
13 NZDT
-2.5 NDT
-3 ART BRT UYT CLST ADT
-3.5 NST
-4 EDT HAE BOT CLT
-5 EST HNE CDT COT PET
-6 CST MDT
-7 MST PDT
-8 PST AKDT
-9 AKST
-10 HST
"""
_HOURS = {
    name: float(hours) for hours, *names in (row.split() for row in _TABLE.strip().splitlines()) for name in names
}
#: Names without a fixed offset: American times that name no season, and zones whose law changed.
_REGIONS = {
    **dict.fromkeys(("ET", "EASTERN"), "America/New_York"),
    **dict.fromkeys(("PT", "PACIFIC"), "America/Los_Angeles"),
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "MSK": "Europe/Moscow",
    "TRT": "Europe/Istanbul",
    # British in summer. In winter only Bangladesh has a BST, and its papers write BdST.
    "BST": "Europe/London",
}
_SEASONS = {"standard": "S", "daylight": "D"}
#: What may follow a time and is a zone; ``resolve`` decides whether it is known.
ZONE = (
    r"(?:(?:(?:GMT|UTC|UT|[Zz])\s?)?[+−-]\d{1,2}(?::?\d{2})?(?::?00)?(?![\d:])"
    r"|\[?[A-Z][A-Za-z]{2,12}/[A-Za-z_+\-0-9]{2,20}(?:/[A-Za-z_]{2,20})?\]?"
    r"|(?i:(?:eastern|pacific)(?: (?:standard|daylight))?(?: time)?\b)"
    r"|(?i:utc|gmt|z)\b|[A-Z]{1,5}\b)"
)
_OFFSET = re.compile(r"(?:GMT|UTC|UT|Z)?\s?([+−-])\s?(\d{1,2}):?(\d{2})?(?::?00)?", re.IGNORECASE)
_SEASONAL = re.compile(r"(eastern|pacific) (standard|daylight)(?: time)?", re.IGNORECASE)
#: The farthest zones are Kiribati (+14) and the mid-Pacific (-12).
_FARTHEST = timedelta(hours=14)


def resolve(written: str) -> tzinfo:
    """Return the zone of a match of ``ZONE``; raise ValueError if it is unknown or ambiguous."""
    written = written.strip("[]() ")
    if offset := _OFFSET.fullmatch(written):
        return _offset(*offset.groups(default="0"))
    if "/" in written:
        return _region(written)
    if seasonal := _SEASONAL.fullmatch(written):
        written = f"{seasonal[1][0]}{_SEASONS[seasonal[2].lower()]}T"
    name = written.upper().removesuffix(" TIME")
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]), name)
    if name in _REGIONS:
        return _region(_REGIONS[name])
    raise ValueError("the time zone is not known")


def is_known(name: str) -> bool:
    """Return whether ``name`` is an offset or in the table of names."""
    return not name.isalpha() or name.upper() in _HOURS or name.upper() in _REGIONS


def to_utc(wall: datetime, zone: tzinfo, written: str) -> datetime:
    """Return ``wall`` in ``zone`` as UTC; raise ValueError for an hour that the zone repeats or skips."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValueError("the hour occurs twice, or not at all, in this time zone")
    if written == "BST" and not first.dst():
        raise ValueError("BST is ambiguous in winter")
    return first.astimezone(UTC)


def _offset(sign: str, hours: str, minutes: str) -> tzinfo:
    difference = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) >= 60 or difference > _FARTHEST:
        raise ValueError("no time zone is that far from UTC")
    return timezone(difference if sign == "+" else -difference)


@cache
def _region(key: str) -> tzinfo:
    try:
        return ZoneInfo(key)
    except (KeyError, OSError) as error:  # OSError: the name is that of a folder
        raise ValueError("the time zone is not known") from error
