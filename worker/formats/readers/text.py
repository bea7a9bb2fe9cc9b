"""Read a plain text file as one article.

Only line ends are normalised; cleaning decides what is debris.
"""

from worker.article import Article
from worker.formats.decode import decode
from worker.formats.limits import Limits


def article(data: bytes, limits: Limits) -> Article:
    """Return the whole file as the text of one article; ``limits`` is unused."""
    del limits
    text = decode(data).text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Article(text)
