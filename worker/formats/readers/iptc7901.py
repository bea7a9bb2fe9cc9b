"""Read IPTC 7901, the text format of wires and e-mail deliveries: a header line, keywords, a headline, the text.

Message numbers restart each day or year, so they are no ids. What follows the sign of the end is not read.
"""

import re
from datetime import datetime

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, status
from worker.formats.decode import decode
from worker.formats.limits import Limits
from worker.formats.wire_lines import join_wrapped

#: The controls around header and text: start of header, start and end of text, end of transmission.
_HEADER, _TEXT, _END = "\x01", "\x02", "\x03"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: ``eca0124 3 i 93 dpa 1888`` or ``ZCZC FMG000``
HEADER_LINE = r"(?:ZCZC [A-Z]{2,4}\d{3,5}[^\n]*|[A-Za-z]{2,6}\d{3,5} \d [a-z]{1,3} \d{1,5} [^\n]{0,80})"
_HEADER_LINE = re.compile(rf"\s*{HEADER_LINE}\n")
#: ``212101 GMT Nov 18``: day and time, month and year.
_SENT = re.compile(r"(?m)^ *(\d\d)(\d{4}) ([A-Z]{3,4}) ([A-Z][a-z]{2}) (\d\d) *$")
#: Where dpa's notes for editors begin, and where a message ends.
_AFTER_TEXT = re.compile(r"(?m)^(?:# (?:Notebook|Notizblock|Redaktioneller Hinweis)\b.*|NNNN)\s*$")
#: A headline ends with a sign of equality; it is within the first lines.
_HEADLINE_END = re.compile(r"=!?\s*$")
_MOST_HEAD_LINES = 14
#: A head without that sign: keywords, a headline of up to three lines, blank lines.
_MOST_UNMARKED_LINES, _LONGEST_HEAD_LINE = 7, 90
#: What is above a headline: blank lines, keywords with slashes, a priority in capitals, another line of the head.
_KEYWORDS = re.compile(r"\s*|\(.*\)\s*|.*/\s*|[A-ZÄÖÜ]{2,12}\s*|.*=!?\s*")


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of a message."""
    del limits
    text = decode(data).text.replace("\r\n", "\n").replace("\r", "\n")
    if _TEXT in text:
        text = text.split(_TEXT, 1)[1]
    body, _, trailer = text.partition(_END)
    sent = _SENT.search(trailer) or _SENT.search(body)
    body = _CONTROLS.sub("", body)
    body = _HEADER_LINE.sub("", body, count=1) if _HEADER_LINE.match(body) else body
    end = _AFTER_TEXT.search(body)
    lines = _SENT.sub("", body[: end.start()] if end else body).strip("\n").split("\n")
    head, rest = _split_head(lines)
    title = _title(head)
    if not "".join(rest).strip():
        raise QuarantineError("The wire message has no text below its header.")
    return Article(
        text=_body(rest),
        title=title,
        published_at=_published(sent),
        status=status.strictest(status.from_headline(title), *map(status.from_note, head)),
    )


def _body(lines: list[str]) -> str:
    """Return the text; where paragraphs are indented, their lines are joined."""
    first = next(line for line in lines if line.strip())
    return join_wrapped(lines) if first.startswith("  ") else "\n".join(lines).strip()


def _split_head(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines up to the last one of the head that ends with a sign of equality, and the text below."""
    ends = [n for n, line in enumerate(lines[:_MOST_HEAD_LINES]) if _HEADLINE_END.search(line)]
    below = ends[-1] + 1 if ends else _first_indented(lines)
    return lines[:below], lines[below:]


def _first_indented(lines: list[str]) -> int:
    """Return the number of the first indented line, below keywords and headline as AFP sets them; 0: there is none."""
    first = next((n for n, line in enumerate(lines[:_MOST_UNMARKED_LINES]) if line.startswith("   ")), 0)
    head = [line for line in lines[:first] if line.strip()]
    return first if head and max(map(len, head)) <= _LONGEST_HEAD_LINE else 0


def _title(head: list[str]) -> str | None:
    """Return the headline: the first paragraph that ends with a sign of equality, without the keywords above it."""
    for number, line in enumerate(head):
        if _HEADLINE_END.search(line):
            first = number
            while first and not _KEYWORDS.fullmatch(head[first - 1]):
                first -= 1
            return _HEADLINE_END.sub("", " ".join(" ".join(head[first : number + 1]).split())).strip() or None
    printed = [line.strip() for line in head if line.strip()]
    return " ".join(printed[1:] or printed) or None


def _published(sent: re.Match[str] | None) -> datetime | None:
    if sent is None:
        return None
    day, time, zone, month, year = sent.groups()
    return dates.parse(f"{day} {month} 20{year} {time[:2]}:{time[2:]}:00 {zone}") if zone in {"GMT", "UTC"} else None
