"""The skeleton of a name: its consonants in classes that survive the change of the script.

Vowels are dropped, since scripts write them differently or not at all. Letters that other scripts mix, such as b and p
or l and r, are one class: Okafor, Окафор and ওকাফোর all are ``akfr``.
"""

import re
from functools import lru_cache
from typing import Final

from anyascii import anyascii

#: Groups of letters that are one sound, the longest first.
_GROUPS: Final = {
    "shch": "s", "tsch": "s", "dzh": "s", "sch": "s", "tch": "s", "tsh": "s", "ch": "s", "sh": "s", "zh": "s",
    "cz": "s", "sz": "s", "dz": "s", "ts": "s", "tz": "s", "ph": "f", "th": "t", "kh": "k", "gh": "k", "bh": "b",
    "ck": "k", "qu": "k", "x": "ks", "ce": "se", "ci": "si", "cy": "si",
}  # fmt: skip
_GROUP: Final = re.compile("|".join(_GROUPS))
_CLASSES: Final = str.maketrans("bpfvwdtgkqcszjmnlr", "bbfffttkkkksssmnrr", "aeiouyh")
#: Signs for what Latin has no letter for; a ligature may be several words.
_NO_LETTERS: Final = re.compile(r"[^a-z]+")
_REPEATED: Final = re.compile(r"(.)\1+")
#: Endings of declined names that have a consonant; the others are vowels, which a skeleton does not have.
_ENDING: Final = re.compile(r"(?<=\w{3})(?:ego|emu|owi|iem|em|ami|om|ach|ym|im|ogo|omu|akh|yam|am|oju|ovi|evi|ovu)$")
_DECLINED: Final = frozenset({"pl", "ru", "uk"})


@lru_cache(maxsize=50_000)  # a name returns in the texts of a day: half of the calls
def skeleton(word: str, language: str) -> str:
    """Return the skeleton of a word; it begins with ``a`` if the word begins with a vowel, and may be empty."""
    letters = anyascii(word).lower()
    if language in _DECLINED:
        letters = _ENDING.sub("", letters)
    elif language == "ar":  # the letter is u or o, except at the beginning, before which there may be a sign
        letters = letters[:1] + letters[1:].replace("w", "")
    letters = _NO_LETTERS.sub("", letters).lstrip("h")
    initial = "a" if letters[:1] and letters[0] in "aeiouy" else ""
    letters = _GROUP.sub(lambda found: _GROUPS[found[0]], letters)
    return initial + _REPEATED.sub(r"\1", letters.translate(_CLASSES))
