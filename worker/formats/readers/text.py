"""A file of plain text -> one article.

The text is handed on as it stands, line ends made alike: what is debris in it, cleaning decides.
"""

from worker.article import Article
from worker.formats.decode import decode
from worker.formats.limits import Limits


def article(data: bytes, limits: Limits) -> Article:
    """Return the whole file as the text of one article; ``limits`` is for the registry's sake."""
    del limits
    text = decode(data).text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Article(text)
