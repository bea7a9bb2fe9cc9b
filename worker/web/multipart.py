"""Read a form with one file, in the encoding in which browsers send it (RFC 7578), and nothing else.

The parser is this small because it accepts only what our page sends: named parts, no nesting, no other encoding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.web.params import BadRequestError

_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?', re.IGNORECASE)
#: Browsers write a quotation mark in a name as %22.
_NAME = re.compile(
    rb'content-disposition: form-data; name="([a-z_]{1,40})"(?:; filename="([^"\r\n]*)")?', re.IGNORECASE
)
_MOST_PARTS = 5
#: The head of a part has a hundred bytes and the name of the file, of at most 255 characters in any file system.
_MOST_HEAD_BYTES = 4_000
_DAMAGED = "The form is damaged. Send it again."


@dataclass(slots=True)
class FileForm:
    """The fields of a form, and the name and the bytes of its file."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    content: bytes | None = None


def read_multipart(content_type: str, body: bytes) -> FileForm:
    """Return the fields and the file of a form.

    Raises:
        BadRequestError: it is not encoded as a browser encodes a form with a file.
    """
    match = _BOUNDARY.fullmatch(content_type.strip())
    if match is None:
        raise BadRequestError("A file must be sent as multipart/form-data.")
    form = FileForm()
    for name, filename, content in _parts(body, b"--" + match[1].encode()):
        if filename is None:
            form.fields[name] = content.decode("utf-8", "replace").replace("\x00", " ")
        else:
            form.name, form.content = filename.decode("utf-8", "replace"), content
    return form


def _parts(body: bytes, delimiter: bytes) -> Iterator[tuple[str, bytes | None, bytes]]:
    """Yield name, file name and content of each part; of the body, nothing but these is copied."""
    if not body.startswith(delimiter):
        raise BadRequestError(_DAMAGED)
    between = b"\r\n" + delimiter
    start, parts = len(delimiter), 0
    while (end := body.find(between, start)) >= 0:
        parts += 1
        if parts > _MOST_PARTS:
            raise BadRequestError(_DAMAGED)
        yield _part(body, start, end)
        start = end + len(between)
    if body[start : start + len(b"--\r\n") + 1] not in {b"--", b"--\r\n"}:
        raise BadRequestError(_DAMAGED)


def _part(body: bytes, start: int, end: int) -> tuple[str, bytes | None, bytes]:
    """Return name, file name and content of the part between two positions."""
    start += len(b"\r\n") if body.startswith(b"\r\n", start) else 0
    head_end = body.find(b"\r\n\r\n", start, min(end, start + _MOST_HEAD_BYTES))
    lines = body[start:head_end].split(b"\r\n") if head_end >= 0 else []
    named = [match for line in lines if (match := _NAME.fullmatch(line))]
    if len(named) != 1:
        raise BadRequestError(_DAMAGED)
    return named[0][1].decode(), named[0][2], body[head_end + len(b"\r\n\r\n") : end]
