"""Read a date that is written as text: ISO 8601, RFC 822, and how pages, agencies and programs print dates.

Strict: every sign of the string has to be understood. What is left over, or has two readings, gives no date.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from worker.dates import calendar_day, zones

#: The longest real form is JavaScript's with the name of its zone, 66 characters.
_LONGEST = 100
_ISO = re.compile(
    r"\d{4}-?\d{2}-?\d{2}(?:[Tt ](?:\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?)?)(?:[Zz]|[+-]\d{2}:?\d{2})?)?"
)
#: A date of XML Schema with a zone; datetime.fromisoformat takes the zone for a time.
_ZONED_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([Zz]|[+-]\d{2}:\d{2})")
_BRACKETS = re.compile(r"\[(?:u-ca=gregory|[A-Za-z_]{2,20}(?:/[A-Za-z_+\-0-9]{2,20}){0,2})\]\Z")
#: The year before the first of each count: eras of Japan, the years of the Republic in Taiwan.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA_YEAR = re.compile(rf"({'|'.join(_ERAS)})\s?(\d{{1,3}}|元)\s?年")
_HALVES = {"上午": "am", "午前": "am", "오전": "am", "下午": "pm", "午後": "pm", "오후": "pm"}
_EAST_ASIAN = (
    (re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]"), r"\1-\2-\3 "),
    (
        re.compile(
            r"\([月火水木金土日]\)|(?:星期|周)[一二三四五六日天]|[月火水木金土日월화수목금토일]曜日|[월화수목금토일]요일"
        ),
        " ",
    ),
    (re.compile(r"(\d{1,2})\s?[时時点點시]\s?(\d{1,2})\s?[分분](?:\s?(\d{1,2})\s?[秒초])?"), r"\1:\2"),
    (re.compile(r"(上午|午前|오전|下午|午後|오후)\s?(\d{1,2}:\d{2}(?::\d{2})?)"), lambda m: f"{m[2]} {_HALVES[m[1]]}"),
)
#: A capital H may be the military zone of that letter.
_UNITS = r"(?:uhr|uur|hrs?|heures|(?-i:h)|น|น\.)"
_TIME = re.compile(
    r"(?<![\d:.,/+-])(?:(?P<hour>\d{1,2})(?:(?:[:.]|\s?h\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?![\d:]|\.\d)|(?=\s?(?:[ap]\.?\s?m\b|uhr\b|uur\b|h\b)))|(?P<wire>[012]\d[0-5]\d)(?=\s?(?:GMT|UTC|hrs)))"
    rf"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?(?:\s?{_UNITS}(?![^\W\d]))?",
    re.IGNORECASE,
)
_ZONE = re.compile(rf"[\s,]{{0,3}}\(?(?P<zone>{zones.ZONE})\)?(?:\s?\([^()]{{2,50}}\))?")
#: The years of RFC 822 and RFC 850, which had two digits: `Wed, 09 Apr 31`, `Wednesday, 09-Apr-31`.
_TWO_DIGIT_YEAR = re.compile(r"(?:[A-Za-z]{3,9},?\s)?\d{1,2}([ -])[A-Za-z]{3}\1(\d{2})(?=\s\d{1,2}:\d{2})")


def parse_written(text: str) -> datetime | None:
    """Return the moment that ``text`` names, in UTC; a time without a zone is read as UTC, a day as its midnight.

    Return None if it names no moment, names two, or holds anything that is not understood.
    """
    text = text[: _LONGEST + 1].strip()
    if len(text) > _LONGEST:
        return None
    try:
        if _ISO.fullmatch(text) and (parsed := _parse_iso(text.upper())):
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        if zoned := _ZONED_DAY.fullmatch(text):
            return zones.to_utc(datetime.fromisoformat(zoned[1]), zones.resolve(zoned[2]), zoned[2])
        return _parse_loose(_normalise(text))
    except (ValueError, OverflowError):
        return None


def _parse_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # 24:00 and the leap second, which ISO 8601 has and Python has not
        return None


def _normalise(text: str) -> str:
    """Return ``text`` with Western digits and blanks, four-digit years, and East Asian dates as numbers."""
    text = "".join(str(unicodedata.decimal(sign, sign)) for sign in unicodedata.normalize("NFKC", text))
    text = " ".join(text.replace("\u200e", "").replace("\u200f", "").replace(" @ ", " ").split())
    text = _ERA_YEAR.sub(lambda era: f"{_ERAS[era[1]] + (1 if era[2] == '元' else int(era[2]))}年", text)
    for pattern, replacement in _EAST_ASIAN:
        text = pattern.sub(replacement, text)
    if short := _TWO_DIGIT_YEAR.match(text):
        year = int(short[2])
        if 50 <= year < 70:  # RFC 2822 reads these as 1950 to 1969, most programs as 2050 to 2069
            raise ValueError("the century is not known")
        text = f"{text[: short.start(2)]}{'20' if year < 50 else '19'}{text[short.start(2) :]}"
    return text


def _parse_loose(text: str) -> datetime:
    region = _BRACKETS.search(text)
    while bracket := _BRACKETS.search(text):
        text = text[: bracket.start()]
    time = _TIME.search(text)
    if time is None:
        return calendar_day.parse_day(text).replace(tzinfo=UTC)
    date, name = text[: time.start()].rstrip("Tt"), ""
    after = text[time.end() :]
    if zone := _ZONE.match(after):
        name, after = zone["zone"], after[zone.end() :]
        if not zones.is_known(name) and calendar_day.is_word_of_date(name):  # 07:30 WED, 9 APR 2031
            name, after = "", text[time.end() :]
    elif region and "/" in region[0]:
        name = region[0]
    if name == "CST" and re.fullmatch(r"\s?\d{4}", after):
        # Java prints zones before the year, and CST is also China's: servers there print it.
        raise ValueError("CST is ambiguous in this form")
    wall = _at(calendar_day.parse_day(f"{date} {after}"), time)
    return zones.to_utc(wall, zones.resolve(name), name) if name else wall.replace(tzinfo=UTC)


def _at(day: datetime, time: re.Match[str]) -> datetime:
    hour, minute = (time["wire"][:2], time["wire"][2:]) if time["wire"] else (time["hour"], time["minute"] or "0")
    hours, half = int(hour), (time["half"] or "").lower()
    if half == "a" and hours > 12:
        raise ValueError("no hour of the morning")
    if half and hours <= 12:
        hours = hours % 12 + (12 if half == "p" else 0)
    seconds = min(int(time["second"] or 0), 59)  # 60: a leap second
    if hours == 24 and not int(minute) and not seconds:
        return day + timedelta(days=1)
    return day.replace(hour=hours, minute=int(minute), second=seconds)
