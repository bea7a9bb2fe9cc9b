"""Parse a mail into its parts, also where the boundary between them is wrong, missing or declared twice.

A part that claims to have parts and has none is parsed again with the boundary that its lines show.
"""

import re
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from worker.errors import QuarantineError
from worker.formats.readers.mail_headers import MAX_HEADER_CHARS

#: Nested parts cost the square of their depth; the digest of a mailing list has 50 parts.
MAX_PARTS = 200
#: Lines that may separate parts: each part costs 2 KB and 50 µs.
_MAX_SEPARATORS = 10_000
#: The header parser of the standard library recurses into comments, which are in parentheses.
_MAX_COMMENTS = 20
#: A line that separates parts, and the first header of the part after it.
_SEPARATOR = re.compile(
    rb"^--(\S[^\r\n]{0,199}?)[ \t]*\r?\n(?=(?:[ \t]*\r?\n)?Content-[\w-]{1,40}[ \t]*:)", re.MULTILINE | re.IGNORECASE
)
#: A line that may separate parts without headers, if a closing line with the same boundary follows.
_PLAIN_SEPARATOR = re.compile(rb"^--([^\s\"-][^\r\n\"]{0,69}?)[ \t]*\r?$", re.MULTILINE)
#: Apple Mail keeps a mail as its size, the mail, and a property list with what the reader did with it.
_APPLE_MAIL = re.compile(rb"\s{0,9}(\d{1,12})[ \t]{0,9}\r?\n(?=[\w-]{1,60}:)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: What precedes the first separator in a mail whose header lost its content type.
_PREAMBLE = re.compile(rb"\s*(?:This is a (?:multi-?part|cryptograph)[^\r\n]*\s+)?\Z", re.IGNORECASE)


class _ShortHeaders(policy.EmailPolicy):
    """The policy of the standard library, which parses only the beginning of each header."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return the parsed header."""
        value = value[:MAX_HEADER_CHARS]
        if value.count("(") > _MAX_COMMENTS:
            value = value.replace("(", " ").replace(")", " ")
        return super().header_fetch_parse(name, value)


_POLICY = _ShortHeaders()


def parse(data: bytes) -> Message:
    """Return the mail; raise QuarantineError if it has more parts than a mail has."""
    data = _bare(data)
    if data.count(b"boundary=") > MAX_PARTS or data.count(b"message/rfc822") > MAX_PARTS:
        raise QuarantineError(f"The mail has more than {MAX_PARTS} nested parts: send its text alone.")
    if b"boundary=" in data:
        _refuse_too_many_separators(data, b"")
    return message_from_bytes(data, policy=_POLICY)


def _bare(data: bytes) -> bytes:
    """Return a mail without the mark of a text editor and without what Apple Mail stores around it."""
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if apple := _APPLE_MAIL.match(data):
        return data[apple.end() : apple.end() + int(apple[1])]
    return data


def parts(message: Message) -> list[Message]:
    """Return the parts of ``message``, or [] if it has none; where its header is wrong, its lines separate them."""
    if message.is_multipart():
        return [part for part in message.get_payload() if isinstance(part, Message)]
    body = message.get_payload(decode=True)
    claims = message.get_content_maintype() == "multipart"
    if not isinstance(body, bytes) or not (claims or b"\nContent-" in body):
        return []
    boundary = _boundary(body)
    if boundary is None:
        return []
    before = body[: body.find(b"--" + boundary)]
    is_preamble = _PREAMBLE.match(before) is not None
    if not (claims or is_preamble or b"--" + boundary + b"--" in body):
        return []
    repaired = _with_boundary(message, boundary, body)
    return repaired if claims or is_preamble else [_text_part(message, before), *repaired]


def _refuse_too_many_separators(data: bytes, boundary: bytes) -> None:
    if data.count(b"\n--" + boundary) > _MAX_SEPARATORS:
        raise QuarantineError(f"The mail has more than {_MAX_SEPARATORS:,} parts: send its text alone.")


def _with_boundary(message: Message, boundary: bytes, body: bytes) -> list[Message]:
    _refuse_too_many_separators(body, boundary)
    subtype = message.get_content_subtype() if message.get_content_maintype() == "multipart" else "mixed"
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype.encode("ascii", "replace"), boundary)
    repaired = message_from_bytes(head + body, policy=_POLICY)
    return [part for part in repaired.get_payload() if isinstance(part, Message)] if repaired.is_multipart() else []


def _text_part(message: Message, body: bytes) -> Message:
    charset = (message.get_content_charset() or "").encode("ascii", "replace")
    return message_from_bytes(b'Content-Type: text/plain; charset="%s"\r\n\r\n' % charset + body, policy=_POLICY)


def _boundary(body: bytes) -> bytes | None:
    if found := _SEPARATOR.search(body):
        return found[1]
    found = _PLAIN_SEPARATOR.search(body)
    return found[1] if found and b"--" + found[1] + b"--" in body else None
