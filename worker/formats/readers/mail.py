"""Read an e-mail (.eml): subject, sender, date, and the text of all parts that a mail program shows.

Mail is often malformed: a broken header or part never prevents reading the rest of the mail.
"""

from dataclasses import replace
from email.message import Message

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates
from worker.formats.fields import language_code
from worker.formats.limits import Limits
from worker.formats.readers.mail_body import body_text, forwarded
from worker.formats.readers.mail_headers import header, sender, subject
from worker.formats.readers.mail_structure import parse


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of one mail; of a mail that only carries another one, the headers of that one."""
    del limits
    message = parse(data)
    text = body_text(message)
    if not text:
        raise QuarantineError("The mail itself has no text: it is empty or all attachments; send those themselves.")
    fields = _fields(message, text)
    inner = forwarded(message)
    if inner is None:
        return fields
    own = _fields(inner, text)
    return replace(own, title=own.title or fields.title, published_at=own.published_at or fields.published_at)


def _fields(message: Message, text: str) -> Article:
    return Article(
        text=text,
        title=subject(message),
        external_id=(header(message, "message-id") or "").strip("<>") or None,
        author=sender(message),
        language=language_code(header(message, "content-language")),
        published_at=dates.parse(header(message, "date")),
    )
