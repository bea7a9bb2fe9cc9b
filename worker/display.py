"""Escape foreign names and titles, so that they can be shown safely; file names are bytes and need not be text.

A name may contain line breaks, terminal commands, marks that reverse the reading direction, or invalid bytes. They are
escaped reversibly, so that a person can type a name as it is shown.
"""

import os
import re
import sys
import unicodedata

#: Controls, invisible format marks (direction, joiners), lone surrogates (bytes that are not UTF-8), line separators.
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Line breaks, tabs and joiners: Persian and Indic words and emoji contain joiners, and no terminal obeys them.
_KEPT = frozenset("\n\t\u200c\u200d")
_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
#: The surrogates that represent the undecodable bytes 0x80 to 0xff (PEP 383).
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF
_SURROGATES = range(0xD800, 0xE000)
#: Digits of the largest id; Python refuses to parse numbers of thousands of digits.
_ID_DIGITS = len(str(2**31))


def as_id(name: str) -> int | None:
    """Return ``name`` as an id, None if it is not one: ids have 31 bits, and a file name may consist of digits."""
    return int(name) if name.isdecimal() and len(name) <= _ID_DIGITS and int(name) < 1 << 31 else None


def escape_path(name: bytes) -> str:
    r"""Return ``name`` as one harmless line: ``\xff`` for an invalid byte, ``\u202e`` for an invisible mark."""
    decoded = name.decode("utf-8", "surrogateescape")
    if decoded.isascii() and decoded.isprintable() and "\\" not in decoded:
        return decoded
    return "".join(map(_escape_character, decoded))


def escape_text(line: str) -> str:
    """Return foreign text (a title, a reason) with every character escaped that a terminal would obey."""
    if line.isprintable():
        return line
    return "".join(c if c in _KEPT or unicodedata.category(c) not in _UNSHOWABLE else _escape_code(c) for c in line)


def unescape_path(line: str) -> bytes:
    """Return the name that ``escape_path`` turned into ``line``."""
    return os.fsencode(_ESCAPE.sub(_unescape_match, line))


def _escape_character(c: str) -> str:
    if c == "\\":
        return "\\\\"
    return c if unicodedata.category(c) not in _UNSHOWABLE else _escape_code(c)


def _escape_code(c: str) -> str:
    number = ord(c)
    if _FIRST_BYTE <= number <= _LAST_BYTE:
        return f"\\x{number - 0xDC00:02x}"
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _unescape_match(escape: re.Match[str]) -> str:
    byte, short, long = escape.groups()
    if byte:
        number = int(byte, 16)
        return chr(number if number < 0x80 else 0xDC00 + number)
    if not (short or long):
        return "\\"
    number = int(short or long, 16)
    # ``escape_path`` did not write this, since it is no character: the name itself looks like an escape
    return chr(number) if number < _SURROGATES.start or _SURROGATES.stop <= number <= sys.maxunicode else escape[0]
