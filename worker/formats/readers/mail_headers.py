"""Decode the headers of a mail: encoded words, raw 8-bit text, unknown charsets; take prefixes off the subject.

The standard library decodes what follows the standards. Mail often does not: labels are wrong, encoded words end within
a character, and old programs write 8-bit text without any label.
"""

import base64
import binascii
import quopri
import re
from email.message import Message

from worker.errors import QuarantineError
from worker.formats.decode import decode
from worker.formats.fields import line

#: Parsers of headers take time in the square of the length: 25 KB of commas in a sender took 15 s, 1,000 characters
#: take 15 ms at most.
MAX_HEADER_CHARS = 1_000
#: =?charset*language?encoding?text?=; RFC 2231 added the language. Some programs leave blanks in the text.
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_ADDRESS = re.compile(r"\s*<[^<>]*>")
_COMMENT = re.compile(r"[^\s()]*@[^\s()]*\s*\(([^()]+)\)")
#: A list that sends for its members: "Mara Ellund via Press".
_VIA = re.compile(r"(?<=[\w')]) via [^\n,<>@]{1,60}\Z")
_QUOTES = re.compile(r'\\?"([^"]*)"')
#: Prefixes of replies and forwards: English, German, Dutch, French, Spanish, Italian, Portuguese, Scandinavian
#: languages, Finnish, Polish, Czech, Hungarian, Turkish, Greek, Russian, Chinese, Japanese.
_PREFIX = re.compile(
    r"(?:re|fwd?|fw|aw|wg|antw|doorst|tr|rép|rv|res|enc|rif|sv|vs|vb|odp|pd|přep|vá|továbbítás|ynt|ilt|απ|πρθ"
    r"|σχετ|πρόωθ|отв|пер|回复|回覆|答复|转发|轉寄|返信|転送)\s{0,2}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,2}[:：]\s*",
    re.IGNORECASE,
)
#: The mark of a mail gateway: [EXTERNAL], EXTERN:
_GATEWAY = re.compile(
    r"\[(?:external(?: (?:e-?mail|sender))?|ext|extern)\]:?\s*|(?-i:EXTERN(?:AL)?):\s*", re.IGNORECASE
)
#: The name of a mailing list, as lists put it before the subject: [quay-list]
_LIST_NAME = re.compile(r"\[([a-z0-9]+(?:[-._][a-z0-9]+)+|[a-z0-9-]*list[a-z0-9-]*)\]\s*")

#: The prefixes of answers among those.
_ANSWER = re.compile(
    r"(?:re|aw|antw|rép|res|sv|vs|odp|ynt|απ|отв|回复|回覆|答复|返信)\s{0,2}(?:\[\d{1,3}\])?\s{0,2}[:：]", re.IGNORECASE
)
_BRACKETS = re.compile(r"\[([^\[\]\n]{1,60})\]\s*")


def header(message: Message, name: str) -> str | None:
    """Return the decoded header as one line; None if it is missing or can't be decoded."""
    value = _raw(message, name)
    return line(_decoded(value, message)) if value else None


def sender(message: Message) -> str | None:
    """Return the name of the sender, or the address if there is no name."""
    value = _raw(message, "from")
    if not value:
        return None
    name = _ADDRESS.sub("", value).strip()
    if (comment := _COMMENT.fullmatch(name)) is not None:  # mara@courier.example (Mara Ellund)
        name = comment[1]
    shown = _QUOTES.sub(r"\1", _decoded(name or value.strip("<> "), message)).strip("\"' ")
    return line(_VIA.sub("", shown).strip("'"))


def subject(message: Message) -> str | None:
    """Return the subject without ``Fwd:``, ``AW:`` and the name of the mailing list; whole if nothing else remains."""
    title = header(message, "subject")
    if title is None:
        return None
    list_id = _raw(message, "list-id")
    rest, is_of_list = title, list_id is not None
    while True:
        prefix = _PREFIX.match(rest) or _GATEWAY.match(rest)
        name = _LIST_NAME.match(rest) or _own_name(rest, list_id)
        if name and (is_of_list or rest != title or _PREFIX.match(rest, name.end())):
            prefix = name
        if prefix is None:
            return rest.strip() or title
        rest = rest[prefix.end() :]


def is_answer(message: Message) -> bool:
    """Return whether the subject says that the mail answers another one."""
    return _ANSWER.match(header(message, "subject") or "") is not None


def _own_name(title: str, list_id: str | None) -> re.Match[str] | None:
    """Return the match of [Name] at the start of ``title`` if the list calls itself by that name."""
    name = _BRACKETS.match(title) if list_id else None
    known = re.split(r"[<>\"]", (list_id or "").casefold())
    labels = {part.strip() for part in known} | {part.partition(".")[0] for part in known}
    return name if name and name[1].casefold().strip() in labels else None


def _raw(message: Message, name: str) -> str | None:
    """Return the header as it was received, where bytes above ASCII are surrogates."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return " ".join(str(value)[:MAX_HEADER_CHARS].split())
    return None


def _decoded(value: str, message: Message) -> str:
    """Return ``value`` with all its encodings decoded."""
    if not value.isascii() or "\x1b" in value or "~{" in value:
        value = _text(value.encode("utf-8", "surrogateescape"), message.get_content_charset())
    parts: list[tuple[str | None, bytes]] = []
    end = 0
    for word in _ENCODED_WORD.finditer(value):
        between, charset = value[end : word.start()], word[1].lower()
        data = _bytes_of(word[2], word[3])
        if parts and parts[-1][0] == charset and not between.strip():
            parts[-1] = (charset, parts[-1][1] + data)  # a character may be divided between two words
        else:
            if between.strip() or not (parts and parts[-1][0]):
                parts.append((None, between.encode("utf-8", "replace")))
            parts.append((charset, data))
        end = word.end()
    parts.append((None, value[end:].encode("utf-8", "replace")))
    return "".join(_text(data, charset) if charset else data.decode() for charset, data in parts if data)


def _text(data: bytes, charset: str | None) -> str:
    try:
        return decode(data, charset).text
    except QuarantineError:  # a header of junk costs only itself
        return data.decode("utf-8", "replace")


def _bytes_of(encoding: str, written: str) -> bytes:
    data = written.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b" ", b"_"), header=True)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:  # a character of the last group alone
        return base64.b64decode(data[: len(data) // 4 * 4])
