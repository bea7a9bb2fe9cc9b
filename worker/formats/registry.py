"""The formats as data: a name, its suffixes, the bytes it begins with, and what reads it.

Content decides before the suffix: files are renamed more often than they are converted.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from worker.article import Article
from worker.formats import json_lines, json_records, markdown, text
from worker.formats.decode import is_wide, narrowed
from worker.formats.limits import Limits, Span
from worker.formats.stream import Record, Stream


@dataclass(frozen=True, slots=True)
class Format:
    """A format is read in one of three ways: as one ``article``, ``split`` into records, ``unpack``ed to files.

    A format with none of them is known and refused; ``advice`` then says what it is and what to do.
    """

    name: str
    suffixes: tuple[str, ...] = ()
    #: what the file begins with (a bytes pattern), where that is certain
    signature: bytes | None = None
    article: Callable[[bytes, Limits], Article] | None = None
    split: Callable[[Stream, Limits, Span], Iterator[Record]] | None = None
    unpack: Callable[[Stream, Limits, Span], Iterator[Stream]] | None = None
    advice: str = ""


FORMATS = (
    Format("text", ("txt", "text"), article=text.article),
    Format("markdown", ("md", "markdown"), article=markdown.article),
    Format("json", ("json",), rb"\s{0,200}(?:\[\s{0,200})?\{\s{0,200}[\"}]", split=json_records.split),
    Format("jsonl", ("jsonl", "ndjson"), split=json_lines.split),
)
BY_NAME = {kind.name: kind for kind in FORMATS}
_BY_SUFFIX = {suffix: kind.name for kind in FORMATS for suffix in kind.suffixes}
_SIGNATURES = re.compile(
    b"|".join(b"(?P<%s>%s)" % (kind.name.encode(), kind.signature) for kind in FORMATS if kind.signature)
)


def sniff(head: bytes, name: str) -> str:
    """Return the name of the format that a file's first bytes show, or else its ``name``'s suffix; else ``text``."""
    if is_wide(head):
        head = narrowed(head)
    match = _SIGNATURES.match(head)
    suffix = _BY_SUFFIX.get(name.rpartition(".")[2].lower(), "text")
    if match is None:
        return suffix
    found = match.lastgroup or suffix
    refine = _REFINED.get(found)
    return refine(head, suffix) if refine else found


def _json(head: bytes, suffix: str) -> str:
    """One object a line, where the suffix says so or the second line begins another object."""
    lines = head.lstrip().split(b"\n", 2)
    if suffix == "jsonl" and not lines[0].startswith(b"["):
        return "jsonl"
    if len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[1].lstrip().startswith(b"{"):
        return "jsonl"
    return "json"


_REFINED: dict[str, Callable[[bytes, str], str]] = {"json": _json}
