r"""Split a text into words and describe each: its hash, its stem, its weight and its kind.

Devanagari vowel signs, which `\w` does not match, belong to words. Scripts without spaces are split into pairs.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

#: Marks of Hebrew, Arabic, Indic, Thai, Lao, Burmese and Khmer that belong to a word though `\w` does not match them.
_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83"
    "\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
#: A number keeps its inner points and commas: `1,000.5` is one word.
WORDS: Final = re.compile(rf"\d+(?:[.,]\d+)+|(?:[^\W_]|[{_MARKS}])+")
ENDS_OF_SENTENCES: Final = re.compile(r"[.!?:;।؟。！？…]")
#: Latin words and numbers inside unspaced text stay whole; the ends of sentences separate runs.
_UNSPACED: Final = re.compile(rf"\d+(?:[.,]\d+)*|[A-Za-z]+|(?:[^\W\dA-Za-z_]|[{_MARKS}])+|[.!?:。！？\n]")
_UNSPACED_LANGUAGES: Final = frozenset(("bo", "ja", "km", "lo", "my", "th", "yue", "zh"))

#: Kinds of word, as bits; `ENDS` marks the last word of a sentence.
CONTENT, CAPITAL, NUMBER, ENDS = 1, 2, 4, 8

#: Words more frequent than one in 1,300 (Zipf 5.9) are stop words: about 150 in each language.
STOP_ZIPF: Final = 5.9
#: Rarer words weigh no more than those of one in a million: the cap of idf.
CAP_ZIPF: Final = 3.0
#: A lower-case word in no list is as often an OCR error as a rare word; a capitalised one is a rare name.
UNLISTED_ZIPF, UNLISTED_NAME_ZIPF = 4.0, 1.0
#: Characters of a stem: inflected forms share them (`vaccine`, `vaccinated`); compounding languages need more.
_STEM: Final = 6
_LONG_STEM: Final = dict.fromkeys(("da", "de", "et", "fi", "hu", "is", "nb", "nl", "no", "sv"), 9)
#: English writes numbers up to twenty as words as often as in digits; they are compared as digits.
_SPELT: Final = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_SPELT_NUMBERS: Final = {word: str(number) for number, word in enumerate(_SPELT.split(), start=2)}
#: `$100B`, `100bn`, `20K`: a number with its scale is compared by its digits.
_SCALED: Final = re.compile(r"(\d+)(?:k|m|mn|b|bn|tn)")

#: Returns the rarity of a case-folded word in centibels (900: one in a billion), -1 if it is in no list.
Rarity = Callable[[str], int]


class Word(NamedTuple):
    """What is known of a word."""

    hash: int  # 64 bits; 0 for the empty word of a chunk without words
    stem: int  # 32 bits
    weight: float  # capped idf, 1.1 to 4
    zipf: float  # log10 of its uses in a billion words, 1 to 8
    kind: int  # bits


def split_words(text: str, language: str) -> Iterator[tuple[str, bool]]:
    """Yield each word as it is written ("" if a chunk between spaces has none), and whether it ends a sentence."""
    for chunk in insert_spaces(text, language).split():
        words = WORDS.findall(chunk) or [""]
        end = chunk.rfind(words[-1]) + len(words[-1]) if words[-1] else 0
        yield from ((word, False) for word in words[:-1])
        yield words[-1], ENDS_OF_SENTENCES.search(chunk, end) is not None


def insert_spaces(text: str, language: str) -> str:
    """Return the text with spaces between its chunks; chunks of unspaced scripts are pairs of characters."""
    if language not in _UNSPACED_LANGUAGES:
        return text.replace("\n", " . ")  # a newline ends a sentence
    parts: list[str] = []
    for run in _UNSPACED.findall(text):
        parts += [run] if run.isascii() or len(run) < 3 else map("".join, pairwise(run))
    return " ".join(parts).replace("\n", "-")  # which ends no sentence


def describe(word: str, language: str, rarity: Rarity | None) -> Word:
    """Return what is known of a word; ``rarity`` is None for a language without a word list."""
    if not word:
        return Word(0, 0, 0.0, 0.0, 0)
    plain = unicodedata.normalize("NFKC", word).casefold()
    digits = spelt_numbers(language).get(plain)
    kind = CAPITAL if word[0].isupper() else 0
    if word[0].isdigit():
        plain = word.replace(",", "").replace(".", "").casefold()
        scaled = _SCALED.fullmatch(plain)
        digits = scaled[1] if scaled else plain[: stem_length(language)]
    kind |= NUMBER if digits else 0
    zipf = CAP_ZIPF if digits else _zipf(plain, kind, rarity)
    if digits or (zipf < STOP_ZIPF and (len(plain) > 1 or not plain.isascii())):
        kind |= CONTENT
    stem = digits or plain[: stem_length(language)]
    return Word(hash_word(plain), hash_word(stem) & 0xFFFFFFFF, weight(zipf), float32(zipf), kind)


def spelt_numbers(language: str) -> dict[str, str]:
    """Return the numbers that are written as words, with their digits."""
    return _SPELT_NUMBERS if language == "en" else {}


def stem_length(language: str) -> int:
    """Return the number of characters of a stem."""
    return _LONG_STEM.get(language, _STEM)


def _zipf(plain: str, kind: int, rarity: Rarity | None) -> float:
    if rarity is None:
        return UNLISTED_ZIPF
    centibels = rarity(plain)
    if centibels >= 0:
        return zipf_of(centibels)
    return UNLISTED_NAME_ZIPF if kind & CAPITAL else UNLISTED_ZIPF


def zipf_of(centibels: int) -> float:
    """Convert centibels to a Zipf frequency, in steps of 0.1: one use in a billion words is 900 and 0."""
    return (90 - centibels // 10) / 10


def weight(zipf: float) -> float:
    """Return the capped idf."""
    return float32(7.0 - max(zipf, CAP_ZIPF))


def hash_word(word: str) -> int:
    """Return 64 bits of BLAKE2b: unlike `hash`, the same on every machine and in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def float32(number: float) -> float:
    """Round to the 24 bits of a C float, as the kernel does after each step."""
    rounded: float = struct.unpack("f", struct.pack("f", number))[0]
    return rounded
