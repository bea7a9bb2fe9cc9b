"""Detect the charset of bytes that are not UTF-8.

A rule for Western European text runs before the statistical detector, which mistakes German cp1252 for cp1250.
"""

import codecs
import re

#: Detection is stable on a sample of this size; a larger one only costs time.
_SAMPLE_BYTES = 20_000
#: Code pages that news is written in; the detector knows a hundred more, which it would report by chance.
CODE_PAGES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_15", "koi8_r", "koi8_u", "mac_roman", "cp437", "cp850",
    "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
#: As in browsers (WHATWG Encoding), these names mean the Windows extension of the charset.
_ALIASES = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_REFUSED = {"utf-7", "utf-16", "utf-32", "punycode", "idna", "raw-unicode-escape", "unicode-escape", "undefined"}

_HIGH_BYTES = bytes(range(0x80, 0x100))
#: The characters above ASCII of Western European text in cp1252: letters, quotes, dashes and a few symbols.
_WESTERN = re.compile(
    "[äöüßéèêëàâáåãçñíìîïóòôõøœæúùûýÿÄÖÜÉÈÊËÀÂÁÅÃÇÑÍÌÎÏÓÒÔÕØŒÆÚÙÛÝ‘’“”„‚«»‹›–—…€£¥°§©®™·•´¿¡¼½¾²\u00a0\u00ad]"
)
#: Symbols between letters indicate another code page: "za³o¿enie" is Polish.
_SIGN_IN_WORD = re.compile("[^\\W\\d_][£¥°§©®™¿¡¼½¾²³¹ªº¢¤¦¬±µ¶¸«»‹›][^\\W\\d_]")


def detect_charset(data: bytes, declared: str | None) -> tuple[str, str]:
    """Return ``data`` as text, and the encoding that was used; unreadable bytes become U+FFFD."""
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = len(damaged) - len(data.translate(None, _HIGH_BYTES)) - bad
    # A file with a few bad bytes is still UTF-8: valid multi-byte sequences do not occur by chance.
    if good > 4 * bad:
        return damaged, "utf-8"
    for encoding in filter(None, (python_codec(declared), "cp1252" if _is_western(data) else None)):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    detected = _detect_statistically(data)
    return (data.decode(detected, "replace"), detected) if detected else (damaged, "utf-8")


def python_codec(name: str | None) -> str | None:
    """Return Python's name of a declared charset; None if Python has no such text encoding or it is refused."""
    try:
        codec = codecs.lookup((name or "").strip().strip("\"'")).name
        "".encode(codec)
    except (LookupError, ValueError):
        return None
    return None if codec in _REFUSED else _ALIASES.get(codec, codec)


def _is_western(data: bytes) -> bool:
    sample = data[:_SAMPLE_BYTES]
    text = sample.decode("cp1252", "replace")
    high = len(sample) - len(sample.translate(None, _HIGH_BYTES))
    letters = sum(map(str.isalpha, text))
    if not letters or high > 0.25 * letters:  # Cyrillic or Greek decoded as cp1252 is nearly all accented letters
        return False
    return len(_WESTERN.findall(text)) >= 0.98 * high and not _SIGN_IN_WORD.search(text)


def _detect_statistically(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # takes 40 ms to import; needed for one file in a thousand

    best = from_bytes(data[:_SAMPLE_BYTES], cp_isolation=list(CODE_PAGES)).best()
    return best.encoding if best else None
