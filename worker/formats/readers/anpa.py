"""Read ANPA 1312, the text format of American wires: a number, a line of codes, head lines with ``^``, the text.

Message numbers restart each day, so they are no ids. Codes of the line (priority, category) are not read.
"""

import re
from datetime import datetime

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, status
from worker.formats.decode import decode
from worker.formats.limits import Limits
from worker.formats.wire_lines import join_wrapped

#: ``W2870asian``, then ``f l BC-LT--Argentina-CancerB     11-13 1049``.
SIGNATURE = r"[A-Za-z]\d{4}\S{0,12}[ ]*\r?\n[a-z] [a-z] \S[^\r\n]{0,60}[ ]\d\d-\d\d[ ]{1,3}\d{3,5}[ ]*\r?\n"
_HEADER = re.compile(r"\s*[A-Za-z]\d{4}\S{0,12}[ ]*\n[a-z] [a-z] [^\n]{0,90}\n")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: ``AP-WF-11-13-13 1509GMT<``
_SENT = re.compile(r"(?m)^\s*[A-Z]{2,4}-[A-Z]{2}-(\d\d)-(\d\d)-(\d\d) (\d\d)(\d\d)GMT<?\s*$")
_KEYWORD = re.compile(r"(?:BC|AM|PM|AP|US|EU|AS|LT|ML|AF|CN|BBO|\w{1,3})-[\w-]+.*,\d{2,5}\Z|(?:BC|AM|PM)-.*")
_NO_TITLE = re.compile(r"eds:|by |ap photo|with ap|\(?adds?\b|(?:the )?associated press|.*\bwriter\Z", re.IGNORECASE)
_BY = re.compile(r"by (.{3,120})", re.IGNORECASE)


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of a message."""
    del limits
    text = _CONTROLS.sub("", decode(data).text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _HEADER.sub("", text, count=1)
    sent = _SENT.search(text)
    lines = (text[: sent.start()] if sent else text).split("\n")
    head: list[str] = []
    while lines and (lines[0].startswith("^") or not lines[0].strip()):
        head.append(lines.pop(0).lstrip("^").rstrip(" <=\t"))
    head = [line for line in head if line]
    body = _body(lines)
    if not body:
        raise QuarantineError("The wire message has no text below its head lines.")
    title = next((line for line in head if not _KEYWORD.match(line) and not _NO_TITLE.match(line)), None)
    authors = (by[1] for line in head if (by := _BY.fullmatch(line)) and "associated press" not in line.lower())
    return Article(
        text=body,
        title=title,
        author=next(authors, None),
        published_at=_published(sent),
        status=status.strictest(status.from_headline(title), *map(status.from_note, head)),
    )


def _body(lines: list[str]) -> str:
    """Return the text: an indented line begins a paragraph, and a line with ``^`` is a subhead."""
    return join_wrapped(lines).replace("``", "“").replace("''", "”")


def _published(sent: re.Match[str] | None) -> datetime | None:
    if sent is None:
        return None
    month, day, year, hour, minute = sent.groups()
    return dates.parse(f"20{year}-{month}-{day}T{hour}:{minute}:00Z")
