"""Decode charsets that write Japanese, Korean or Chinese in seven bits: ISO-2022 and HZ, and UTF-7 where declared.

Such a text is valid ASCII, so only its escapes or its label show what it is.
"""

import re

from worker.formats.charset_labels import seven_bit_codec

#: Escapes that designate a Japanese charset; ISO-2022-JP begins each stretch of Japanese with one.
_JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([JI])")
#: Korean and Chinese name their charset once, at the beginning of a line, and switch to it by the control SO.
_KOREAN = b"\x1b$)C"
_CHINESE = re.compile(rb"\x1b\$\)[AEG]")
#: A pair begins below 0x78, so that no match reaches over the next brace and the search is linear.
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
_SHIFTED = re.compile(rb"\x0e([^\x0f\r\n]*)\x0f?")
_CHINESE_ESCAPES = re.compile(rb"\x1b(?:\$[)*][A-Z]|[NO])")
_HIGH = bytes.maketrans(bytes(range(0x21, 0x7F)), bytes(range(0xA1, 0xFF)))
#: The simplified characters that news is written in, and Chinese punctuation.
_HAN = re.compile("[\u3000-\u3002\u300a-\u3011\u4e00-\u9fff\uff01-\uff5e“”‘’]")


def decode_seven_bit(data: bytes, declared: str | None) -> tuple[str, str] | None:
    """Return the text and the charset of ``data``; None if it is in no seven-bit charset."""
    codec = seven_bit_codec(declared)
    if b"\x1b" in data:
        if _JAPANESE.search(data):
            return _decode_japanese(data), "iso2022_jp"
        if _KOREAN in data:
            return (_KOREAN + data.replace(_KOREAN, b"")).decode("iso2022_kr", "replace"), "iso2022_kr"
        if _CHINESE.search(data):
            return _decode_chinese(data), "iso-2022-cn"
    if b"~{" in data and _HZ.search(data):
        return _decode_hz(data, required=codec == "hz")
    return _decode_utf7(data) if codec == "utf_7" else None


def _decode_japanese(data: bytes) -> str:
    # The third way reads what Windows adds to JIS X 0208, such as circled digits.
    attempts = (("iso2022_jp_ext", data), ("iso2022_jp_2", data), ("iso2022_jp_2004", data.replace(b"$B", b"$(Q")))
    for codec, written in attempts:
        try:
            return written.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("iso2022_jp_ext", "replace")


def _decode_chinese(data: bytes) -> str:
    """Return ISO-2022-CN of simplified characters as text; Python has no codec for it."""
    marked = _SHIFTED.sub(lambda shifted: shifted.group(1).translate(_HIGH), _CHINESE_ESCAPES.sub(b"", data))
    return marked.decode("gb2312", "replace")


def _decode_utf7(data: bytes) -> tuple[str, str] | None:
    try:
        return data.decode("utf-7"), "utf-7"
    except UnicodeDecodeError:
        return None


def _decode_hz(data: bytes, required: bool) -> tuple[str, str] | None:
    """Return the text; None if the braces are the author's, because what they enclose is not Chinese."""
    try:
        text = data.decode("hz", "replace" if required else "strict")
    except UnicodeDecodeError:
        return None
    enclosed = sum(len(pair.group()) // 2 - 2 for pair in _HZ.finditer(data))
    return (text, "hz") if required or len(_HAN.findall(text)) >= enclosed > 0 else None
