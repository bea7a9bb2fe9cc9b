"""Random texts for the kernel: any Unicode, lone surrogates, NULs, very long words, numbers, and limits of lengths."""

from random import Random

from worker.features import Source

#: Lengths of words around those at which the kernel does something else.
_LENGTHS = (0, 1, 5, 6, 7, 38, 39, 40, 41, 127, 128, 129, 300)
_LANGUAGES = ("en", "de", "hi", "zh", "th", "und", "ru", "ko")
_SIGNS = (
    *" \n\t.,:;!?-’“\0",
    "\u2028",
    "\u3000",
    "\ud83d",
    "\udc00",
    "…",
    "ﬁ",
    "İ",
    "ß",
    "ΐ",
    "각",
    "\u1161",
    "क्",
    "٣",
    "²",
)
_MEGABYTE = 1 << 20
#: What fills a text of a megabyte.
_UNITS = ("x", "é", "字", "क", "1", "1.", "\ud83d", "a ")


def any_source(random: Random) -> Source:
    """Return a text with a title and a language."""
    if random.random() < 0.02:
        text = random.choice(_UNITS) * (_MEGABYTE // random.choice([1, 3, 16]))
    else:
        text = "".join(_part(random) for _ in range(random.choice([0, 1, 2, 9, 80])))
    title = "".join(_part(random) for _ in range(random.randrange(6))) if random.random() < 0.7 else None
    return Source(text, title, random.choice(_LANGUAGES))


def _part(random: Random) -> str:
    kind = random.random()
    if kind < 0.3:
        return str(random.choice(_SIGNS) * random.choice([1, 1, 1, 2, 70]))
    if kind < 0.5:
        return random.choice(["the ", "Crale ", "Velmouth. ", "1,000.5 ", "twenty ", "$20K ", "U.S.-led "])
    if kind < 0.7:
        return random.choice("aZé9字क") * random.choice(_LENGTHS) + random.choice(["", " ", "."])
    most = random.choice([0x80, 0x800, 0x10000, 0x110000])
    return "".join(chr(random.randrange(most)) for _ in range(8))
