"""Put the text of a mail together from its parts: every text that a mail program shows, once.

Alternatives are versions of one text: the plain one is taken, unless it lacks most of the other's words.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message

from worker.errors import QuarantineError
from worker.formats import html_fragment, notes
from worker.formats.decode import decode
from worker.formats.limits import Limits
from worker.formats.readers.mail_documents import document_text, is_document, is_other_document
from worker.formats.readers.mail_flowed import unflow
from worker.formats.readers.mail_headers import is_answer, subject
from worker.formats.readers.mail_labels import ADDRESS_OR_LINK
from worker.formats.readers.mail_quotes import author_text, mark_citations
from worker.formats.readers.mail_structure import MAX_PARTS, parse, parts

#: Deeper nesting is no mail: a forwarded digest of signed mails has ten levels.
_MAX_DEPTH = 50
#: A note is shorter than the dispatch that it comes with by this factor.
_NOTE_SHARE = 3
#: Types of attached files that may be the article.
_FILES = ("text/plain", "text/html")
#: Names of such files; some programs declare no type for what they attach.
_FILE_NAMES = (".txt", ".html", ".htm")
#: Text parts that are data or style, not text to be read.
_NOT_READ = {"calendar", "css", "csv", "directory", "javascript", "rfc822-headers", "vcard", "x-vcard"}
#: A plain version with less than this share of the words of the HTML is a stub ("view it in your browser") or a
#: summary; a whole plain version has over 90 %, for it lacks only words of menus.
_MIN_COVERAGE = 0.6
_WORDS = re.compile(r"https?://\S+|([\u2e80-\u9fff\uac00-\ud7af\uff66-\uff9f]|[^\W_]+)")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?([\w:.-]{2,40})""", re.IGNORECASE)
#: Whole lines of base64, the last one of any length, and what is left of a separator.
_BASE64_LINES = re.compile(
    rb"\s*+((?:[A-Za-z0-9+/]{40,1000}+[ \t]*+\r?\n\s*+)*+[A-Za-z0-9+/]{0,1000}+={0,2})\s*+(?:--\S*+\s*+)?"
)
#: Shorter, a word could be base64 by chance.
_MIN_BASE64_CHARS = 40
_QUOTED_PRINTABLE = re.compile(rb"=\r?\n|=(?:[89A-F][0-9A-F]|3D|20)")
#: The footer that Mailman appends to each mail of a list.
_LIST_FOOTER = re.compile(r"\s*_{20,}\n(?:[^\n]{0,200}\n){1,7}[^\n]{0,200}\s*\Z")


def body_text(message: Message, limits: Limits) -> str:
    """Return the text of all parts that are shown, with a blank line between parts; empty if there is none.

    An attached text counts as shown if the mail itself says no more than a note.
    """
    text = _text(message, _Budget(answers=is_answer(message)), 0)
    attached = _attached_texts(message, limits)
    if attached and len(text) * _NOTE_SHARE <= sum(map(len, attached)):
        return "\n\n".join(filter(None, (text, *attached)))
    unread = len(attached) + sum(map(is_other_document, parts(message)))
    if unread:
        count = "1 attached text" if unread == 1 else f"{unread} attached texts"
        notes.add(f"Not read: {count} of the mail. Send what is an article as a file.")
    return text


def _attached_texts(message: Message, limits: Limits) -> list[str]:
    """Return the texts of the attachments of ``message`` that are plain text, HTML or documents."""
    children = [] if message.get_content_type() == "multipart/alternative" else parts(message)
    texts = [
        document_text(part, limits) if is_document(part) else _own_text(part)
        for part in children
        if is_document(part) or (_is_file_of_text(part) and _is_attachment(part))
    ]
    return list(filter(None, texts))


def _is_file_of_text(part: Message) -> bool:
    if part.get_content_type() == "application/octet-stream":
        return str(part.get_filename() or "").lower().endswith(_FILE_NAMES)
    return part.get_content_type() in _FILES


def forwarded(message: Message, limits: Limits) -> Message | None:
    """Return the one mail that is attached to ``message``, if what ``message`` says itself is no more than a note."""
    attached = [
        inner for part in parts(message) if part.get_content_type() == "message/rfc822" for inner in _attached(part)
    ]
    if len(attached) != 1:
        return None
    own = [part for part in parts(message) if part.get_content_type() != "message/rfc822"]
    note = "".join(_text(part, _Budget(), 1) for part in own)
    return attached[0] if len(note) * _NOTE_SHARE <= len(body_text(attached[0], limits)) else None


class _Budget:
    """The number of parts that may still be read, and whether the mail answers another one."""

    def __init__(self, *, answers: bool = False) -> None:
        self._left = MAX_PARTS
        self.answers = answers

    def spend(self) -> bool:
        """Return whether one more part may be read."""
        self._left -= 1
        return self._left >= 0


def _text(part: Message, budget: _Budget, depth: int) -> str:
    if depth > _MAX_DEPTH or not budget.spend():
        return ""
    media_type = part.get_content_type()
    if media_type == "message/rfc822":
        return "\n\n".join(filter(None, (_text(inner, budget, depth + 1) for inner in _attached(part))))
    children = parts(part)
    if children:
        texts = [_text(child, budget, depth + 1) for child in children]
        if media_type == "multipart/alternative":
            return _best_version(list(zip(children, texts, strict=True)))
        return "\n\n".join(_with_subjects(children, texts))
    if media_type.startswith(("text/", "multipart/")) and not _is_attachment(part):
        return _own_text(part, answers=budget.answers)
    return ""


def _with_subjects(children: list[Message], texts: list[str]) -> Iterator[str]:
    """Yield each text once; each of several attached mails is preceded by its subject."""
    last: list[str] = []
    several = sum(child.get_content_type() == "message/rfc822" for child in children) > 1
    for child, text in zip(children, texts, strict=True):
        words = [word[0].casefold() for word in _WORDS.finditer(text)]
        if not words or words == last or (_LIST_FOOTER.match(text) and ADDRESS_OR_LINK.search(text)):
            continue
        last = words
        inner = _attached(child) if several and child.get_content_type() == "message/rfc822" else []
        title = subject(inner[0]) if inner else None
        yield f"{title}\n\n{text}" if title else text


def _attached(part: Message) -> list[Message]:
    """Return the mail that is attached in ``part``, decoded if it was encoded against the standard."""
    inner = [message for message in part.get_payload() if isinstance(message, Message)] if part.is_multipart() else []
    if len(inner) == 1 and not inner[0].keys():
        payload = inner[0].get_payload(decode=True)
        decoded = _decoded_base64(payload) if isinstance(payload, bytes) else None
        return [parse(decoded)] if decoded else inner
    return inner


def _best_version(versions: list[tuple[Message, str]]) -> str:
    """Return the plain text, or the richest other version if the plain text lacks most of its words."""
    shown = [(part, text) for part, text in versions if text]
    plain = next((text for part, text in shown if part.get_content_type() == "text/plain"), "")
    others = [text for part, text in shown if text != plain]
    richest = max(others, key=len, default="")
    if not plain or not richest:
        return plain or richest
    known, wanted = _vocabulary(plain), _vocabulary(richest)
    is_stub = len(wanted & known) < _MIN_COVERAGE * len(wanted) and len(wanted) > len(known)
    return richest if is_stub else plain


def _vocabulary(text: str) -> set[str]:
    return {word[1].casefold() for word in _WORDS.finditer(text) if word[1]}


def _own_text(part: Message, *, answers: bool = False) -> str:
    """Return the text of a part without parts."""
    subtype = part.get_content_subtype()
    payload = part.get_payload(decode=True)
    if subtype in _NOT_READ or not isinstance(payload, bytes) or not payload.strip():
        return ""
    payload = _undeclared(payload) if part["content-transfer-encoding"] is None else payload
    is_html = subtype in ("html", "xhtml", "enriched") or payload[:200].lstrip()[:6].lower() in (b"<html>", b"<!doct")
    charset = part.get_content_charset()
    if is_html and charset is None and (meta := _META_CHARSET.search(payload, 0, 4096)):
        charset = meta[1].decode("ascii", "replace")
    text = decode(payload, charset).text.replace("\r\n", "\n").replace("\r", "\n")
    if is_html:
        return author_text(mark_citations(text, html_fragment.html_to_text), answers=answers)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text, joined=str(part.get_param("delsp", "")).lower() == "yes")
    return author_text(text, answers=answers)


def _undeclared(payload: bytes) -> bytes:
    """Return ``payload`` decoded if it is base64 or quoted-printable and its header doesn't say so."""
    if (decoded := _decoded_base64(payload)) is not None:
        return decoded
    if payload.isascii() and len(_QUOTED_PRINTABLE.findall(payload)) >= 3 and re.search(rb"=\r?\n", payload):
        return quopri.decodestring(payload)
    return payload


def _decoded_base64(payload: bytes) -> bytes | None:
    written = _BASE64_LINES.fullmatch(payload)
    if not written or len(written[1]) < _MIN_BASE64_CHARS:
        return None
    try:
        decoded = base64.b64decode(written[1])
        decode(decoded)
    except (binascii.Error, QuarantineError):
        return None
    return decoded


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"
