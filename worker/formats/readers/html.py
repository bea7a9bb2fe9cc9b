"""Extract the article and its metadata from a web page, without comments and navigation.

trafilatura extracts the text. The tree is prepared so that it loses no text (``worker/formats/page``).
"""

import logging
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from worker.article import Article
from worker.dates.words import month_and_weekday
from worker.errors import QuarantineError
from worker.formats import notes
from worker.formats.decode import decode
from worker.formats.faults import is_of_machine
from worker.formats.fields import language_code, line
from worker.formats.html_fragment import html_to_text, refuse_too_many_tags
from worker.formats.limits import Limits
from worker.formats.page.article_blocks import keep_article_blocks
from worker.formats.page.article_root import mark_article
from worker.formats.page.bare_text import unlink_paragraphs, wrap_bare_prose
from worker.formats.page.long_pages import first_part, is_costly, main_text
from worker.formats.page.metadata import PageMetadata, moment_of_day, page_metadata
from worker.formats.page.tree import (
    drop_script_notices,
    join_heading_lines,
    parse_page,
    unwrap_layout_tables,
    without_prefix,
)

_DECLARED_CHARSET = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?([\w:.-]{2,40})""", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|head|body|frameset|!doctype\s{1,9}html)\b", re.IGNORECASE)
#: trafilatura frames rows in Markdown, which is not the author's: `| Varnby | 12 |`, `|---|---|`.
_TABLE_MARKS = re.compile(r"^\|(?:---\|)+[ ]?$\n?|^\| +([^\n]*?)(?: *\|)+ *$", re.MULTILINE)
#: What divides a headline from the name of the site.
_SITE = re.compile(r"\s[|–—»·•:-]+\s\S")
#: JSON-LD repeats the text of the page; behind a paywall only JSON-LD may have the whole.
_STUB = 0.5


@dataclass(frozen=True, slots=True)
class TransferMetadata:
    """What the transfer of a page says about it: its URL and its charset."""

    url: str | None = None
    charset: str | None = None


#: The extensive search would take any date in the text as the publication date.
_DATES = {"original_date": True, "extensive_search": False}
_NO_METADATA = TransferMetadata()


def article(data: bytes, limits: Limits, transfer: TransferMetadata = _NO_METADATA) -> Article:
    """Return the article of a page; raise QuarantineError if no text is found on it."""
    del limits
    declared = _DECLARED_CHARSET.search(data, 0, 4096)
    text = decode(data, transfer.charset or (declared.group(1).decode("ascii", "replace") if declared else None)).text
    refuse_too_many_tags(text)
    text = without_prefix(text)
    if not _PAGE.search(text):  # an HTML fragment, or plain text with the suffix .html
        return Article(html_to_text(text), url=transfer.url)
    return _extract(text, transfer)


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
    tree = parse_page(text)
    metadata = page_metadata(tree, transfer.url)
    if is_costly(tree):
        notes.add("The page is so large that its text was taken whole, with menus and notes that may be in it.")
        extraction = trafilatura.extract_metadata(
            parse_page(first_part(text)), default_url=transfer.url, extensive=False, date_config=_DATES
        )
        words: str | None = main_text(tree)
    else:
        drop_script_notices(tree)
        unwrap_layout_tables(tree)
        join_heading_lines(tree)
        wrap_bare_prose(tree)
        unlink_paragraphs(tree)
        mark_article(tree)
        keep_article_blocks(tree)
        extraction = trafilatura.bare_extraction(
            tree, url=transfer.url, include_comments=False, with_metadata=True, date_extraction_params=_DATES
        )
        words = _longer_text(extraction.text if extraction else None, metadata.body)
    if not extraction or not words:
        raise QuarantineError(
            "No article was found on the page: it is empty, a list of links, or built by its scripts."
        )
    return Article(
        text=words,
        title=_without_site(line(extraction.title), tree),
        url=line(transfer.url or extraction.url),
        source=line(extraction.sitename or extraction.hostname),
        author=metadata.author or _without_month(line(extraction.author), tree),
        language=language_code(tree.get("lang") or tree.get("xml:lang")),
        published_at=metadata.published_at or _other_date(tree, extraction.date, metadata),
    )


def _without_site(title: str | None, tree: Any) -> str | None:
    """Return ``title`` without the name of the site behind it, if the headline on the page ends before that."""
    headline = next((line(heading.text_content()) for heading in tree.iter("h1")), None)
    rest = title[len(headline) :] if title and headline and title.startswith(headline) else ""
    return headline if _SITE.match(rest) else title


def _without_month(author: str | None, tree: Any) -> str | None:
    """Return ``author`` without a month at its end if a day follows it on the page.

    trafilatura drops the digits of "By Mara Ellund May 20, 2031". Theresa May keeps her name.
    """
    name, _, month = (author or "").rpartition(" ")
    if not name or not month_and_weekday(month)[0]:
        return author
    dated = re.compile(rf"{re.escape(name)}\s+{re.escape(month)}\.?\s+\d")
    return name if dated.search(tree.text_content()) else author


def _longer_text(extracted: str | None, body: str | None) -> str | None:
    """Return the text of the page or, if that is a stub of it, the text in its JSON-LD."""
    if body and "</" in body:
        body = html_to_text(body)
    if body and len((extracted or "").split()) < _STUB * len(body.split()):
        return body
    return _TABLE_MARKS.sub(r"\1", extracted).replace("\n", "\n\n") if extracted else None


def _other_date(tree: Any, day: str | None, metadata: PageMetadata) -> datetime | None:
    """Return the date that trafilatura found, unless it is that of a video, a list or another article."""
    return None if day in metadata.other_days else moment_of_day(tree, day)
