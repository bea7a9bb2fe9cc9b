"""Find a dateline that names a known agency, in the form that the agency's country uses.

Two things must agree: the sign of an agency in its brackets, slashes or dashes, and a place and date before it.
"""

import re
from enum import Enum, auto
from typing import NamedTuple

from worker.clean.agencies import sign_pattern
from worker.dates.words import month_and_weekday

#: Words that a place and a date have at most; the longest that were seen have five and five.
_MAX_PLACE_WORDS = 6
_MAX_DATE_WORDS = 6
#: Lower-case words within names of places.
_PARTICLES = frozenset(
    "de del della la le les los las di da do dos das am an der den nad pod upon on en im in bei sur sous aan ved på v"
    " el al y i".split()
)
#: The first words of a sentence about an agency; a place does not begin so, apart from a few (`_PLACES`).
_ARTICLES = frozenset("die der das the a an il lo la le les el los o os as een het de den det en ett a az".split())
_PLACES = re.compile(
    r"(?:the hague|the woodlands|la paz|la coruña|los angeles|le mans|le havre|el paso|den haag)\b"
    r"|\w+ \w+, ?\d",  # La Habana, 9 abr
    re.IGNORECASE,
)
_AGENCY_WORD = re.compile(
    r"agen(?:cy|tur|ce|cia|zia|tia|tuur)|\bpress[ea]?\b|\bnews\b|агентств|byrå|bureau|toimisto", re.IGNORECASE
)


class Needs(Enum):
    """What a form needs besides the sign."""

    NOTHING = auto()
    #: a text that does not go on in lower case
    SENTENCE = auto()
    #: words that are a place, or a date, or none
    PLACE = auto()
    #: a place with a date
    DATE = auto()
    #: a place with a date; or a place, and a dash or stop after the sign; or one word
    DATE_OR_END = auto()


class Dateline(NamedTuple):
    """A dateline: where it ends in the text, and its parts."""

    end: int
    place: str | None  # with the date, as printed
    agency: str | None = None
    byline: str | None = None


_HEAD = r"(?P<head>[^()（）【】\n]{1,70}?)"
_DASH = r" ?(?:--+|[—–=-]|_)"
_END = rf"(?P<end>[ ]?[.:,]?{_DASH}|[ ]?[:։।۔]|\.)?[ ]*"
#: A service of the agency (``dpa/lno``), its reporter (``NTB-Mara Ellund``), or a date within the brackets.
_SERVICE = r"(?:/[^()\n]{1,30}| \d[^()\n]{0,15}|-[^\W\d_][^()\n]{2,40})?"
_HAN, _HANGUL, _ARABIC = "\u4e00-\u9fff", "\uac00-\ud7a3", "\u0600-\u06ff"
_DAY = r"(?P<head>[^\W\d]{0,10}\d{1,2}(?:月\d{1,2})?日)"
_CHINESE_REPORTER = r"(?: ?[（(](?:记者|記者) ?(?P<byline>[^（）()\n]{1,40})[）)])?"
#: What ends a Korean dateline: the reporter and a sign of equality.
_KOREAN_REPORTER = rf"(?: ?(?P<byline>[{_HANGUL}·,]{{2,20}}) ?(?:기자|특파원|통신원))?(?: ?[=＝]| ?-)?\s*"

#: What is before the sign, what is after it, and what both need.
_FORMS = tuple(
    (re.compile(before), re.compile(after), needs)
    for before, after, needs in (
        # VARNBY, April 9 (Reuters) - · Varnby (dpa/lno) - · Varnby, Apr 9 (PTI)
        (rf"{_HEAD},? ?\(©?", rf"{_SERVICE}\){_END}", Needs.DATE_OR_END),
        # (ANSA) - Varnby, 9 aprile - · (DIRE) Varnby, 9 apr. -
        (r"\(", rf"{_SERVICE}\)(?:{_DASH})? ?{_HEAD}(?P<end>[,.]?{_DASH} )", Needs.DATE),
        # (Reuters) - · (AFP):
        (r"\(©?", rf"{_SERVICE}\)(?:\.?{_DASH}|:)\s{{0,3}}", Needs.NOTHING),
        # (sda) Der Hafen öffnet · (AP) The harbour opens
        (r"\(©?", r"(?:/[a-z]{2,4})?\) {1,3}", Needs.SENTENCE),
        # Varnby - (ots) · VARNBY – (ANKA)
        (rf"\(?{_HEAD}\)?[,.]? ?[-–—] ?\(", rf"{_SERVICE}\){_END}(?![a-zß-öø-ÿ ])", Needs.PLACE),
        # Varnby /ritzau/: · VARNBY /TT/ · أبوظبي في 9 أبريل/ وام /
        (rf"(?:{_HEAD}[,.]? ?)?/ ?", rf"(?:/[^\W\d]{{2,12}})? ?/{_END}", Needs.PLACE),
        # ВАРНБИ, 9 апр - РИА Новости. · VARNBY, 9. aprill, BNS - · ВАРНБИ. KAZINFORM –
        (rf"{_HEAD}(?:[,.]? ?[-–—]|[,.]) ?", rf"(?P<end>\.?{_DASH} |\. )", Needs.DATE_OR_END),
        # Баку, 9 апреля, АЗЕРТАДЖ, above the text
        (rf"{_HEAD}(?:[,.]? ?[-–—]|[,.]) ?", r"[ ]*\n+", Needs.DATE),
        # VARNBY, April 9 AAP -
        (rf"{_HEAD} ", rf"(?P<end>{_DASH} )", Needs.DATE),
        # دمشق-سانا · تهران - ایرنا -
        (rf"(?P<head>[{_ARABIC}]{{2,12}}(?: [{_ARABIC}]{{2,12}})?) ?[-–] ?", rf"(?:{_DASH}|:)? ", Needs.NOTHING),
        # （中央社記者王小明台北9日電）
        (
            r"[（(【]?",
            rf"(?:记者|記者)(?P<byline>[{_HAN}]{{3}}(?:、[{_HAN}]{{3}}){{0,3}}){_DAY}[电電讯訊][）)】]?\s*",
            Needs.NOTHING,
        ),
        # 新华社北京4月9日电（记者张三）
        (
            r"[（(【]?",
            rf"{_DAY}(?:综合)?[电電讯訊][）)】]?{_CHINESE_REPORTER}(?: ?[题題][:：][^\n。]{{2,60}}\n)?\s*",
            Needs.NOTHING,
        ),
        # 【共同通信】 · (共同), in front of Chinese or Japanese
        (r"[【［\[(（〔]", rf"[】］\])）〕]\s*(?=[「『“]?[{_HAN}\u3040-\u30ff])", Needs.NOTHING),
        # 【ロンドン共同】 · [東京 9日 ロイター] - · (서울=연합뉴스) 김철수 기자 =
        (
            rf"[【［\[(（〔](?P<head>[{_HAN}{_HANGUL}\u3040-\u30ff\d・ ]{{1,24}}?)[=＝ ]?",
            rf"(?:[=＝][^【】\[\]()\n]{{1,12}})?[】］\])）〕]{_KOREAN_REPORTER}",
            Needs.NOTHING,
        ),
    )
)


def find_agency_dateline(opening: str) -> Dateline | None:
    """Return the dateline with a known agency at the start of ``opening``; None if there is none."""
    for sign in sign_pattern().finditer(opening):
        before, after = opening[: sign.start()], opening[sign.end() :]
        for head_form, rest_form, needs in _FORMS:
            rest = rest_form.match(after)  # first, because it fails at its first character where the head goes on
            if rest and (head := head_form.fullmatch(before)):
                groups = head.groupdict() | {name: value for name, value in rest.groupdict().items() if value}
                place = (groups.get("head") or "").strip(" ,-–—/")
                if _holds(needs, place, bool(groups.get("end")), after[rest.end() :].lstrip()):
                    byline = groups.get("byline") or None
                    return Dateline(sign.end() + rest.end(), place or None, sign.group(), byline)
    return None


def _holds(needs: Needs, place: str, ended: bool, text: str) -> bool:
    """Return whether what a form needs holds; a sentence goes on in lower case, a dispatch does not."""
    if not text:
        return False
    if needs is Needs.NOTHING or (needs is Needs.PLACE and not place):
        return True
    if needs is Needs.SENTENCE:
        return not text[0].islower()
    words = place.split()
    if not words or not is_place_and_date(words):
        return False
    dated = any(map(str.isdigit, place)) or (len(words) > 1 and month_and_weekday(words[-1])[0] > 0)
    if needs is Needs.DATE:
        return dated and not text[0].islower()
    return dated or needs is Needs.PLACE or (not text[0].islower() and (ended or len(words) == 1))


def is_place_and_date(words: list[str]) -> bool:
    """Return whether each word is of a name, up to a date; what begins with an article is a sentence."""
    head = " ".join(words)
    if _AGENCY_WORD.search(head) or (words[0].casefold() in _ARTICLES and not _PLACES.match(head)):
        return False
    for number, word in enumerate(words):
        if any(map(str.isdigit, word)):
            return len(words) - number <= _MAX_DATE_WORDS and number <= _MAX_PLACE_WORDS
        is_name = not word.strip("(['’-–—")[:1].islower() or word.casefold() in _PARTICLES
        if not is_name and not _is_month(words, number):
            return False
    return len(words) <= _MAX_PLACE_WORDS and words[-1].casefold() not in _PARTICLES


def _is_month(words: list[str], number: int) -> bool:
    """Return whether a lower-case word is between a comma and a number, as ``Varnbis, balandžio 9 d.`` has."""
    following = words[number + 1] if number + 1 < len(words) else ""
    return number > 0 and words[number - 1].endswith(",") and any(map(str.isdigit, following))
