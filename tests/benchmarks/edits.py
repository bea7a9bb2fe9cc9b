"""Generate edited copies of an article, and look-alikes that are no copies.

Labelled sets have too few of these: abridgements, extensions, small edits, scanner noise, templates with other facts.
"""

import random
import re
from collections.abc import Callable

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_FACT = re.compile(r"[A-Z][a-z]{3,}|\d{1,6}")
_FIGURE = re.compile(r"\d{1,6}")


def sentences(text: str) -> list[str]:
    """Split at sentence ends, roughly."""
    return _SENTENCE_END.split(text)


def half(text: str, _other: str, _rng: random.Random) -> str:
    """Keep the first half, as an editor cuts from the end."""
    kept = sentences(text)
    return " ".join(kept[: max(2, len(kept) // 2)])


def third(text: str, _other: str, _rng: random.Random) -> str:
    """Keep the first third."""
    kept = sentences(text)
    return " ".join(kept[: max(2, len(kept) // 3)])


def thinned(text: str, _other: str, rng: random.Random) -> str:
    """Drop four sentences of ten, anywhere."""
    kept = sentences(text)
    return " ".join(s for s in kept if rng.random() < 0.6) or kept[0]


def retouched(text: str, _other: str, rng: random.Random) -> str:
    """Drop one word of twelve."""
    return " ".join(word for word in text.split() if rng.random() > 0.08)


def scanned(text: str, _other: str, rng: random.Random) -> str:
    """Misread a letter in a third of the longer words."""
    words = text.split()
    return " ".join(w if len(w) < 4 or rng.random() > 0.35 else w[0] + rng.choice("aeioulnrt") + w[2:] for w in words)


def misread(text: str, _other: str, rng: random.Random) -> str:
    """Misread two words of three, some of them split or run together, as a scanner does with a bad print."""
    words = []
    for word in text.split():
        read = word
        if rng.random() < 0.65:
            at = rng.randrange(len(word))
            read = word[:at] + rng.choice(["", " ", "'", "ii", "rn", rng.choice("aeioulnrtcsh")]) + word[at + 1 :]
        words.append(read + ("" if rng.random() < 0.05 else " "))
    return "".join(words)


def extended(text: str, other: str, _rng: random.Random) -> str:
    """Add half as much from another article, as background paragraphs are added."""
    added = sentences(other)
    return text + " " + " ".join(added[: max(2, len(sentences(text)) // 2)])


def template(text: str, other: str, rng: random.Random) -> str:
    """Keep the frame and change every name and number, as in next week's results or another town's weather."""
    pool = [word for word in _FACT.findall(other) if word[0].isupper()] or ["Elsewhere"]
    replaced: dict[str, str] = {}

    def change(match: re.Match[str]) -> str:
        old = match[0]
        new = _another(old, rng) if old[0].isdigit() else rng.choice(pool)
        return replaced.setdefault(old, new)

    return _FACT.sub(change, text)


def recurring(text: str, _other: str, rng: random.Random) -> str:
    """Change most figures and keep the rest, as in next month's prices, the next tender or today's closing report."""
    return _FIGURE.sub(lambda match: _another(match[0], rng) if rng.random() < 0.8 else match[0], text)


def corrected(text: str, _other: str, rng: random.Random) -> str:
    """Change one figure and add a line, as a correction does."""
    figures = list(_FIGURE.finditer(text))
    if not figures:
        return f"{text} (Corrects the first paragraph.)"
    wrong = rng.choice(figures)
    return f"{text[: wrong.start()]}{_another(wrong[0], rng)}{text[wrong.end() :]} (Corrects figure.)"


def stamped(text: str, _other: str, rng: random.Random) -> str:
    """Lose every figure and gain one that is not the article's: a page, an edition."""
    return f"{_FIGURE.sub('', text)} {rng.choice(['Page', 'Edition', 'Updated at'])} {rng.randint(1, 90)}."


def _another(figure: str, rng: random.Random) -> str:
    return str(rng.randint(2, int(figure) * 2 + 9))


def quoting(text: str, other: str, _rng: random.Random) -> str:
    """Return another article that quotes a sentence of this article."""
    return f"{other} {sentences(text)[0]}"


def column(text: str, other: str, rng: random.Random) -> str:
    """Return next week's column: half of the items, in another order, mixed with as many new items."""
    items = sentences(text)
    kept = rng.sample(items, max(1, len(items) // 2))
    new = sentences(other)[: max(1, len(items) - len(kept))]
    mixed = kept + new
    rng.shuffle(mixed)
    return " ".join(mixed)


#: Name -> the edit, and whether its result is the same story. Any article can be edited so.
KINDS: dict[str, tuple[Callable[[str, str, random.Random], str], bool]] = {
    "half": (half, True),
    "third": (third, True),
    "thinned": (thinned, True),
    "retouched": (retouched, True),
    "scanned": (scanned, True),
    "misread": (misread, True),
    "extended": (extended, True),
    "corrected": (corrected, True),
    "stamped": (stamped, True),
    "template": (template, False),
    "quoting": (quoting, False),
    "column": (column, False),
}
#: The same for dispatches with several figures.
KINDS_OF_FIGURES: dict[str, tuple[Callable[[str, str, random.Random], str], bool]] = {
    "recurring": (recurring, False),
    "template": (template, False),
    "corrected": (corrected, True),
    "stamped": (stamped, True),
    "retouched": (retouched, True),
}
