"""Read a plain text file as one article.

Only line ends are normalised; cleaning decides what is debris. A kill or an embargo above the text is its status.
"""

from worker.article import Article
from worker.formats import status
from worker.formats.decode import decode
from worker.formats.limits import Limits


def article(data: bytes, limits: Limits) -> Article:
    """Return the whole file as the text of one article; ``limits`` is unused."""
    del limits
    text = decode(data).text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    stated, until = status.from_text(text)
    return Article(text, status=stated, embargoed_until=until)
