"""Read a PDF as one article: the text of its pages in reading order, with the line breaks of the page.

Line-end hyphens are kept: cleaning decides whether one is part of a word. Of the metadata only the date is
used, because titles there are mostly file names of the program that produced the PDF.
"""

import re
from collections.abc import Iterator
from typing import Any

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates
from worker.formats.limits import Limits
from worker.formats.readers.pdf_columns import in_reading_order
from worker.formats.readers.pdf_letters import upright_sheets
from worker.formats.readers.pdf_lines import Page
from worker.formats.readers.pdf_pieces import page_of

#: A whole newspaper issue has 120 pages; a malicious PDF has a million.
MAX_PAGES = 500
#: On all pages together: a whole newspaper issue has 700,000 characters; each costs 10 to 16 µs.
MAX_CHARS = 2_000_000
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?")


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of a PDF; raise QuarantineError if it is damaged, encrypted, too large or has no text."""
    limits = limits.started()
    try:
        import pypdfium2
    except ModuleNotFoundError as error:  # another ImportError is of the machine: no memory, no file descriptor
        raise QuarantineError("PDF needs the library pypdfium2. Install it with: pip install '.[pdf]'") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise QuarantineError("The PDF is encrypted with a password: save it without one.") from error
        raise QuarantineError("The PDF is damaged, or no PDF at all: export it again.") from error
    try:
        if len(document) > MAX_PAGES:
            raise QuarantineError(f"The PDF has more than {MAX_PAGES} pages: split it into articles.")
        pages = list(_pages(document, limits))
        created = _DATE.match(document.get_metadata_value("CreationDate"))
    except pypdfium2.PdfiumError as error:
        raise QuarantineError("The PDF is damaged: one of its pages can't be read; export it again.") from error
    finally:
        document.close()
    text = _join_pages([lines for lines in _lines(pages, limits) if lines])
    if not text:
        raise QuarantineError("The PDF holds no text, only pictures of it: recognise its text (OCR) first.")
    return Article(text, published_at=dates.parse("-".join(created.groups()[:3])) if created else None)


def _pages(document: Any, limits: Limits) -> Iterator[Page]:
    """Yield the pieces of text of each page."""
    chars_left = MAX_CHARS
    for page in document:
        limits.check_time()
        textpage = page.get_textpage()
        try:
            chars_left -= textpage.count_chars()
            if chars_left < 0:
                raise QuarantineError(f"The PDF has more than {MAX_CHARS:,} characters: split it into articles.")
            yield from map(page_of, upright_sheets(page, textpage))
        finally:
            textpage.close()
            page.close()


def _lines(pages: list[Page], limits: Limits) -> Iterator[list[str]]:
    """Yield the lines of each page in reading order, without running heads and feet."""
    from worker.formats.readers.pdf_running import without_running_lines  # compiles many patterns, for PDF alone

    for pieces in without_running_lines(pages):
        limits.check_time()
        yield in_reading_order(pieces)


def _join_pages(pages: list[list[str]]) -> str:
    """Return the pages as one text; a sentence that continues on the next page stays in one paragraph."""
    from worker.language.sentences import ends_sentence

    text = ""
    for lines in pages:
        page = "\n".join(lines).strip()
        text += page if not text else ("\n\n" if ends_sentence(text) else "\n") + page
    return text
