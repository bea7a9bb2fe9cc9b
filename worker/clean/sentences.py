"""Sentences that a scraper glued together (`summit.Xi`) and doubled stops (`power. .`) in; set apart and single out.

No word changes: a blank goes in where a small word, its stop and a capital word meet, outside addresses.
"""

import re
from itertools import islice

import re2

from worker.clean.facts import MOST_CHANGES, Done, Facts

_LOWER = "a-zà-öø-ÿ"
_UPPER = "A-ZÀ-ÖØ-Þ"
#: Words that begin a sentence and end no brand or name: `PutinThe trip`.
_OPENERS = (
    "The|This|That|These|Those|They|There|When|While|With|But|And|After|Before|His|Her|Its|Their|However|Meanwhile"
)

#: RE2 runs over the whole text, so that a text without these faults costs one scan.
_GUARD = re2.compile(
    rf"[{_LOWER}0-9)%\"”][.!?][\"“”’»‘«„]{{0,2}}[{_UPPER}]|[.!?] \.|[{_LOWER}]\.\.|[{_LOWER}](?:{_OPENERS})[ ,]"
)
_DOUBLED = re.compile(
    rf"(?<=[\w”\"’')])(?P<stop>[.!?]) \.(?! ?\.)(?=\s|\Z)|(?<=[{_LOWER}][{_LOWER}][{_LOWER}])\.(?=\.(?:\s|\Z))"
)
_GLUED = re.compile(
    rf"(?<=[{_LOWER}0-9)%][{_LOWER}0-9)%\"”])[.!?](?P<quotes>[\"“”’»‘«„]{{0,2}})(?=[{_UPPER}][{_LOWER}’']|[{_UPPER}] )"
)
_JOINED = re.compile(rf"(?<=[{_LOWER}][{_LOWER}])(?=(?:{_OPENERS})[ ,])")
_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_NOT_BLANK = re.compile(r"\S*")
#: A blank is never set into `https://…`, `name@…`, `Amazon.Com`.
_ADDRESS = re.compile(r"[/@\\]|www\.")
_DOMAINS = frozenset(("Com", "Net", "Org", "Gov", "Edu", "Info"))
_REACH = 60
_CLOSING = "”’»"


def part_sentences(text: str, _facts: Facts) -> Done:
    """Single doubled stops and set a blank between sentences that touch."""
    if not _GUARD.search(text):
        return Done(text, 0)
    text, doubled = _DOUBLED.subn(lambda match: match["stop"] or "", text)
    places = sorted(_glued(text) + _joined(text))
    if len(places) > MOST_CHANGES:
        return Done(text, doubled)
    pieces, start = [], 0
    for place in places:
        pieces.append(text[start:place])
        start = place
    return Done(" ".join([*pieces, text[start:]]), doubled + len(places))


def _glued(text: str) -> list[int]:
    """Return where a blank is missing after a stop; a straight quote belongs to the side that its count says."""
    places, counted, straight = [], 0, 0
    for match in islice(_GLUED.finditer(text), MOST_CHANGES + 1):
        paragraph = text.rfind("\n", counted, match.start()) + 1
        straight = text.count('"', max(paragraph, counted), match.start()) + (0 if paragraph else straight)
        counted = match.start()
        if not _in_address(text, match):
            places.append(match.start() + 1 + _closing(match["quotes"], straight % 2 == 1))
    return places


def _closing(quotes: str, is_open: bool) -> int:
    """Return how many of ``quotes`` close the sentence before."""
    if len(quotes) == 2:
        return 2 if quotes[1] in _CLOSING else 1
    if quotes == '"':
        return int(is_open)
    return int(bool(quotes) and quotes in _CLOSING)


def _in_address(text: str, match: re.Match[str]) -> bool:
    right = _NOT_BLANK.match(text, match.start(), match.end() + _REACH)
    left = text[max(0, match.start() - _REACH) : match.start()].rpartition(" ")[2]
    word = _WORD.match(text, match.end(), match.end() + _REACH)
    return bool(_ADDRESS.search(left + (right.group() if right else ""))) or bool(word and word.group() in _DOMAINS)


def _joined(text: str) -> list[int]:
    """Return where a name and a sentence's first word touch: the name must stand elsewhere in the text."""
    matches = list(islice(_JOINED.finditer(text), MOST_CHANGES + 1))
    if not matches or len(matches) > MOST_CHANGES:
        return []
    words = set(_WORD.findall(text))
    lefts = (
        (match.start(), _LAST_WORD.search(text, max(0, match.start() - _REACH), match.start())) for match in matches
    )
    return [place for place, left in lefts if left and len(left.group()) > 3 and left.group() in words]
