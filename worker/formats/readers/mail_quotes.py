"""Remove what a mail program put around the author's text: forwarding headers, quoted replies, signatures.

Only what is certainly a program's is removed. A forwarded text is the article and stays; so does a quotation that no
program attributed, and a quoted text that is longer than the answer above it.
"""

import re
from collections.abc import Callable

from worker.formats.readers.mail_labels import (
    ADDRESS_OF_QUOTED,
    ADDRESS_OR_LINK,
    ANSWERED,
    ATTRIBUTION,
    DEVICE,
    DIRECTIONS,
    FORWARDED,
    FROM,
    MINUTE_OF_QUOTED,
    OTHER,
    SENT,
    SUBJECT,
)

#: Longer texts are no mails that a person forwarded; each step is linear in the lines.
_MAX_LINES = 50_000
#: A header that is forwarded has from, date, subject, to and perhaps a few more.
_MIN_LABELS, _MAX_HEADER_LINES = 3, 14
#: Words of an answer above which the quoted mail is only its history.
_LONG_ANSWER = 100
#: Longer lines are no marks and no attributions; their patterns take time in the square of the length.
_MAX_MARK_CHARS, _MAX_ATTRIBUTION_CHARS = 200, 500
#: A signature: lines, and words of a line that is no sentence.
_MAX_SIGNATURE_LINES, _MAX_SIGNATURE_WORDS = 12, 12
#: A longer line that ends in a full stop is a sentence on telephones.
_MAX_DEVICE_WORDS = 7
#: The footer of a list or newsletter: a rule, then its name and addresses; newsletters add links and where they are.
_RULE = re.compile(r"(?:[_=#*~━─-]{20,}|-{2,3})\s*")
_MAX_FOOTER_LINES, _MAX_IMPRINT_LINES = 9, 30
_LIST = re.compile(
    r"listinfo|unsub|mailing[ -]?list|mailman|/lists?/|abmelden|abbestell|désabonn|désinscri|darse de baja"
    r"|cancelar (?:la )?suscri|annulla|disiscri"
    r"|descadastr|uitschrijven|afmelden|avregistrer|avsluta|avmeld|afmeld|wypisa|odhlás|leiratkoz"
    r"|отписаться|відписатися|配信停止|配信解除|購読解除|退订|退訂|수신 ?거부",
    re.IGNORECASE,
)
#: A file within the text: its mode and name, then lines of up to 45 bytes without small letters.
_FILE = re.compile(r"begin [0-7]{3,4} \S[^\n]{0,200}")
_FILE_LINE = re.compile(r"[ -`]{0,90}")
#: Text that is signed with PGP and not encoded: its frame, and the signature behind it.
_SIGNED = re.compile(
    r"\A\s{0,9}-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+:[^\n]*\n){0,5}\s*\n(?P<text>[\s\S]*?)"
    r"\n-----BEGIN PGP SIGNATURE-----[\s\S]*\Z"
)
#: A mail that was answered is left out if it has at most this many words, and the answer three times as many.
_MAX_ANSWERED_WORDS, _ANSWER_SHARE = 60, 3
_BLANK_LINES = re.compile(r"\n{3,}")
_QUOTED = re.compile(r"\s{0,3}>[> ]*")
_LABEL = re.compile(r"[>\s]{0,12}[*_]{0,2}([^\W\d][\w\u0900-\u0e7f .()'-]{0,24}?)[*_]{0,2}\s{0,3}[:：]")
_LABELS = FROM | SENT | OTHER
#: The rest of a list of addresses that was wrapped, or the line in which Russian programs name the sender.
_ADDRESSES = re.compile(r"[>\s]*[^\n@]{0,80}@[^\n]{0,200}[>,;:)\]]\s*")
#: The line above the header of a forwarded mail: words between dashes, a rule, or "Begin forwarded message:"
_MARK = re.compile(r"[-_=—–]{2,}[^\n]{0,80}?[-_=—–]{2,}|[-_=—–*]{5,}|[^\n]{0,60}[:：]")
#: A program attributes a quotation with a time, a date or an address; "She wrote:" is the author's.
_SENT_AT = re.compile(
    r"@|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\b\d{1,2}\b.*\b\d{4}\b|\b\d{4}\b.*\b\d{1,2}\b"
)
_CITE = re.compile(r"<blockquote\b([^>]{0,500})>|</blockquote\s*>", re.IGNORECASE)
_IS_CITE = re.compile(
    r"""type\s*=\s*["']?cite|class\s*=\s*["'][^"']{0,100}(?:gmail_quote|moz-cite|tutanota_quote)""", re.IGNORECASE
)
#: Yahoo encloses what it quotes in an element of this name.
_YAHOO_QUOTATION = "yahoo_quoted"


def author_text(text: str, *, answers: bool = False) -> str:
    """Return ``text`` without forwarding headers, quoted replies and signature; itself if nothing else would remain.

    ``answers``: the subject says that the mail answers another one, so that a short mail below it is only history.
    """
    if signed := _SIGNED.match(text):
        text = "\n".join(line.removeprefix("- ") for line in signed["text"].split("\n"))
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        return text.strip()
    lines = _without_list_footer(_without_files(lines) if "\nbegin " in text else lines)
    rest = "\n".join(_without_signature(_without_replies(_without_forwards(lines, answers)))).strip()
    return _BLANK_LINES.sub("\n\n", rest) or text.strip()


def mark_citations(markup: str, convert: Callable[[str], str]) -> str:
    """Return the text of ``markup``, converted by ``convert``; ``> `` precedes the lines that a program quotes."""
    pieces: list[str] = []
    open_quotes: list[bool] = []
    position = 0
    cited_from = markup.find(_YAHOO_QUOTATION) if _YAHOO_QUOTATION in markup else len(markup)
    for tag in _CITE.finditer(markup):
        is_cite = tag[1] is not None and (tag.start() > cited_from or _IS_CITE.search(tag[1]) is not None)
        if tag[1] is not None and not any(open_quotes) and not is_cite:
            continue
        if tag[1] is None and not open_quotes:
            continue
        pieces.append(_quoted(convert(markup[position : tag.start()]), any(open_quotes)))
        position = tag.end()
        if tag[1] is None:
            open_quotes.pop()
        else:
            open_quotes.append(True)
    pieces.append(_quoted(convert(markup[position:]), any(open_quotes)))
    return "\n\n".join(filter(None, pieces))


def _quoted(text: str, is_quoted: bool) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n")) if is_quoted and text else text


def _without_forwards(lines: list[str], answers: bool) -> list[str]:
    """Return the lines without the headers of forwarded mails; what such a header introduces is no quotation."""
    kept: list[str] = []
    number, forwarded = 0, False
    while number < len(lines):
        end = _end_of_header(lines, number)
        if end > number:
            mark = _drop_mark(kept)
            kept = _without_signature(kept)
            if (answers or ANSWERED.search(mark)) and _is_history(kept, lines[end:]):
                return kept
            kept.append("")
            number, forwarded = end, True
        else:
            kept += _unquoted([lines[number]]) if forwarded else [lines[number]]
            number += 1
    return kept


def _drop_mark(lines: list[str]) -> str:
    """Remove blank lines and a mark from the end of ``lines``; return the mark."""
    while lines and not lines[-1].strip("> "):
        lines.pop()
    return lines.pop() if lines and _is_mark(lines[-1]) else ""


def _is_history(answer: list[str], answered: list[str]) -> bool:
    """Return whether a short mail below a long answer is only what it answers; Outlook marks a forward like it."""
    words = len(" ".join(answered).split())
    return words <= _MAX_ANSWERED_WORDS and len(" ".join(answer).split()) >= _ANSWER_SHARE * max(words, 1)


def _without_files(lines: list[str]) -> list[str]:
    """Return the lines without files that an old program wrote into the text (uuencode)."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        end = number + 1
        if _FILE.fullmatch(lines[number]):
            while end < len(lines) and _FILE_LINE.fullmatch(lines[end]):
                end += 1
        is_file = end > number + 1 and end < len(lines) and lines[end].strip() == "end"
        kept += [] if is_file else lines[number : number + 1]
        number = end + 1 if is_file else number + 1
    return kept


def _without_list_footer(lines: list[str]) -> list[str]:
    """Return the lines without the footer of a list or newsletter: a rule, the name, addresses, how to unsubscribe."""
    for number in range(len(lines) - 1, max(len(lines) - _MAX_IMPRINT_LINES - 1, 0), -1):
        if _RULE.fullmatch(lines[number]) and _is_list_footer(lines[number + 1 :]):
            return lines[:number]
    return lines


def _is_list_footer(footer: list[str]) -> bool:
    """Return whether lines below a rule say how to leave a list, by an address; one of nine lines may be prose."""
    text = "\n".join(footer)
    if not (_LIST.search(text) and ADDRESS_OR_LINK.search(text)):
        return False
    prose = [line for line in footer if not (_may_sign(line) or ADDRESS_OR_LINK.search(line) or _LIST.search(line))]
    return len(prose) <= (len(footer) <= _MAX_FOOTER_LINES)


def _is_mark(line: str) -> bool:
    line = _QUOTED.sub("", line, count=1).strip()
    if len(line) > _MAX_MARK_CHARS or not _MARK.fullmatch(line):
        return False
    return not line.endswith((":", "：")) or FORWARDED.search(line) is not None


def _end_of_header(lines: list[str], start: int) -> int:
    """Return the number of the line after the header of a forwarded mail at ``start``; ``start`` if there is none."""
    if _label(lines[start]) not in _LABELS:
        return start
    labels: list[str] = []
    last, spaced = start, False
    for number in range(start, min(start + _MAX_HEADER_LINES, len(lines))):
        label = _label(lines[number])
        # Blank lines are between all labels (each is a paragraph of HTML) or between none.
        if label in _LABELS and (number <= last + 1 or len(labels) == 1 or spaced):
            spaced = spaced or number > last + 1
            labels.append(label)
            last = number
        elif number == last + 1 and _ADDRESSES.fullmatch(lines[number]):
            last = number
        elif lines[number].strip("> ") or number > last + 1:
            break
    before = next((line for line in reversed(lines[max(start - 3, 0) : start]) if line.strip("> ")), "")
    known = set(labels)
    if not known & FROM:
        return start
    if _is_mark(before) and (FORWARDED.search(before) or len(known) > 1):
        return last + 1
    is_program = bool(known & SENT) or "@" in "".join(lines[start : last + 1])
    return last + 1 if len(known) >= _MIN_LABELS and known & (SENT | SUBJECT) and is_program else start


def _label(line: str) -> str:
    label = _LABEL.match(line)
    return " ".join(label[1].lower().split()) if label else ""


def _without_replies(lines: list[str]) -> list[str]:
    """Return the lines without the mail that an attribution quotes, or with it unquoted if it has more to say."""
    is_quoted = [_QUOTED.match(line) is not None for line in lines]
    if all(quoted or not line.strip() for quoted, line in zip(is_quoted, lines, strict=True)):
        return _unquoted(lines)  # old programs forward a mail as a quotation
    for first in range(1, len(lines)):
        if is_quoted[first] and not is_quoted[first - 1] and (begin := _begin_of_quotation(lines, first)) >= 0:
            answer = lines[:begin] + [
                line for line, quoted in zip(lines[first:], is_quoted[first:], strict=True) if not quoted
            ]
            words = len(" ".join(answer).split())
            history = sum(
                len(line.split()) for line, quoted in zip(lines[first:], is_quoted[first:], strict=True) if quoted
            )
            return answer if words >= min(_LONG_ANSWER, history) else [*lines[:begin], "", *_unquoted(lines[first:])]
    return lines


def _unquoted(lines: list[str]) -> list[str]:
    return [_QUOTED.sub("", line, count=1) for line in lines]


def _begin_of_quotation(lines: list[str], first: int) -> int:
    """Return the number of the line where a program begins to quote at ``first``; -1 if no program says that it does.

    Apple Mail quotes its own line above what it quotes.
    """
    begin = _attribution(lines, first)
    inside = " ".join(_unquoted(lines[first : first + 2])[: 1 if lines[first].rstrip().endswith(":") else 2])
    return begin if begin < first or (len(inside) <= _MAX_ATTRIBUTION_CHARS and _attributes(inside.rstrip())) else -1


def _attribution(lines: list[str], first: int) -> int:
    """Return the number of the line where the attribution above the quotation at ``first`` begins; ``first``: none."""
    end = first
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    for begin in range(end - 1, max(end - 4, -1), -1):
        if not lines[begin].strip():
            break
        attribution = DIRECTIONS.sub("", " ".join(lines[begin:end])).rstrip()
        if len(attribution) > _MAX_ATTRIBUTION_CHARS:
            break
        if _attributes(attribution) and not lines[begin].startswith((" ", "<")):
            return begin
    return first


def _attributes(line: str) -> bool:
    """Return whether a program wrote this line above what it quotes."""
    if ATTRIBUTION.search(line):
        return _SENT_AT.search(line) is not None
    is_open = line.endswith((":", "："))
    return is_open and bool(ADDRESS_OF_QUOTED.search(line) and MINUTE_OF_QUOTED.search(line))


def _without_signature(lines: list[str]) -> list[str]:
    """Return the lines without what follows the last signature mark, and without the line of a telephone."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _is_device(lines[end - 1].strip())):
        end -= 1
    lines = lines[:end]
    for number in range(len(lines) - 1, max(len(lines) - _MAX_SIGNATURE_LINES - 2, 0), -1):
        if lines[number] in ("--", "-- ", "--\u00a0"):
            is_signature = all(map(_may_sign, lines[number + 1 :])) and any(line.strip() for line in lines[:number])
            return lines[:number] if is_signature else lines
    return lines


def _may_sign(line: str) -> bool:
    return len(line.split()) <= _MAX_SIGNATURE_WORDS or not line.rstrip().endswith((".", "!", "?", "…", "”", '"'))


def _is_device(line: str) -> bool:
    is_prose = line.endswith(".") and len(line.split()) > _MAX_DEVICE_WORDS
    return len(line) <= _MAX_MARK_CHARS and not is_prose and DEVICE.fullmatch(line) is not None
