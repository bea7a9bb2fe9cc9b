"""Find a dateline that names a known agency, in the form that the agency's country uses.

Two things must agree: the sign of an agency in its brackets, slashes or dashes, and a place and date before it.
"""

import re
from functools import cache
from typing import NamedTuple

import re2

from worker.clean.agencies import any_sign

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
_PLACES = re.compile(r"(?i)(?:the hague|the woodlands|la paz|la coruña|los angeles|le mans|le havre|el paso|den haag)\b")
_AGENCY_WORD = re.compile(r"(?i)agen(?:cy|tur|ce|cia|zia|tia|tuur)|\bpress[ea]?\b|\bnews\b|агентств|byrå|bureau|toimisto")

#: A service of the agency (``dpa/lno``) or a date within the brackets.
_SERVICE = r"(?:/[^()\n]{1,30}| \d[^()\n]{0,15})?"
_HEAD = r"(?P<head>[\p{Lu}\p{Lt}\p{Lo}\p{Nd}][^()（）【】\n]{0,70}?)"
_DASH = r"(?: ?(?:--+|[—–=-]|_))"
_END = rf"(?:[ ]?[.:,]?{_DASH}|[ ]?[:։।۔]|\.|$) ?"
_SIGNED = "(?P<agency>{signs})"


class AgencyDateline(NamedTuple):
    """A dateline: where it ends, and its parts."""

    end: int
    agency: str
    place: str | None = None
    byline: str | None = None


#: Each form with what its head needs besides the form of a place and a date: ``certain``: a date, a dash or a single
#: word; ``dated``: a date; ``place``: nothing more; empty: nothing at all, because the sign says enough.
_FORMS = (
    # VARNBY, April 9 (Reuters) - · Varnby (dpa/lno) - · Varnby, Apr 9 (PTI)
    (rf"{_HEAD},? ?\(©?{_SIGNED}{_SERVICE}\)(?P<end>{_END})?", "certain"),
    # (ANSA) - Varnby, 9 aprile -
    (rf"\({_SIGNED}{_SERVICE}\){_DASH} ?{_HEAD}(?P<end>[,.]?{_DASH} )", "dated"),
    # (Reuters) - · (AFP):
    (rf"\(©?{_SIGNED}{_SERVICE}\)(?:\.?{_DASH}|:)\s{{0,3}}", ""),
    # Varnby /ritzau/: · VARNBY /TT/ · أبوظبي في 9 أبريل/ وام /
    (rf"(?:{_HEAD}[,.]? ?)?/ ?{_SIGNED}(?:/[\p{{L}}]{{2,12}})? ?/(?P<end>{_END})?", "place"),
    # ВАРНБИ, 9 апр - РИА Новости. · VARNBY, April 9 AAP - · ВАРНБИ. KAZINFORM –
    (rf"{_HEAD}(?:[,.]? ?[-–—]|[,.]) ?{_SIGNED}(?P<end>\.?{_DASH} |\. )", "certain"),
    (rf"{_HEAD} {_SIGNED}(?P<end>{_DASH} )", "dated"),
    # دمشق-سانا · تهران - ایرنا -
    (rf"(?P<head>\p{{Arabic}}{{2,12}}(?: \p{{Arabic}}{{2,12}})?) ?[-–] ?{_SIGNED}(?P<end>{_DASH})? ", "arabic"),
    # 新华社北京4月9日电（记者张三） · （中央社記者王小明台北9日電）
    (
        rf"[（(【]?{_SIGNED}(?:(?:记者|記者)(?P<byline>\p{{Han}}{{3}}(?:、\p{{Han}}{{3}}){{0,3}}))?"
        r"(?P<head>[\p{L}\p{Nd}]{1,12}?[\p{Nd}]{1,2}(?:月[\p{Nd}]{1,2})?日)(?:综合)?[电電讯訊][）)】]?"
        r"(?: ?[（(](?:记者|記者) ?(?P<reporter>[^（）()\n]{1,40})[）)])?[ 　]*",
        "",
    ),
    # 【ロンドン共同】 · [東京 9日 ロイター] - · (서울=연합뉴스) 김철수 기자 =
    (
        rf"[【［\[(（〔](?P<head>[\p{{Han}}\p{{Katakana}}\p{{Hiragana}}\p{{Hangul}}\p{{Nd}}ー・ 　]{{1,24}}?)[=＝ 　]?"
        rf"{_SIGNED}(?:[=＝][^【】\[\]()\n]{{1,12}})?[】］\])）〕]"
        rf"(?: ?(?P<byline>[\p{{Hangul}}·,]{{2,20}}) ?(?:기자|특파원|통신원))?(?: ?[=＝]| ?-)?[ 　]*",
        "",
    ),
)


def find_agency_dateline(opening: str) -> AgencyDateline | None:
    """Return the dateline with a known agency at the start of ``opening``; None if there is none."""
    if not _any_sign().search(opening):
        return None
    for form, needed in _compiled():
        match = form.match(opening)
        if match and match.end() < len(opening):
            groups = match.groupdict()
            head, rest = (groups.get("head") or "").strip(" ,-–—/"), opening[match.end() :]
            if _holds(needed, head, groups.get("end"), rest.lstrip()):
                byline = groups.get("byline") or groups.get("reporter")
                return AgencyDateline(match.end(), groups["agency"], head or None, byline)
    return None


def _holds(needed: str, head: str, end: str | None, rest: str) -> bool:
    """Return whether what a form needs holds; a sentence goes on in lower case, a dispatch does not."""
    if not rest:
        return False
    if not needed or not head:
        return True
    words = head.split()
    dated = any(map(str.isdigit, head))
    if needed == "arabic":
        return True
    if not _is_place_and_date(words):
        return False
    if needed == "dated":
        return dated and not rest[0].islower()
    return dated or needed == "place" or (not rest[0].islower() and (bool(end) or len(words) == 1))


def _is_place_and_date(words: list[str]) -> bool:
    """Return whether each word is of a name up to the date; ``_ARTICLES`` begin sentences instead."""
    head = " ".join(words)
    if len(words) > _MAX_PLACE_WORDS + _MAX_DATE_WORDS or _AGENCY_WORD.search(head):
        return False
    if words[0].casefold() in _ARTICLES and not _PLACES.match(head):
        return False
    for number, word in enumerate(words):
        if any(map(str.isdigit, word)):
            return len(words) - number <= _MAX_DATE_WORDS
        following = words[number + 1] if number + 1 < len(words) else ""
        month = number > 0 and words[number - 1].endswith(",") and any(map(str.isdigit, following))
        if word.lstrip("(['’").strip("-–—")[:1].islower() and word.casefold() not in _PARTICLES and not month:
            return False
    return len(words) <= _MAX_PLACE_WORDS and words[-1].casefold() not in _PARTICLES


@cache
def _any_sign() -> "re2._Regexp":
    return re2.compile(any_sign())


@cache
def _compiled() -> "tuple[tuple[re2._Regexp, str], ...]":
    signs = any_sign()
    return tuple((re2.compile(form.replace("{signs}", signs)), needed) for form, needed in _FORMS)
