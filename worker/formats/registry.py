"""The table of formats: name, suffixes, signature and reader of each.

The content takes precedence over the suffix: files are renamed more often than they are converted.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import archives, tar
from worker.formats.decode import is_utf16_or_utf32, sample_as_utf8
from worker.formats.limits import Limits, Span
from worker.formats.markup_sniffing import sniff_markup
from worker.formats.readers import (
    anpa,
    feeds,
    html,
    iptc7901,
    json_feed,
    json_lines,
    json_records,
    mail,
    markdown,
    mbox,
    newsml,
    newsml1,
    nitf,
    office,
    pdf,
    text,
    warc,
    wxr,
)
from worker.formats.stream import Record, Stream
from worker.formats.unsupported import UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Format:
    """A format has one of three readers: ``article`` for a single article, ``split`` for records, ``unpack`` for files.

    A format with no reader is refused; ``advice`` then says what the file is and what to do.
    """

    name: str
    suffixes: tuple[str, ...] = ()
    #: a pattern for the first bytes of the file, if the format has a reliable signature
    signature: bytes | None = None
    article: Callable[[bytes, Limits], Article] | None = None
    split: Callable[[Stream, Limits, Span], Iterator[Record]] | None = None
    unpack: Callable[[Stream, Limits, Span], Iterator[Stream | QuarantineError]] | None = None
    advice: str = ""


_MAIL = rb"(?i:return-path|received|delivered-to|mime-version|message-id|from|to|subject|date|dkim-signature|x-[\w-]+)"
#: Apple Mail writes the size of a mail above it.
_MAIL_SIZE = rb"(?:\d{1,12}[ \t]{0,9}\r?\n)?"
_WEEKDAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
#: A message with the control characters of wires, or with the header line of its text alone.
_WIRE = rb"[\x16\x00]{0,20}\x01[^\x02]{1,300}\x02|" + iptc7901.HEADER_LINE.encode() + rb"\r?\n"

FORMATS = (
    Format("text", ("txt", "text"), article=text.article),
    Format("markdown", ("md", "markdown"), article=markdown.article),
    Format("html", ("html", "htm", "xhtml"), article=html.article),
    Format("markup", (), rb"<[!?A-Za-z]"),
    Format("json", ("json",), rb"(?:\[\s{0,200})?\{\s{0,200}[\"}]", split=json_records.split),
    Format("jsonfeed", split=json_feed.split),
    Format("jsonl", ("jsonl", "ndjson"), split=json_lines.split),
    Format("nitf", ("nitf",), article=nitf.article),
    Format("newsml", split=newsml.split),
    Format("newsml1", split=newsml1.split),
    Format("anpa", (), anpa.SIGNATURE.encode(), article=anpa.article),
    Format("iptc7901", (), _WIRE, article=iptc7901.article),
    Format("docx", ("docx",), article=office.article),
    Format("odt", ("odt",), article=office.article),
    Format("feed", ("rss", "atom"), split=feeds.split),
    Format("wxr", split=wxr.split),
    Format("csv", ("csv", "tsv"), advice="It is a table: export its articles as JSON lines."),
    Format("pdf", ("pdf",), rb"%PDF-", article=pdf.article),
    Format("mbox", ("mbox",), rb"From \S{1,200} +" + _WEEKDAY + rb" [A-Z][a-z]{2} [ \d]\d \d\d:", split=mbox.split),
    Format("mail", ("eml", "emlx", "mht", "mhtml"), _MAIL_SIZE + _MAIL + rb"[ \t]{0,9}:", article=mail.article),
    Format("warc", (), rb"WARC/[01]\.", split=warc.split),
    Format("arc", (), rb"filedesc://", split=warc.split),
    Format("gzip", (), rb"\x1f\x8b\x08", unpack=archives.unpack_gzip),
    Format("zstd", (), rb"\x28\xb5\x2f\xfd", unpack=archives.unpack_zstandard),
    Format("zip", (), rb"PK(?:\x03\x04|\x05\x06)", unpack=archives.unpack_zip),
    Format("tar", unpack=tar.unpack),
    *(Format(name, (), signature, advice=advice) for name, signature, advice in UNSUPPORTED),
)
BY_NAME = {kind.name: kind for kind in FORMATS}
_BY_SUFFIX = {suffix: kind.name for kind in FORMATS for suffix in kind.suffixes}
_SIGNATURES = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:"
    + b"|".join(b"(?P<%s>%s)" % (kind.name.encode(), kind.signature) for kind in FORMATS if kind.signature)
    + b")"
)
#: A plain text may begin with "From:" or "Date:"; with two more such lines it is a mail.
_HEADERS = re.compile(rb"^" + _MAIL + rb":", re.MULTILINE)
#: the version of a JSON Feed, before any list; PHP escapes each slash
_JSON_FEED = re.compile(
    rb"\s{0,200}\{[^\[{]{0,2000}\"version\"\s{0,9}:\s{0,9}\"https?:[\\/]{2,4}jsonfeed\.org\\?/version"
)
_TEXT_DOCUMENT = re.compile(rb"PK\x03\x04[\s\S]{26}mimetypeapplication/vnd\.oasis\.opendocument\.text(?:PK|-template)")
#: A book that was packed again, with another file first, is read like any other archive.
_EPUB = re.compile(rb"PK\x03\x04[\s\S]{26}mimetypeapplication/epub\+zip")
_OFFICE = re.compile(rb"PK\x03\x04[\s\S]{26}(?:\[Content_Types\]\.xml|mimetypeapplication/|_rels/)")


def sniff(first_bytes: bytes, name: str) -> str:
    """Return the format's name, from the file's first bytes, else from the suffix of ``name``, else ``text``."""
    match = _SIGNATURES.match(first_bytes)
    if match is None and first_bytes[257:262] == b"ustar":
        return "tar"
    if match is None and is_utf16_or_utf32(first_bytes):  # only without a signature: packed files may look like UTF-16
        first_bytes = sample_as_utf8(first_bytes)
        match = _SIGNATURES.match(first_bytes)
    suffix = _BY_SUFFIX.get(name.rpartition(".")[2].lower(), "text")
    if match is None:
        return suffix
    format_name = match.lastgroup or suffix
    refine = _REFINEMENTS.get(format_name)
    return refine(first_bytes, suffix) if refine else format_name


def _refine_json(first_bytes: bytes, suffix: str) -> str:
    """Return ``jsonfeed``, ``jsonl`` if the suffix says so or the second line begins another object, else ``json``."""
    if suffix == "markdown":  # its front matter may be JSON
        return suffix
    if _JSON_FEED.match(first_bytes.removeprefix(b"\xef\xbb\xbf")):
        return "jsonfeed"
    lines = first_bytes.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 2)
    if suffix == "jsonl" and not lines[0].startswith(b"["):
        return "jsonl"
    if len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[1].lstrip().startswith(b"{"):
        return "jsonl"
    return "json"


def _refine_mail(first_bytes: bytes, suffix: str) -> str:
    first_lines = first_bytes.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return "mail" if suffix == "mail" or len(_HEADERS.findall(first_lines)) >= 3 else suffix


def _refine_zip(first_bytes: bytes, suffix: str) -> str:
    if _TEXT_DOCUMENT.match(first_bytes):
        return "odt"
    if _EPUB.match(first_bytes):
        return "epub"
    if suffix in ("docx", "odt") and (b"word/document.xml" in first_bytes or b"content.xml" in first_bytes):
        return suffix  # packed again, with another file first
    if _OFFICE.match(first_bytes):
        return "docx" if suffix == "docx" or b"word/" in first_bytes else "ooxml"
    return "zip"


def _refine_iptc7901(first_bytes: bytes, suffix: str) -> str:
    del suffix
    return "anpa" if re.search(rb"\n\^", first_bytes) else "iptc7901"


_REFINEMENTS = {
    "json": _refine_json,
    "markup": sniff_markup,
    "mail": _refine_mail,
    "zip": _refine_zip,
    "iptc7901": _refine_iptc7901,
}
