"""The words that follow a suspended hyphen, by language: `short- and long-term`, `olje- og gass`, `film- és színház`.

A hyphen at a line end before one of them is the author's, and the blank after it too.
"""

from worker.clean.metadata import UNKNOWN_LANGUAGE

#: The Scandinavian languages are detected as one another in short texts, so that each knows the words of all.
_SCANDINAVIAN = "og och eller eða samt til till men respektive"
#: Czech and Slovak, likewise.
_CZECH = "a i nebo či ani anebo alebo nebo-li respektive resp"
_BY_LANGUAGE = {
    "en": "and or to nor but through versus",
    "de": "und oder bis sowie beziehungsweise bzw statt wie als noch respektive",
    "nl": "en of tot als noch dan alsook respectievelijk",
    "af": "en of tot",
    "fr": "et ou ni",
    "es": "y o u e ni",
    "ca": "i o ni",
    "it": "e o ed od",
    "pt": "e ou nem",
    "ro": "și şi sau ori",
    **dict.fromkeys(("da", "nb", "nn", "no", "sv", "is"), _SCANDINAVIAN),
    "fi": "ja tai sekä eli että kuin vai ynnä",
    "et": "ja või ning ega kui",
    "hu": "és vagy valamint illetve meg sem avagy",
    "pl": "i lub oraz albo czy ani bądź",
    **dict.fromkeys(("cs", "sk"), _CZECH),
    "lt": "ir ar bei arba",
    "lv": "un vai",
    "sl": "in ali ter",
    **dict.fromkeys(("hr", "sr", "bs"), "i ili te"),
    "ru": "и или",
    "uk": "і й та або чи",
    "bg": "и или",
    "el": "και ή",
    "tr": "ve veya ile",
}
_CONJUNCTIONS = {language: frozenset(words.split()) for language, words in _BY_LANGUAGE.items()}
#: A text in an unknown language is mostly English with many names, or too short; these are no syllables of English.
_CONJUNCTIONS[UNKNOWN_LANGUAGE] = _CONJUNCTIONS["en"] | frozenset(
    "und oder och og eller és vagy või tai sekä oraz lub nebo alebo ou".split()
)
_NONE = frozenset[str]()


def conjunctions(language: str) -> frozenset[str]:
    """Return the conjunctions of an ISO 639-1 language, none if it has no suspended hyphens."""
    return _CONJUNCTIONS.get(language, _NONE)
