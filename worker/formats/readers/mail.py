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
from worker.formats.readers.saved_page import saved_page


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of one mail; of a mail that only carries another one, the headers of that one."""
    message = parse(data)
    if (page := saved_page(message, limits)) is not None:
        return page
    text = body_text(message, limits)
    if not text:
        raise QuarantineError("The mail itself has no text: it is empty or all attachments; send those themselves.")
    fields = _fields(message, text)
    inner = forwarded(message, limits)
    if inner is None:
        return fields
    own = _fields(inner, text)
    return replace(own, title=own.title or fields.title, published_at=own.published_at or fields.published_at)


def _fields(message: Message, text: str) -> Article:
    url = _address_of_item(message)
    return Article(
        text=text.removesuffix(f"URL: {url}").rstrip() or text if url else text,
        url=url,
        title=subject(message),
        external_id=(header(message, "message-id") or "").strip("<>") or None,
        author=sender(message),
        language=language_code(header(message, "content-language")),
        published_at=dates.parse(header(message, "date")),
    )


def _address_of_item(message: Message) -> str | None:
    """Return the address of the feed's item that rss2email sent as this mail; it also writes it below the text."""
    address = header(message, "x-rss-url")
    return address if address and address.startswith(("http://", "https://")) else None
