"""Translate the label of a charset to Python's codec.

Labels mean what they mean in browsers (WHATWG Encoding), so that ``iso-8859-1`` is windows-1252.
"""

import codecs

import webencodings

#: Browsers refuse these, because pages could hide scripts in them. In plain text they do no harm, and mail uses them.
_SEVEN_BIT = {
    "iso-2022-kr": "iso2022_kr",
    "csiso2022kr": "iso2022_kr",
    "hz-gb-2312": "hz",
    "iso-2022-cn": "iso-2022-cn",
    "iso-2022-cn-ext": "iso-2022-cn",
    "utf-7": "utf_7",
    "unicode-1-1-utf-7": "utf_7",
    "csunicode11utf7": "utf_7",
}
#: Labels that programs write and that neither WHATWG nor Python knows.
_OTHER = {
    "cp-850": "cp850",
    "dos-866": "cp866",
    "ibm-866": "cp866",
    "ks_c_5601": "cp949",
    "win-1250": "cp1250",
    "win-1251": "cp1251",
    "win-1252": "cp1252",
    "windows-31j": "cp932",
    "x-mac-ce": "mac_latin2",
    "x-mac-centraleurroman": "mac_latin2",
    "x-mac-greek": "mac_greek",
    "x-mac-icelandic": "mac_iceland",
    "x-mac-turkish": "mac_turkish",
    "ansi": "cp1252",
}
#: Codecs that are no charset of a text, or that the NULs in the text show better than a label (``decode.py``).
_REFUSED = {"utf-7", "utf-16", "utf-32", "punycode", "idna", "raw-unicode-escape", "unicode-escape", "undefined"}
#: Python's labels with underscores and without hyphens, which WHATWG does not list.
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_SUPERSETS |= {"shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "iso8859-11": "cp874", "tis-620": "cp874"}


def python_codec(label: str | None) -> str | None:
    """Return Python's name of the 8-bit or multi-byte charset ``label``; None if it is unknown or no such charset."""
    label = _normalised(label)
    known = webencodings.lookup(label) if label.isascii() else None
    name = known.codec_info.name if known else _OTHER.get(label, label)
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except (LookupError, ValueError):
        return None
    return None if codec in _REFUSED or codec.startswith("utf-16") else _SUPERSETS.get(codec, codec)


def seven_bit_codec(label: str | None) -> str | None:
    """Return the codec of a charset that writes other letters in ASCII characters; None for any other label."""
    return _SEVEN_BIT.get(_normalised(label)) if label else None


def _normalised(label: str | None) -> str:
    return (label or "").strip().strip("\"'").strip().lower()
