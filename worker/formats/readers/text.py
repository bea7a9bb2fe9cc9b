"""Read a plain text file as one article.

Only line ends are normalised, and front matter with a title or a date is read; cleaning decides what is debris. A kill
or an embargo above the text is its status.
"""

from worker.article import Article
from worker.formats import status
from worker.formats.decode import decode
from worker.formats.fields import from_fields
from worker.formats.front_matter import front_matter
from worker.formats.limits import Limits


def article(data: bytes, limits: Limits) -> Article:
    """Return the whole file as the text of one article; ``limits`` is unused."""
    del limits
    text = decode(data).text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith(("---\n", "+++\n")):
        fields, rest = front_matter(text)
        if rest.strip() and ("title" in fields or "published" in fields):
            return from_fields(fields, rest.strip("\n"))
    stated, until = status.from_text(text)
    return Article(text, status=stated, embargoed_until=until)
