"""Whether an article may be published: the codes and notes with which agencies kill, withhold and embargo.

A code counts as it is. A note is prose, so only wording that can mean nothing else counts.
"""

import re
from datetime import datetime

from worker.article import PublicationStatus
from worker.formats import dates

#: The last word of a code, as in ``stat:canceled`` or ``http://cv.iptc.org/newscodes/pubstatusg2/canceled``.
_CODES = {
    PublicationStatus.USABLE: "usable",
    PublicationStatus.WITHHELD: "withheld embargoed embargo hold",
    PublicationStatus.WITHDRAWN: "canceled cancelled cancel killed kill withdrawn deleted recalled retracted takedown",
}
_BY_CODE = {code: status for status, codes in _CODES.items() for code in codes.split()}
_CODE_END = re.compile(r"[\w-]+\Z")
#: Only the beginning of a note says what it is about; agencies' notes have up to 300 characters.
_NOTE_CHARS = 1_000

_SIGN = r"(?:\s*[-–—:,.!)\]*/]|\s*\Z)"
#: How a note begins that kills an item.
_KILL_FIRST = (
    rf"(?:kill(?:ed)?|withdraw[nl]?(?:al)?|cancel(?:l?ed|l?ation)?|retract(?:ed|ion))(?:{_SIGN}"
    r"| (?:notice|story|item|this|the|by|bc-|advisory|do not)\b)"
    r"|annul(?:ation|ée?|lamento|lat[ao]|er(?:as?|ing|es)|leret|lert)\b|anula(?:d[ao]|ción|ção|cja|re)\b"
    r"|zur[uü]ckgezogen\b|zur[uü]ckziehung\b|makuler(?:a|ing)\b|tilbagekald\w*|tilbakekalt\b|ingetrokken\b"
    r"|аннулир\w+|отозван\w*|iptal\b|撤稿|撤销|撤銷|取消し|記事取り消し|기사 ?취소|전문 ?취소"
)
#: What may precede it.
_ADDRESS = r"(?:(?:attention|achtung|editors?|eds|urgent|mandatory|bulletin|story|news|note)[ ,.:;!*-]+){0,4}"
#: Sentences that say so anywhere in a note.
_KILL_SENTENCES = (
    r"\bmandatory kill\b|\bkill\b.{0,60}\bdo not (?:use|publish|run)\b|\bdo not (?:use|publish|run)\b.{0,80}\bkill"
    r"|\b(?:story|item|dispatch|report|article) (?:has been|is|was|is being) (?:hereby )?"
    r"(?:withdrawn|killed|cancell?ed)\b"
    r"|\bis withdrawn\b|\b(?:wird|ist|wurde) (?:hiermit )?zur[uü]ckgezogen\b|\best annulée?\b"
    r"|\bqueda anulad[ao]\b|\bè (?:stat[ao] )?annullat[ao]\b"
)
_HOLD_WORDS = (
    r"\bembargo(?:ed)?\b|\bembargat[ao]\b|\bambargo\w*|\bэмбарго\b|\bsperr(?:frist|vermerk)\b|\bklausul\b"
    r"|解禁|엠바고|حظر النشر"
    r"|\bhold (?:for|until)\b|\bnot for (?:release|publication|use) (?:before|until)\b|\bwithh[eo]ld\b"
)
_LIFTED_WORDS = (
    r"\b(?:no|without|ohne|sans|sin|senza|utan|uden|uten) (?:an? )?(?:embargo|sperrfrist)\b"
    r"|\bembargo (?:is |was |has been |now )*(?:lifted|over|expired|levé|levantado|tolto|hävt|ophævet)\b"
    r"|\bsperrfrist (?:ist |wurde )?(?:aufgehoben|abgelaufen)\b"
)
_KILL_NOTE = re.compile(rf"(?i)\A[ *+(\[!/-]*{_ADDRESS}(?:{_KILL_FIRST})|{_KILL_SENTENCES}")
_HOLD_NOTE = re.compile(rf"(?i){_HOLD_WORDS}")
_LIFTED_NOTE = re.compile(rf"(?i){_LIFTED_WORDS}")
#: Other words, such as CANCELLED, may be what the news is about.
_KILL_HEADLINE = re.compile(
    r"[ *+!\[(]*(?:MANDATORY |STORY )?(?:KILL|Kill|WITHDRAWN|Withdrawn|WITHDRAWAL|ANNULATION|ANULAD[AO])[\])]*"
    r"(?: *[-–—:*]|\Z)"
)
#: A line of a note to editors in a plain text: `Eds: Kill the story …`.
_ADDRESSED_LINE = re.compile(
    r"(?i)[ *+(\[!/-]*(?:eds|(?:note to |attention )?editors|achtung,? redaktion(?:en)?)\b[ ,;:!-]"
)
#: A line above a plain text that holds it: `EMBARGOED UNTIL 00:01 GMT ON 9 APRIL 2031`, `Sperrfrist: 9. April, 18 Uhr`.
#: It ends with a number, a time or a zone; `Embargo until 2031 angers the fishermen` is a headline.
_EMBARGO_LINE = re.compile(
    r"[*=+(\[ -]{0,5}(?i:(?:strictly |under )?embargo(?:ed)?(?: for (?:release|publication))?|sperrfrist"
    r"|not for (?:release|publication|broadcast)|hold for release|(?:sous|bajo|sotto) embargo|embargado|klausul"
    r"|эмбарго)"
    r"(?: ?:|(?= \d\d?\.)|(?i: until| till?| tills| before| bis| jusqu| hasta| fino| até| tot| до))"
    r"(?P<end>[^\n]{0,60}\d[^\n]{0,30}?(?:\d|Uhr|[aApP]\.?[mM]\.?|[A-Z]{2,4}|h))[ *=+)\].!-]{0,5}\Z"
)
#: A time without one of these zones is that of a place that is not known.
_ZONE = re.compile(r"\b(?:GMT|UTC|BST|CES?T|MES?Z|[ECP][SD]?T)\b")
#: A text has its notes within so many lines and characters.
_HEAD_LINES, _HEAD_CHARS = 6, 1_500


def from_code(code: str | None) -> PublicationStatus | None:
    """Return the status of a code; None if there is no code or it says nothing of a status."""
    word = _CODE_END.search((code or "").strip().lower())
    return _BY_CODE.get(word[0]) if word else None


def from_note(note: str | None) -> PublicationStatus | None:
    """Return the status that a note to editors states; None if it states none."""
    note = " ".join((note or "")[:_NOTE_CHARS].split())
    if _KILL_NOTE.search(note):
        return PublicationStatus.WITHDRAWN
    return PublicationStatus.WITHHELD if _HOLD_NOTE.search(note) and not _LIFTED_NOTE.search(note) else None


def from_headline(headline: str | None) -> PublicationStatus | None:
    """Return ``WITHDRAWN`` if a headline begins with a kill; an embargo in one is what the news is about."""
    return PublicationStatus.WITHDRAWN if headline and _KILL_HEADLINE.match(headline) else None


def from_text(text: str) -> tuple[PublicationStatus, datetime | None]:
    """Return the status that the notes above a plain text state, and the end of an embargo if its zone is known."""
    lines = [line.strip() for line in text[:_HEAD_CHARS].split("\n") if line.strip()][:_HEAD_LINES]
    stated = [from_headline(lines[0]) if lines else None]
    stated += [from_note(line) for line in lines if _ADDRESSED_LINE.match(line)]
    held = next(filter(None, map(_EMBARGO_LINE.match, lines)), None)
    until = embargo_end(held["end"].strip(" :*")) if held and _ZONE.search(held["end"]) else None
    status = strictest(*stated, PublicationStatus.WITHHELD if held else None)
    return status, until if status == PublicationStatus.WITHHELD else None


def strictest(*stated: PublicationStatus | None, embargo: datetime | None = None) -> PublicationStatus:
    """Return the strictest of what is stated; an article under an ``embargo`` is withheld at least."""
    if PublicationStatus.WITHDRAWN in stated:
        return PublicationStatus.WITHDRAWN
    return PublicationStatus.WITHHELD if PublicationStatus.WITHHELD in stated or embargo else PublicationStatus.USABLE


def embargo_end(value: object, issued: datetime | None = None) -> datetime | None:
    """Return the end of an embargo; None if ``value`` is no date, or is not after the article was ``issued``."""
    until = dates.parse(value)
    return until if until and (issued is None or until > issued) else None
