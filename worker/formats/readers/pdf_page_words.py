"""Recognise page numbers, marks of printing and lines that send the reader to another page, in many languages.

Each form is matched against a whole piece of text, never against a part of a line of prose.
"""

import re


def _any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_DIGIT = "[0-9٠-٩۰-۹०-९০-৯๐-๙]"
#: Sections of a paper have letters: A4, B-12, 4A.
_NUMBER = rf"(?:[A-Z]{{0,2}}-?{_DIGIT}{{1,4}}[A-Z]?)"
_CHINESE_NUMBER = rf"(?:{_NUMBER}|[一二三四五六七八九十百〇]{{1,4}})"
_ROMAN = "(?:x{0,3}|xl|lx{0,3})(?:ix|iv|v?i{0,3})"
#: "page" in front of its number, also in the cases that follow "on" and "from".
_BEFORE = _any_of(
    "page p pp pg seite s página pág pagina pag pàgina pàg sida sidan sid side sidene sivu sivulla sivulta lehekülg lk"
    " lapa lappuse puslapis strona stronie strony str strana straně strane stranu stranica stranici strani oldal sayfa"
    " trang halaman hal síða síðu bls bladsy faqja faqe orria tudalen leathanach ukurasa"
    " страница странице страницы стр с сторінка сторінці сторінки стор старонка страна страни"
    " σελίδα σελ صفحة الصفحة ص صفحه صفحہ صفحے עמוד עמ' पृष्ठ पेज পৃষ্ঠা பக்கம் หน้า"
)
_AFTER = _any_of("oldal oldalon oldalról sayfa sayfada sayfadan sivu lpp psl lk p.l")
_CHINESE_AFTER = _any_of("ページ 頁 页 面 版 쪽 면 페이지")
_OF = rf"(?: ?(?:/|of|von|de|di|van|av|af|z|ze|sur|από|из|з|من|מתוך) ?{_DIGIT}{{1,4}})?"
_EDGE = r"[\s\-–—|·•\[\](){}<>（）【】*.,:~«»]{0,20}"
_WORDED = re.compile(
    rf"{_EDGE}(?:(?:{_BEFORE})[ .]{{0,2}}(?:{_NUMBER}|{_ROMAN}(?![^\W\d_]))|{_NUMBER}[ .]{{0,2}}(?:{_AFTER})"
    rf"|(?:第 ?{_CHINESE_NUMBER}|{_NUMBER}) ?(?:{_CHINESE_AFTER})){_OF}{_EDGE}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"{_EDGE}(?:{_DIGIT}{{1,4}}{_OF}|[A-Z]-?[0-9]{{1,2}}|(?=[ivxl]){_ROMAN}){_EDGE}")
#: Western, Arabic and Persian digits, and years of Japan, Taiwan and Thailand.
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)|令和|平成|民國|พ\.ศ\.")
#: How such a line begins, in front of the word for "page". Its first letter is a capital: a line of prose that is
#: broken in front of these words begins with a small one.
_JUMPS = (
    r"(?:Please )?(?:[Ss]ee|SEE|[Tt]urn to|TURN TO) [A-Z][A-Z' ]{2,30},?(?: on| ON)?",
    r"[A-Z][A-Z' ]{2,30} (?:[Ff]rom|FROM|[Cc]ontinued from|CONTINUED FROM)",
    r"Turn to|Story continues on|See story on",
    r"Fortsetzung (?:auf|von)|(?:Bitte )?[Ll]esen Sie weiter auf|Weiter auf|Mehr (?:dazu )?auf",
    r"(?:Lire la )?[Ss]uite(?: en| de la| à la)?|À suivre(?: en)?",
    r"(?:Continúa|Sigue|Pasa|Viene|Continua|Segueix|Ve)(?: en| a| de)?(?: la)?",
    r"(?:Continua|Segue|Prosegue|Continuação)(?: a| da| na| alla| in| nella)?",
    r"(?:Vervolg|Lees verder|Vervolgd|Lees meer) (?:op|van)",
    r"(?:Fortsättning|Fortsätter|Forts\.|Fortsetter|Fortsættes|Fortsat|Framhald) (?:på|från|fra|frå|á)",
    r"Jatkuu|Jatkoa|Järg",
    r"(?:Dokończenie|Ciąg dalszy|Cd\.) (?:na|ze)|Pokračov(?:ání|anie) (?:na|ze|zo)",
    r"(?:Nastavak|Nadaljevanje) (?:na|sa|s)|Continuare (?:în|din|la)",
    r"Folytatás az?|Folytatás|Devamı|Xem tiếp|Tiếp theo|Bersambung ke|อ่านต่อ|(?:อ่าน)?ต่อ(?:ที่|จาก)?",
    (
        r"(?:Окончание|Продолжение|Начало|Продовження|Закінчення|Початок|Продължава|Наставак)"
        r"(?:\.? (?:см\.|див\.|Начало|Початок))? (?:на|со?|зі?)"
    ),
    r"Συνέχεια (?:στη|στην|από τη)|(?:ال)?تتمة(?: على| في)?|البقية(?: على| في)?|ادامه در|המשך ב|शेष|শেষাংশ",
)
_JUMP_EDGE = r"[\s\-–—\[\](){}<>（）【】*.…►▶→»«■]{0,20}"
_JUMP = re.compile(
    rf"{_JUMP_EDGE}(?:(?:{'|'.join(_JUMPS)}) {{0,2}}"
    rf"(?:(?i:{_BEFORE})[ .]{{0,2}}{_NUMBER}|{_NUMBER}[ .]{{0,2}}(?:{_AFTER}))"
    rf"|(?i:continued|cont(?:'d|\.)?) (?:on|from|ON|FROM) (?:(?i:page|p) ?\.? ?)?{_NUMBER}"
    rf"|[A-Z][A-Z' ]{{2,30}} (?:from|FROM) [A-Z]-?[0-9]{{1,2}}"
    rf"|(?:下?[转轉]|[上下][接承]|[转轉]接)第? ?{_CHINESE_NUMBER} ?[版頁页]"
    rf"|{_NUMBER}(?:面|ページ)[にへ](?:続く|つづく)|{_NUMBER}(?:면|쪽)(?:에|으로|에서) 계속){_JUMP_EDGE}"
)
#: What browsers and layout programs print at the edge of a page: the address, when it was printed, the file.
_PRINT_MARK = re.compile(
    r"(?:https?|file)://\S+|www\.\S+|\S.{0,60}\.(?:indd|idml|qx[dpb]|p65|pmd)\b.{0,40}"
    r"|(?:\d{1,4}[./-]){2}\d{1,4},? \d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?"
)
#: Longer pieces are prose.
_MAX_NUMBER, _MAX_JUMP = 40, 80


def is_page_number(text: str) -> bool:
    """Return whether ``text`` is nothing but the number of a page."""
    return len(text) <= _MAX_NUMBER and (_BARE.fullmatch(text) is not None or is_worded_page_number(text))


def is_worded_page_number(text: str) -> bool:
    """Return whether ``text`` is nothing but the number of a page with the word for "page"."""
    return len(text) <= _MAX_NUMBER and _WORDED.fullmatch(text) is not None


def is_print_mark(text: str) -> bool:
    """Return whether ``text`` is nothing but an address, a date with a time, or the name of a layout file."""
    return _PRINT_MARK.fullmatch(text) is not None


def is_dated(text: str) -> bool:
    """Return whether ``text`` holds a year, as the date of an issue does."""
    return _YEAR.search(text) is not None


def is_jump_line(text: str) -> bool:
    """Return whether ``text`` is nothing but a note that the article continues on, or comes from, another page."""
    start = text.lstrip("-–—[({<（【*►▶→»«■ ")[:1]
    return len(text) <= _MAX_JUMP and not start.islower() and _JUMP.fullmatch(text) is not None
