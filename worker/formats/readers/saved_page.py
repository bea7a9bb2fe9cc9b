"""Read a page that a browser saved with its pictures in one file (MHTML), whose container is that of a mail."""

import re
from email.message import Message

from worker.article import Article
from worker.formats.limits import Limits
from worker.formats.readers import html
from worker.formats.readers.html import TransferMetadata
from worker.formats.readers.mail_headers import header
from worker.formats.readers.mail_structure import parts

#: Chrome and its kin name the page in a header of their own; other browsers name themselves as the sender.
_PAGE_ADDRESS = "snapshot-content-location"
_BROWSER = re.compile(r"[\"<]?Saved by ", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+\Z", re.IGNORECASE)


def saved_page(message: Message, limits: Limits) -> Article | None:
    """Return the article of a saved page; None if the message is no saved page. The day of saving is not its date."""
    address = header(message, _PAGE_ADDRESS)
    if address is None and not _BROWSER.match(header(message, "from") or ""):
        return None
    page = next((part for part in parts(message) or [message] if part.get_content_subtype() in ("html", "xhtml")), None)
    data = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(data, bytes):
        return None
    address = address or header(page, "content-location") or ""
    url = address if _WEB.match(address) else None
    return html.article(data, limits, TransferMetadata(url, page.get_content_charset()))
