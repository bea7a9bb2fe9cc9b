"""The anchors of a text: what a translation keeps in its place, whatever the language.

Numbers, places, months, weekdays and the skeletons of names, in the order of the text. They are stored as words, for
example ``n138 tPE w2 xkspmmn``, so that a person can read why two texts were linked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from worker.features.frequency import frequencies
from worker.translation.gazetteer import LONGEST_HAN, Gazetteer, gazetteer
from worker.translation.numerals import fold_digits, number_word, numerals
from worker.translation.skeleton import skeleton

NUMBER: Final = "n"
NAME: Final = "x"
#: A word of a script without capital letters, which may be a name.
WORD: Final = "y"
#: A quotation; its number is its length in percent of the text.
QUOTE: Final = "q"
_QUOTED: Final = re.compile(r"[“„«\"「『][^”“»\"」』\n]{12,600}[”“»\"」』]")

#: Scripts without capital letters, whose rare words are taken for names.
_UNCASED: Final = frozenset({"ar", "hi", "bn", "fa", "ur", "mr", "ta", "te", "he"})
#: Languages that write months and weekdays with a capital letter: in others Julio is a name, and julio is July.
_CAPITAL_MONTHS: Final = frozenset({"en", "de", "id"})
_UNSEGMENTED: Final = frozenset({"ja", "zh"})
_WORD: Final = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd][^\W\d_]*)*")
_KATAKANA: Final = re.compile(r"[ァ-ヺー]{2,}")
_SENTENCE_END: Final = re.compile(r"[.!?\n\"“”«»„:¿¡।]\s*$")
#: More frequent words (Zipf) are no names: at the beginning of a sentence, inside of it, in German, whose nouns all
#: have a capital letter, and in scripts without capitals.
_FIRST_ZIPF: Final = 3.5
_INNER_ZIPF: Final = 4.8
_NOUN_ZIPF: Final = 3.6
_UNCASED_ZIPF: Final = 4.2
#: Texts are compared by their first part: a dispatch says in it what it is about.
MOST_CHARS: Final = 3_000
MOST: Final = 120
#: Shorter words with a capital letter are abbreviations of each language.
_SHORT_WORD: Final = 2


class Anchor(NamedTuple):
    """What a text has at a position: 0 is its beginning, 1 its end; ``kind`` is the first character of ``value``."""

    value: str
    position: float

    @property
    def kind(self) -> str:
        """The kind of the anchor."""
        return self.value[0]


def anchors(text: str, language: str) -> list[Anchor]:
    """Return the anchors of a text in their order, at most `MOST`."""
    folded = fold_digits(text[:MOST_CHARS])
    found = [(n.start, n.end, NUMBER + n.value) for n in numerals(folded, language)]
    taken = bytearray(len(folded) + 1)
    for start, end, _ in found:
        taken[start:end] = b"\1" * (end - start)
    names = _han_names(folded, language) if language in _UNSEGMENTED else _words(folded, language, taken)
    found.extend(names)
    length = max(len(folded), 1)
    quotes = [(*m.span(), f"{QUOTE}{round(100 * len(m[0]) / length)}") for m in _QUOTED.finditer(folded)]
    found = sorted([*found, *quotes])
    return [Anchor(value, start / length) for start, _, value in found][:MOST]


Place = tuple[int, int, str]


class _Candidate(NamedTuple):
    """A word that may be a name, and whether it may have its capital letter for another reason."""

    start: int
    end: int
    word: str
    doubtful: bool


def _words(text: str, language: str, taken: bytearray) -> Iterator[Place]:
    """Yield the number words, places and names of a text with spaces."""
    known = gazetteer(language)
    candidates: list[_Candidate] = []
    last: re.Match[str] | None = None
    for match in _WORD.finditer(text):
        word, previous, last = match[0], last, match
        if _is_plain(word, language):
            continue
        start, end = match.span()
        if taken[start]:
            continue
        folded = word.casefold()
        pair = f"{previous[0].casefold()} {folded}" if previous and text[previous.end() : start] == " " else ""
        has_capital = word[0] != folded[0]
        if number := number_word(folded, language):
            yield start, end, NUMBER + number
        elif place := (pair and known.names.get(pair)) or known.word(folded):
            if language in _UNCASED or has_capital == (place[0] not in "mw" or language in _CAPITAL_MONTHS):
                yield start, end, place
        elif language in _UNCASED or (has_capital and len(word) > _SHORT_WORD):
            first = start == 0 or _SENTENCE_END.search(text, max(start - 4, 0), start) is not None
            candidates.append(_Candidate(start, end, word, first))
    yield from _names(candidates, language)


@lru_cache(maxsize=50_000)  # most words of a text are plain, and known from the texts before
def _is_plain(word: str, language: str) -> bool:
    """Return whether a word is no number, place or name, whatever is before it."""
    folded = word.casefold()
    if language in _UNCASED or word[0] != folded[0] or number_word(folded, language):
        return False
    known = gazetteer(language)
    return not known.word(folded) and folded not in known.second_words


def _names(candidates: Sequence[_Candidate], language: str) -> Iterator[Place]:
    """Yield those of these words that are too rare to be no names."""
    listed = frequencies(language)
    if not candidates or listed is None:
        return
    has_capitals = language not in _UNCASED and language not in _UNSEGMENTED
    inner = (_NOUN_ZIPF if language == "de" else _INNER_ZIPF) if has_capitals else _UNCASED_ZIPF
    first = _FIRST_ZIPF if has_capitals else _UNCASED_ZIPF
    zipfs = listed.zipfs([candidate.word.casefold() for candidate in candidates]).tolist()
    for (start, end, word, doubtful), zipf in zip(candidates, zipfs, strict=True):
        if zipf >= (first if doubtful else inner):  # a word in no list is NaN, and rare
            continue
        bones = skeleton(word, language)
        if len(bones) > 1:
            yield start, end, (NAME if has_capitals else WORD) + bones


def _han_names(text: str, language: str) -> Iterator[Place]:
    """Yield the places of a text without spaces, and Japanese names in katakana."""
    known = gazetteer(language)
    end = 0
    for start in range(len(text)):
        if start < end or ord(text[start]) < 0x3041:
            continue
        if place := _longest(text, start, known):
            end = start + place[1]
            yield start, end, place[0]
    if language == "ja":
        words = [match for match in _KATAKANA.finditer(text) if match[0] not in known.names]
        yield from _names([_Candidate(*match.span(), match[0], True) for match in words], language)


def _longest(text: str, start: int, known: Gazetteer) -> tuple[str, int] | None:
    for length in range(LONGEST_HAN, 1, -1):
        if found := known.names.get(text[start : start + length]):
            return found, length
    return None


def pack(found: Iterable[Anchor]) -> str:
    """Return anchors as one string: each with its position in percent."""
    return " ".join(f"{anchor.value}@{round(100 * anchor.position)}" for anchor in found)


def unpack(packed: str) -> list[Anchor]:
    """Return the anchors of `pack`."""
    pairs = (part.rpartition("@") for part in packed.split())
    return [Anchor(value, int(percent) / 100) for value, _, percent in pairs]
