r"""Characters that belong to the word before them, though ``\w`` does not match them."""

import unicodedata
from functools import cache


@cache
def combining_marks() -> str:
    """Return the vowel signs and accents of all scripts up to U+1DFF, for a class of a regular expression."""
    return "".join(chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code))[0] == "M")
