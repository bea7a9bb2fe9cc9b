"""Extract the article and its metadata from a web page, without comments and navigation.

trafilatura extracts the text. A linear check first refuses pages that no HTML parser reads completely.
"""

import logging
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates
from worker.formats.decode import decode
from worker.formats.faults import is_of_machine
from worker.formats.fields import language_code, line
from worker.formats.html_fragment import html_to_text, refuse_too_many_tags
from worker.formats.limits import Limits

#: libxml2 drops all text from the 256th open element on (measured); real pages reach 60.
MAX_DEPTH = 250
_DECLARED_CHARSET = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?([\w:.-]{2,40})""", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|head|body|frameset|!doctype\s{1,9}html)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: Elements without an end tag, or whose end tag may be omitted.
_NEVER_NESTED = frozenset(
    "area base br col embed hr img input link meta param source track wbr"
    " p li dd dt option optgroup td th tr tbody thead tfoot colgroup rt rp html head body".split()
)
_DATE_XPATHS = (
    '//meta[@property="article:published_time"]/@content',
    '//meta[@itemprop="datePublished"]/@content',
    '//meta[@name="parsely-pub-date" or @name="dc.date.issued" or @name="DC.date.issued"]/@content',
    '//time[@itemprop="datePublished"]/@datetime',
)
_JSON_LD = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,40})"')


@dataclass(frozen=True, slots=True)
class TransferMetadata:
    """What the transfer of a page says about it: its URL and its charset."""

    url: str | None = None
    charset: str | None = None


_NO_METADATA = TransferMetadata()


def article(data: bytes, limits: Limits, transfer: TransferMetadata = _NO_METADATA) -> Article:
    """Return the article of a page; raise QuarantineError if no text is found on it."""
    del limits
    declared = _DECLARED_CHARSET.search(data, 0, 4096)
    text = decode(data, transfer.charset or (declared.group(1).decode("ascii", "replace") if declared else None)).text
    refuse_too_many_tags(text)
    if not _PAGE.search(text):  # an HTML fragment, or plain text with the suffix .html
        return Article(html_to_text(text), url=transfer.url)
    _refuse_depth(text)
    return _extract(text, transfer)


def _refuse_depth(text: str) -> None:
    if text.count("<") <= MAX_DEPTH:
        return
    depth = 0
    for tag in _TAG.finditer(text):
        if tag.group(2).lower() not in _NEVER_NESTED:
            depth = max(depth - 1, 0) if tag.group(1) else depth + 1
            if depth > MAX_DEPTH:
                raise QuarantineError(
                    f"The page is nested more than {MAX_DEPTH} elements deep, so its text can't be extracted:"
                    " send the text alone."
                )


class _MachineErrors(logging.Handler):
    """Raise again what the machine did: trafilatura catches every exception, logs it and goes on with less text."""

    def emit(self, record: logging.LogRecord) -> None:
        del record
        error = sys.exc_info()[1]
        if error is not None and is_of_machine(error):
            raise error


@cache
def _trafilatura() -> Any:
    """Return trafilatura, whose warnings are not logged: failures are reported as errors here."""
    import trafilatura  # takes 0.3 s to import; needed only for web pages

    for name in ("trafilatura", "htmldate"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.addHandler(_MachineErrors())
    return trafilatura


def _extract(text: str, transfer: TransferMetadata) -> Article:
    trafilatura = _trafilatura()
    from lxml.etree import LxmlError

    try:
        return _extract_article(trafilatura, text, transfer)
    except LxmlError as error:
        raise QuarantineError(
            "The page can't be read as HTML: save it again in a browser, or send its text."
        ) from error


def _extract_article(trafilatura: Any, text: str, transfer: TransferMetadata) -> Article:
    tree = trafilatura.load_html(text)
    extraction = tree is not None and trafilatura.bare_extraction(
        tree,
        url=transfer.url,
        include_comments=False,
        with_metadata=True,
        # The extensive search would take any date in the text as the publication date.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not extraction or not extraction.text:
        raise QuarantineError(
            "No article was found on the page: it is empty, a list of links, or built by its scripts."
        )
    return Article(
        text=extraction.text.replace("\n", "\n\n"),
        title=line(extraction.title),
        url=line(transfer.url or extraction.url),
        source=line(extraction.sitename or extraction.hostname),
        author=line(extraction.author),
        language=language_code(tree.get("lang") or tree.get("xml:lang")),
        published_at=_published_at(tree, text) or dates.parse(extraction.date),
    )


def _published_at(tree: Any, text: str) -> datetime | None:
    for path in _DATE_XPATHS:
        for value in tree.xpath(path)[:3]:
            if when := dates.parse(str(value)):
                return when
    match = _JSON_LD.search(text)
    return dates.parse(match.group(1)) if match else None
