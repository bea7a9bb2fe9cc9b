"""A file name as bytes goes in, a line that can be shown goes out, and back: names from outside need not be text.

A name may hold line breaks, terminal commands, marks that turn the reading direction, or bytes of no encoding. They are
written as escapes, reversibly, so that what is shown can be typed back.
"""

import os
import re
import sys
import unicodedata

#: Controls, invisible format marks (direction, joiners), lone surrogates (bytes that are not UTF-8), line separators.
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Joiners: Persian and Indic words and emoji are written with them, and no terminal obeys them.
_WRITTEN = frozenset("\n\t\u200c\u200d")
_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
#: The surrogates that stand for undecodable bytes 0x80 to 0xff (PEP 383).
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF
_SURROGATES = range(0xD800, 0xE000)
#: Of the largest id; Python refuses to read numbers of thousands of digits.
_ID_DIGITS = len(str(2**31))


def as_id(name: str) -> int | None:
    """Return the id that ``name`` spells, None where it is none: ids have 31 bits, and a name may be digits alone."""
    return int(name) if name.isdecimal() and len(name) <= _ID_DIGITS and int(name) < 1 << 31 else None


def escape_path(name: bytes) -> str:
    r"""Return ``name`` as one harmless line: ``\xff`` for a byte that is no text, ``\u202e`` for a hidden mark."""
    decoded = name.decode("utf-8", "surrogateescape")
    if decoded.isascii() and decoded.isprintable() and "\\" not in decoded:
        return decoded
    return "".join(map(_escaped, decoded))


def escape_text(line: str) -> str:
    """Return a line of foreign text (a title, a reason) with what a terminal would obey written as escapes."""
    if line.isprintable():
        return line
    return "".join(c if c in _WRITTEN or unicodedata.category(c) not in _UNSHOWABLE else _code(c) for c in line)


def unescape_path(line: str) -> bytes:
    """Return the name that ``escape_path`` wrote as ``line``."""
    return os.fsencode(_ESCAPE.sub(_meant, line))


def _escaped(c: str) -> str:
    if c == "\\":
        return "\\\\"
    return c if unicodedata.category(c) not in _UNSHOWABLE else _code(c)


def _code(c: str) -> str:
    number = ord(c)
    if _FIRST_BYTE <= number <= _LAST_BYTE:
        return f"\\x{number - 0xDC00:02x}"
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _meant(escape: re.Match[str]) -> str:
    byte, short, long = escape.groups()
    if byte:
        number = int(byte, 16)
        return chr(number if number < 0x80 else 0xDC00 + number)
    if not (short or long):
        return "\\"
    number = int(short or long, 16)
    # what is no character was not written by ``escape_path``: it is a name that only looks so
    return chr(number) if number < _SURROGATES.start or _SURROGATES.stop <= number <= sys.maxunicode else escape[0]
