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
    """Yield name, file name and content of each part."""
    damaged = BadRequestError("The form is damaged. Send it again.")
    pieces = (b"\r\n" + body).split(b"\r\n" + delimiter, _MOST_PARTS + 2)
    if len(pieces) > _MOST_PARTS + 2 or pieces[0] or pieces[-1].strip() != b"--":
        raise damaged
    for piece in pieces[1:-1]:
        head, end, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = [match for line in head.split(b"\r\n") if (match := _NAME.fullmatch(line))]
        if not end or len(named) != 1:
            raise damaged
        yield named[0][1].decode(), named[0][2], content
