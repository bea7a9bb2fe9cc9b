"""Read e-mails (.eml) and mailboxes (.mbox): subject, sender, date, and the text of the body.

Mail is often malformed: a broken header or part never prevents reading the rest of the mail.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message
from functools import partial
from itertools import islice
from typing import Any

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, html_fragment
from worker.formats.decode import decode
from worker.formats.faults import CONTENT_ERRORS, file_fault
from worker.formats.fields import language_code, line
from worker.formats.limits import Limits, Span
from worker.formats.stream import Record, Stream

_ADDRESS = re.compile(r"\s*<[^<>]*>")
_BOUNDARY = re.compile(rb"^--([^\s\"-][^\r\n\"]{0,69})\r?$", re.MULTILINE)
#: Nested parts cost the square of their depth; the digest of a mailing list has 50 parts.
_MAX_PARTS = 200
#: Lines that may separate parts: each part costs 2 KB and 50 µs.
_MAX_SEPARATORS = 10_000
#: The header parser of the standard library takes time in the square of a header's length: 25 KB of commas in a sender
#: took 15 s, 1,000 characters take 15 ms at most. It recurses into comments, which are in parentheses.
_MAX_HEADER_CHARS = 1_000
_MAX_COMMENTS = 20


class _ShortHeaders(policy.EmailPolicy):
    """The policy of the standard library, which parses only the beginning of each header."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return the parsed header."""
        value = value[:_MAX_HEADER_CHARS]
        if value.count("(") > _MAX_COMMENTS:
            value = value.replace("(", " ").replace(")", " ")
        return super().header_fetch_parse(name, value)


_POLICY = _ShortHeaders()


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of one mail; plain text is preferred to HTML, attachments are ignored."""
    del limits
    if data.count(b"boundary=") > _MAX_PARTS:
        raise QuarantineError(f"The mail has more than {_MAX_PARTS} nested parts: send its text alone.")
    if b"boundary=" in data and data.count(b"\n--") > _MAX_SEPARATORS:
        raise QuarantineError(f"The mail has more than {_MAX_SEPARATORS:,} parts: send its text alone.")
    message = _parse(data)
    text = _body(message, "text/plain") or _body(message, "text/html")
    if not text:
        raise QuarantineError("The mail itself has no text: it is empty or all attachments; send those themselves.")
    sender = _header(message, "from")
    return Article(
        text=text,
        title=_header(message, "subject"),
        external_id=(_header(message, "message-id") or "").strip("<>") or None,
        author=(line(_ADDRESS.sub("", sender)) or sender.strip("<> ")) if sender else None,
        language=language_code(_header(message, "content-language")),
        published_at=dates.parse(_header(message, "date")),
    )


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each mail of a mailbox; a mail begins with ``From `` after a blank line."""
    file = stream.open_at(span.offset)
    position = begin = span.offset
    mail: list[bytes] = []
    size = 0
    after_blank = True
    while data := file.readline(limits.max_article_bytes):
        if after_blank and data.startswith(b"From "):
            if size:
                yield _record(mail, size, begin, limits)
            mail, size, begin = [], 0, position
        elif size + len(data) <= limits.max_article_bytes:
            mail.append(data[1:] if data.startswith(b">From ") else data)
        size += len(data)
        position += len(data)
        after_blank = data in (b"\n", b"\r\n")
    yield _record(mail, size, begin, limits)


def _parse(data: bytes) -> Message:
    """Return the parsed mail; if the header lacks the boundary of its parts, take it from the body."""
    message = message_from_bytes(data, policy=_POLICY)
    if message.is_multipart() or message.get_content_maintype() != "multipart":
        return message
    boundary = _BOUNDARY.search(data)
    declared = b'multipart/mixed; boundary="%s"' % boundary.group(1) if boundary else b"text/plain"
    # Of two headers with the same name, the parser uses the first.
    return message_from_bytes(b"Content-Type: " + declared + b"\r\n" + data, policy=_POLICY)


def _record(mail: list[bytes], size: int, begin: int, limits: Limits) -> Record:
    if size > limits.max_article_bytes:
        return Record(begin, partial(_refuse_too_long, limits.max_article_bytes))
    return Record(begin, partial(article, b"".join(mail), limits), size)


def _refuse_too_long(limit: int) -> Article:
    raise QuarantineError(f"The mail is larger than one article may be ({limit:,} bytes), with its attachments.")


def _body(message: Message, media_type: str) -> str:
    """Return the text of the first part of ``media_type`` that is not an attachment; empty if there is none."""
    for part in islice(message.walk(), _MAX_PARTS):
        if part.is_multipart() or part.get_content_type() != media_type or _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            text = decode(payload, part.get_content_charset()).text.replace("\r\n", "\n")
            return html_fragment.html_to_text(text) if media_type == "text/html" else text.strip()
    return ""


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _header(message: Message, name: str) -> str | None:
    try:
        return line(str(message.get(name) or ""))
    except CONTENT_ERRORS as error:  # the standard library raises a dozen exception types on broken headers
        file_fault(error)  # raises an error of the disk
        return None
