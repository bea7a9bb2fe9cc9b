"""Whether two texts are in different languages, as far as a short text shows its language."""

from typing import Final

#: Each is counted as the second one. Norwegian has two codes and two written forms, and short texts share their words
#: with Danish; in 2 of 61 Indonesian and 4 of 60 Chinese texts of `tests/translations` Malay and Wu were recognised.
_GROUPS: Final = {
    "nb": "no", "nn": "no", "da": "no", "ms": "id", "wuu": "zh", "yue": "zh", "bs": "hr", "sr": "hr", "sh": "hr",
}  # fmt: skip
#: A language that is not known, and one that was not recognised.
_UNKNOWN: Final = frozenset({None, "und"})


def languages_differ(a: str | None, b: str | None) -> bool:
    """Return whether two codes are those of different languages that can be distinguished; False if one is unknown."""
    return _UNKNOWN.isdisjoint((a, b)) and _GROUPS.get(a or "", a) != _GROUPS.get(b or "", b)
