"""Read documents of word processors that are attached to a mail, and name the attached documents that are not read."""

from email.message import Message

from worker.errors import QuarantineError
from worker.formats import notes
from worker.formats.limits import Limits
from worker.formats.readers import office

_READ = (".docx", ".odt")
_NOT_READ = (".pdf", ".doc", ".rtf", ".pages")
#: Some programs give files no name.
_READ_TYPES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
)


def is_document(part: Message) -> bool:
    """Return whether a part is a document whose text can be read."""
    return _name(part).endswith(_READ) or part.get_content_type() in _READ_TYPES


def is_other_document(part: Message) -> bool:
    """Return whether a part is a document that may be an article, and has to be sent as a file."""
    return _name(part).endswith(_NOT_READ) or part.get_content_type() == "application/pdf"


def document_text(part: Message, limits: Limits) -> str:
    """Return the text of an attached document; note a damaged one, which costs no other part of the mail."""
    data = part.get_payload(decode=True)
    try:
        return office.article(data, limits).text if isinstance(data, bytes) else ""
    except QuarantineError:
        notes.add("Not read: a damaged or protected document of the mail.")
        return ""


def _name(part: Message) -> str:
    return str(part.get_filename() or "").lower()
