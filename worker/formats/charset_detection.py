"""Decode bytes that are not valid UTF-8: mixed encodings, the declared charset, or the most likely one.

`chardet` ranks the charsets by the frequency of their letters. Evidence that it does not weigh corrects the ranking: no
word mixes scripts or has signs and capitals in its middle, and curly quotes are at the ends of words.
"""

import re
from collections import Counter

from worker.errors import QuarantineError
from worker.formats.charset_labels import python_codec

#: Detection is stable on a sample of this size; a larger one only costs time.
_SAMPLE_BYTES = 20_000
#: Charsets that news is or was written in, under chardet's names; the other thirty would be reported by chance.
CHARSETS = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp437", "cp720",
    "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp862", "cp865", "cp866", "cp874", "cp932", "cp949",
    "big5hkscs", "euc_jis_2004", "gb18030", "iso8859-2", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "iso8859-9", "iso8859-13", "iso8859-15", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic",
    "mac-latin2", "mac-greek", "mac-turkish",
)  # fmt: skip
#: Fewer valid sequences of UTF-8 occur by chance: two in a word of Ukrainian koi8-u. In 95 pairs of language and
#: charset, cut into one word to a paragraph, no text had three and at least as many as other bytes above ASCII.
_MIN_SEQUENCES = 3
#: A charset loses this share of its likelihood per sign of a wrong one, and cp1252, the most frequent charset, gains.
#: (Cuts of 8 words: 14 of 314 wrong; 20 with chardet alone, 141 before. Of all cuts in cp1252 19 are wrong, 60 with
#: chardet alone; a higher factor costs more Mac Roman than it gains.)
_PENALTY, _PREFERENCE = 3.0, 1.1

_HIGH_BYTES = bytes(range(0x80, 0x100))
#: The characters above ASCII of Western European text in cp1252: letters, quotes, dashes and a few symbols.
_WESTERN = re.compile(
    "[äöüßéèêëàâáåãçñíìîïóòôõøœæúùûýÿÄÖÜÉÈÊËÀÂÁÅÃÇÑÍÌÎÏÓÒÔÕØŒÆÚÙÛÝ‘’“”„‚«»‹›–—…€£¥°§©®™·•´¿¡¼½¾²\u00a0\u00ad]"
)
#: Quotes, apostrophes, dashes and currency signs of cp1252 in their places.
_WELL_PLACED = re.compile(
    r"(?<=\w)’(?=\w)|(?<!\w)[“„‘«¿¡](?=\w)|(?<=[\w.,!?…])[”“’»](?!\w)|(?<!\S)[–—](?!\S)|(?<=\w)…(?!\w)"
    r"|€(?=\d)|(?<=\d )€"
)
#: Symbols between letters indicate another code page: "za³o¿enie" is Polish.
_SIGN_IN_WORD = re.compile("[^\\W\\d_][£¥°§©®™¿¡¼½¾²³¹ªº¢¤¦¬±µ¶¸«»‹›][^\\W\\d_]")

_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_OTHER_SCRIPTS = "\u0370-\u052f\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
_SIGNS = "¤¦§¨©ª¬®¯°±²³´µ¶·¸¹º¼½¾¢£¥†‡•‰ˆ˜˚˝˛ˇ◊∞∂∑∏∫Ω√≈∆≤≥≠™\uf8ff\u2500-\u25ff"
#: What no language writes: controls, two scripts in a word, signs at or in a word, a capital after a small letter.
_WRONG = re.compile(
    f"[\x80-\x84\x86-\x9f\ufffd]|[{_LATIN}][{_OTHER_SCRIPTS}]|[{_OTHER_SCRIPTS}][{_LATIN}]"
    f"|[{_LATIN}][{_SIGNS}«»¿¡×÷…„“”‚‹›‘€—–](?=[{_LATIN}])|(?<!\\S)[{_SIGNS}]+(?=[{_LATIN}])"
    f"|[{_LATIN}][{_SIGNS}](?!\\S)|[a-zà-öø-ÿ][A-ZÀ-ÖØ-Þ]"
)

#: Charsets with characters of several bytes.
_MULTI_BYTE = {"cp932", "cp949", "big5hkscs", "euc_jis_2004", "gb18030"}
#: The ten most frequent bytes make up at least this share of a text of this many bytes. In 27 languages they are .47
#: (Thai) to .72 (Finnish) of 200 bytes or more; of random bytes .1.
_MIN_FREQUENT, _MIN_BYTES = 0.3, 200

_STRAY = re.compile("[\udc80-\udcff]+")
#: The beginning of a curly quote or a dash of UTF-8, and a byte that is in no text.
_DAMAGED = re.compile(rb"\xe2[\x80-\x82]|[\s\S]*\xff[\s\S]*")
#: Marks of windows-1252, which are control characters in ISO 8859: ‚ „ … ‹ ‘ ’ “ ” • – — ›.
_WINDOWS_MARKS = re.compile(rb"[\x82\x84\x85\x8b\x91-\x97\x9b]")
#: Letters of windows-1250 there.
_WINDOWS_LETTERS = re.compile(rb"[\x8a\x8c-\x8f\x9a\x9c-\x9f]")
_CONTROL = re.compile("[\x80-\x84\x86-\x9f]|\x85(?! ?\\n)")


def decode_other(data: bytes, declared: str | None) -> tuple[str, str]:
    """Return ``data`` as text, and the encoding that was used; unreadable bytes become U+FFFD.

    Raises QuarantineError if it is noise in any encoding.
    """
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = len(damaged) - len(data.translate(None, _HIGH_BYTES)) - bad
    codec = python_codec(declared)
    if good >= max(bad, _MIN_SEQUENCES):
        return _decode_mixed(data, codec), "utf-8"
    if codec:
        try:
            return _with_windows_marks(data, codec)
        except UnicodeDecodeError:
            pass
    if text := _decode_declared(data, codec, bad):
        return text
    detected = _detect(data)
    if detected not in _MULTI_BYTE and _is_noise(data):
        raise QuarantineError(
            "It can't be read as text: its bytes are as evenly spread as in a packed or encrypted file. "
            "Send it as text, HTML or PDF."
        )
    return data.decode(detected, "replace"), detected


def _with_windows_marks(data: bytes, codec: str) -> tuple[str, str]:
    """Return text in ISO 8859 with windows' quotation marks and letters, which are control characters in it."""
    if not codec.startswith("iso8859") or not _WINDOWS_MARKS.search(data):
        return data.decode(codec), codec
    if codec == "iso8859-2" and _WINDOWS_LETTERS.search(data):  # the other letters are elsewhere in it, too
        return data.decode("cp1250"), "cp1250"
    return _CONTROL.sub(lambda mark: mark[0].encode("latin-1").decode("cp1252", "replace"), data.decode(codec)), codec


def _decode_declared(data: bytes, codec: str | None, bad: int) -> tuple[str, str] | None:
    """Return the text in the declared charset, if no more than one in a hundred characters is unreadable in it."""
    if codec is None or codec == "utf-8":
        return None
    text = data.decode(codec, "replace")
    return (text, codec) if text.count("\ufffd") * 100 <= min(len(text), 100 * bad) else None


def _decode_mixed(data: bytes, codec: str | None) -> str:
    """Return UTF-8 into which text of an 8-bit charset was pasted: cp1252, unless another is declared."""
    pasted = codec if codec and codec.startswith(("cp125", "iso8859", "koi8")) else "cp1252"
    text = data.decode("utf-8", "surrogateescape")
    return _STRAY.sub(lambda stray: _decode_stray(stray, pasted), text)


def _decode_stray(stray: re.Match[str], codec: str) -> str:
    """Return what was pasted; U+FFFD for the rest of a damaged character of UTF-8."""
    run = stray.group().encode("ascii", "surrogateescape")
    start, end = stray.span()
    before, after = stray.string[max(start - 1, 0) : start], stray.string[end : end + 1]
    if max(before, after) >= "\u2e80" or _DAMAGED.fullmatch(run):  # a Chinese or Japanese character
        return "\ufffd"
    if run in (b"\xc2", b"\xc3") and (before.islower() or not after.isupper()):  # letters among capitals
        return "\ufffd"
    text = run.decode(codec, "replace")
    return "\ufffd" if text.isalpha() and (before + after).upper() > "\u02ff" else text


def _detect(data: bytes) -> str:
    """Return the most likely charset of ``data``."""
    import chardet  # takes 60 ms to import, and 90 ms for its first answer; needed for one file in a thousand

    sample = data[:_SAMPLE_BYTES]
    if _is_mostly_quotes(sample):
        return "cp1252"
    ranked = chardet.detect_all(
        sample, ignore_threshold=True, include_encodings=CHARSETS, no_match_encoding="cp1252", compat_names=False
    )
    likelihood = {str(guess["encoding"]): guess["confidence"] for guess in ranked if guess["encoding"]}
    if "cp1252" in likelihood and _is_western(sample):
        likelihood["cp1252"] *= _PREFERENCE
    for codec in likelihood:
        likelihood[codec] /= 1 + _PENALTY * len(_WRONG.findall(sample.decode(codec, "replace")))
    return max(likelihood, key=likelihood.__getitem__, default="cp1252")


def _is_noise(data: bytes) -> bool:
    sample = data[:_SAMPLE_BYTES]
    frequent = sum(count for _, count in Counter(sample).most_common(10))
    return len(sample) >= _MIN_BYTES and frequent < _MIN_FREQUENT * len(sample)


def _is_western(sample: bytes) -> bool:
    text = sample.decode("cp1252", "replace")
    high = len(sample) - len(sample.translate(None, _HIGH_BYTES))
    letters = sum(map(str.isalpha, text))
    if not letters or high > 0.25 * letters:  # Cyrillic or Greek decoded as cp1252 is nearly all accented letters
        return False
    return len(_WESTERN.findall(text)) >= 0.98 * high and not _SIGN_IN_WORD.search(text)


def _is_mostly_quotes(sample: bytes) -> bool:
    """Return whether half of the characters above ASCII are quotes and dashes in their places: English in cp1252."""
    high = len(sample) - len(sample.translate(None, _HIGH_BYTES))
    return 2 * len(_WELL_PLACED.findall(sample.decode("cp1252", "replace"))) >= high
