"""Text that was decoded wrongly in; the characters that were meant out.

Lone surrogates can't be stored anywhere; UTF-8 read as a Western code page is undone by ftfy, line by line, where a test hits.
"""

import re

from ftfy import TextFixerConfig, fix_encoding

from worker.clean.facts import Done, Facts

_SURROGATE = re.compile("[\ud800-\udfff]")

#: Lead bytes of UTF-8 as Windows-1252 or Latin-1 shows them, followed by what a continuation byte becomes there.
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3\u00c4\u00c5\u00ce\u00cf\u00d0\u00d1\u00d8\u00d9\u00e2\u00e3\u00f0]"
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)

#: ftfy takes about 1 µs a character: longer lines are hostile or data, and are left as they are.
LONGEST_LINE = 100_000

#: Only the encoding: quotes, widths and ligatures are not ftfy's business here.
_CONFIG = TextFixerConfig(unescape_html=False, restore_byte_a0=True, replace_lossy_sequences=True)


def mend_surrogates(text: str, _facts: Facts) -> Done:
    """Join surrogate pairs that a JSON reader left apart; a lone one becomes U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return Done(text, 0)
    count = len(_SURROGATE.findall(text))
    return Done(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), count)


def mend_mojibake(text: str, _facts: Facts) -> Done:
    """Undo UTF-8 that was read as a single-byte code page."""
    if text.isascii() or not _MOJIBAKE.search(text):
        return Done(text, 0)
    lines = text.split("\n")
    count = 0
    for number, line in enumerate(lines):
        if len(line) <= LONGEST_LINE and _MOJIBAKE.search(line):
            fixed = fix_encoding(line, _CONFIG)
            if fixed != line:
                lines[number] = fixed
                count += 1
    return Done("\n".join(lines), count) if count else Done(text, 0)
