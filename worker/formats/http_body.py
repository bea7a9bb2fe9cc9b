"""Return the content of an HTTP message: without chunks, and unpacked whatever its header says about the packing.

Crawlers store the headers of the server, but often the unpacked content; servers state a wrong packing. So the content
decides where it can be recognised. Memory is bounded: neither the packed nor the unpacked content exceeds the limit.
"""

import io
import re
import zlib
from collections.abc import Callable
from typing import BinaryIO

from worker.errors import QuarantineError
from worker.formats import notes
from worker.formats.decompression import GzipReader, brotli_reader, zlib_reader, zstandard_reader
from worker.formats.limits import Limits

_CHUNK_BYTES = 65_536
#: What was unpacked before damage is kept, except for a part of this size.
_UNPACK_BYTES = 4_096
#: Servers that pack twice are misconfigured; no one packs more often.
_MAX_CODINGS = 4
_SAMPLE_BYTES = 1_024
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}<[!?/A-Za-z]")
#: Packed content of a few hundred bytes contains one of these with near certainty, text none.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}
_MAGIC = ((b"\x1f\x8b\x08", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))


def read_body(file: BinaryIO, transfer_encoding: str, content_encoding: str, limits: Limits) -> bytes:
    """Return the unpacked content of ``file``; raise QuarantineError if it is too large, damaged or of unknown packing.

    Of damaged content the part before the damage is returned, with a note.
    """
    data = _read_bounded(file.read, _CHUNK_BYTES, limits)
    if "chunked" in transfer_encoding.lower():
        from warcio.bufferedreaders import ChunkedDataReader

        data = ChunkedDataReader(io.BytesIO(data)).read()
    declared = [coding.strip() for coding in content_encoding.lower().split(",")]
    for _ in range(_MAX_CODINGS):
        coding = next((name for magic, name in _MAGIC if data.startswith(magic)), None)
        coding = coding or (declared[-1] if declared else "")
        declared = declared[:-1]
        if coding and not _MARKUP.match(data):
            data = _unpack(coding, data, limits)
    return data


def _read_bounded(read: Callable[[int], bytes], size: int, limits: Limits) -> bytes:
    pieces = io.BytesIO()
    while piece := read(size):
        pieces.write(piece)
        if pieces.tell() > limits.max_article_bytes:
            raise QuarantineError(f"The page is larger than one article may be ({limits.max_article_bytes:,} bytes).")
    return pieces.getvalue()


def _unpack(coding: str, data: bytes, limits: Limits) -> bytes:
    """Return ``data`` unpacked; return text that is not packed unchanged."""
    is_text = _BINARY.search(data[:_SAMPLE_BYTES]) is None
    if coding not in _CODINGS:
        if is_text:  # "identity", "none", "utf-8"
            return data
        raise QuarantineError(f"The page is packed as {coding[:20]!r}, which is not opened here: save it unpacked.")
    unpacked = _Unpacker(_opened(_CODINGS[coding], data))
    content = _read_bounded(unpacked.read, _UNPACK_BYTES, limits)
    if unpacked.error is None:
        return content
    if _MARKUP.match(content):
        notes.add(f"The page breaks off: its content, packed as {_CODINGS[coding]}, is damaged or was cut.")
        return content
    if is_text:
        return data
    raise QuarantineError(
        f"The page is packed as {_CODINGS[coding]} and damaged, so it can't be unpacked: fetch it again."
    ) from unpacked.error


def _opened(coding: str, data: bytes) -> Callable[[int], bytes]:
    file = io.BytesIO(data)
    if coding == "gzip":
        return GzipReader(file).read
    if coding == "deflate":
        return zlib_reader(file, _zlib_window(data))
    return brotli_reader(file) if coding == "br" else zstandard_reader(file)


def _zlib_window(data: bytes) -> int:
    """Return zlib's number for the header of ``data``: many servers leave it out, against the standard."""
    has_header = data[:1] and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


class _Unpacker:
    """Reads until damage, whose error it keeps."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.error: QuarantineError | None = None

    def read(self, size: int) -> bytes:
        """Return the next bytes, or none where the content is damaged."""
        try:
            return self._read(size)
        except QuarantineError as error:
            self.error = error
            return b""
