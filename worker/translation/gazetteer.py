"""Names of countries, large cities, months and weekdays in each language, from Unicode's CLDR as Babel ships it.

They have other names in each language (Warszawa, Varsovia), which transliteration can't find. They are loaded on first
use, which takes half a second for all languages.
"""

from functools import cache
from typing import Final

#: Languages whose names are declined: a name is also found with up to three other letters at its end.
_DECLINED: Final = frozenset({"pl", "ru", "uk", "bn", "hi", "de", "nl"})
_VOWELS: Final = "aeiouyаеиоуыэюяьйієї"
#: Shorter stems would be the beginning of other words.
_SHORTEST_STEM: Final = 4
#: Of unsegmented Chinese and Japanese text: the longest name that is looked for.
LONGEST_HAN: Final = 6


class Gazetteer:
    """The names of one language: each is the anchor of what it names."""

    def __init__(self, language: str) -> None:
        from babel import Locale, UnknownLocaleError  # 13 ms, and not every process needs it

        self._declined = language in _DECLINED
        self.names: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        #: Of the names of two words: Korea of South Korea.
        self.second_words: set[str] = set()
        try:
            locale = Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            return
        for zone, names in _cities():
            self._add(names.get(language) or zone.rpartition("/")[2].replace("_", " "), f"c{zone}")
        for code, name in locale.territories.items():
            if len(code) == 2:  # a number is a continent or a region
                self._add(name, f"t{code}")
        for context in ("format", "stand-alone"):
            for kind, days in (("m", locale.months), ("w", locale.days)):
                for number, name in days[context]["wide"].items():
                    self._add(name.removeprefix("de "), f"{kind}{number}")

    def _add(self, name: str, anchor: str) -> None:
        folded = name.casefold()
        if len(folded) < 2 or folded[0].isdigit():
            return
        self.names.setdefault(folded, anchor)
        self.second_words.add(folded.rpartition(" ")[2])
        if self._declined and len(stem := folded.rstrip(_VOWELS)) >= _SHORTEST_STEM:
            self._stems.setdefault(stem, anchor)

    def word(self, folded: str) -> str | None:
        """Return the anchor that a case-folded word names, or None."""
        found = self.names.get(folded)
        if found or not self._declined:
            return found
        for cut in range(4):
            stem = folded[: len(folded) - cut]
            if len(stem) < _SHORTEST_STEM:
                return None
            if found := self._stems.get(stem) or self.names.get(stem):
                return found
        return None


@cache
def gazetteer(language: str) -> Gazetteer:
    """Return the names of a language; a language that CLDR does not know has none."""
    return Gazetteer(language)


@cache
def _cities() -> list[tuple[str, dict[str, str]]]:
    """Return the cities after which time zones are named, with their names by language."""
    from babel import Locale

    languages = "en es de fr pt it nl ru uk pl id ja zh ar hi bn tr sv da nb fi cs hu ro el bg ko vi th fa ur".split()
    cities: dict[str, dict[str, str]] = {}
    for language in languages:
        for zone, names in Locale.parse(language).time_zones.items():
            if "/" in zone and (city := names.get("city")):
                cities.setdefault(zone, {})[language] = city
    return sorted(cities.items())
