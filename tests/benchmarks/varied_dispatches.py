"""Any number of dispatches in ten languages: those of `tests/translations` with other names and numbers in each."""

import random
import re
from collections.abc import Iterator
from itertools import cycle

from tests.translated import DispatchText, dispatch_texts
from worker.translation.anchors import MOST_CHARS, NAME, anchors

LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl", "ru", "pl", "id")
#: This number of the names of a text is in other texts too, as those of people in office are.
_KNOWN_SHARE = 0.3
_KNOWN_NAMES = 2_000
_ONSETS = "b br d dr f g gr h k kl l m n p pr r s st t tr v z".split()
_VOWELS = "a e i o u".split()
_CODAS = ["", "", "n", "r", "l", "s", "nd", "rt", "m"]
_CYRILLIC = str.maketrans("abdefghiklmnoprstuvz", "абдефгхиклмнопрстувз")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")


class Template:
    """A text with slots for its numbers and names."""

    def __init__(self, text: DispatchText) -> None:
        self.language = text.language
        whole = f"{text.title}\n{text.text}"[:MOST_CHARS]
        # a position is a share of the text
        starts = [round(a.position * len(whole)) for a in anchors(whole, text.language) if a.kind == NAME]
        spans = [m.span() for m in _DIGITS.finditer(whole)]
        spans += [m.span() for start in starts if (m := _WORD.match(whole, start))]
        self._slots, self._between, end = [], [], 0
        for begin, until in sorted(set(spans)):
            self._between.append(whole[end:begin])
            self._slots.append(whole[begin:until])
            end = until
        self._rest = whole[end:]

    def write(self, chance: random.Random) -> str:
        """Return the text with random numbers of as many digits, and with random names, each in all its places."""
        new = {
            slot: _number(slot, chance) if slot.isdigit() else self._name(chance) for slot in dict.fromkeys(self._slots)
        }
        parts = [between + new[slot] for between, slot in zip(self._between, self._slots, strict=True)]
        return "".join(parts) + self._rest

    def _name(self, chance: random.Random) -> str:
        known = chance.random() < _KNOWN_SHARE
        source = random.Random(int(_KNOWN_NAMES * chance.random() ** 3)) if known else chance
        syllables = (source.choice(_ONSETS) + source.choice(_VOWELS) + source.choice(_CODAS) for _ in range(3))
        name = "".join(syllables).capitalize()
        return name.lower().translate(_CYRILLIC).capitalize() if self.language == "ru" else name


def _number(digits: str, chance: random.Random) -> str:
    first = str(chance.randint(1, 9))
    return first + "".join(str(chance.randint(0, 9)) for _ in digits[1:])


def varied(seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (language, text) without end, each in the next language."""
    chance = random.Random(seed)
    templates = {language: [Template(t) for t in dispatch_texts() if t.language == language] for language in LANGUAGES}
    for language in cycle(LANGUAGES):
        yield language, chance.choice(templates[language]).write(chance)
