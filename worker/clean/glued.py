"""Split sentences that a scraper glued together (`summit.Xi`) and remove doubled stops (`power. .`).

No word changes: a blank is inserted between a lower-case word with its stop and a capitalised word, except in URLs.
"""

import re
from itertools import chain, islice

import re2

from worker.clean.metadata import MAX_CHANGES, Metadata, StepResult

_LOWER = "a-zà-öø-ÿ"
_UPPER = "A-ZÀ-ÖØ-Þ"
#: Words that begin a sentence and do not end a brand or name: `PutinThe trip`.
_OPENERS = (
    "The|This|That|These|Those|They|There|When|While|With|But|And|After|Before|His|Her|Its|Their|However|Meanwhile"
)

_BEFORE_STOP = rf"[{_LOWER}0-9)%][{_LOWER}0-9)%\"”]"
_AFTER_STOP = rf"([\"“”’»‘«„]{{0,2}})(?:[{_UPPER}][{_LOWER}’']|[{_UPPER}] )"
_JOINED_WORD = rf"[{_LOWER}]{{2}}(?:{_OPENERS})[ ,]"
_JOINED = re2.compile(_JOINED_WORD)
#: All of these faults as an RE2 pattern.
SENTENCE_TRIGGER = (
    rf"[\pL\pN”\"')][.!?] \.(?:\s|\z)|[{_LOWER}]{{3}}\.\.(?:\s|\z)|{_BEFORE_STOP}[.!?]{_AFTER_STOP}|{_JOINED_WORD}"
)
#: In a text with faults each stop is examined: with a literal in front, the search costs almost nothing.
_DOUBLED = {
    " .": re.compile(r" \.(?<=(?:[^\W_]|[”\"')])[.!?] \.)(?=\s|\Z)"),
    ".": re.compile(rf"\.(?<=[{_LOWER}]{{3}}\.)\.(?=\s|\Z)"),
}
_GLUED = {stop: re.compile(rf"\{stop}(?<={_BEFORE_STOP}\{stop}){_AFTER_STOP}") for stop in ".!?"}
_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_NOT_BLANK = re.compile(r"\S*")
#: A blank is never inserted into `https://…`, `name@…`, `Amazon.Com`.
_ADDRESS_MARKS = ("/", "@", "\\", "www.")
_DOMAINS = frozenset(("Com", "Net", "Org", "Gov", "Edu", "Info"))
_REACH = 60
#: Each joined word is searched for in the whole text; the real scrape has 3.
MAX_JOINED = 50
_CLOSING = "”’»"


def split_glued_sentences(text: str, _metadata: Metadata) -> StepResult:
    """Remove doubled stops and insert a blank between glued sentences."""
    text, doubled = _drop_doubled_stops(text)
    positions = sorted(_glued_positions(text) + _joined_positions(text))
    if len(positions) > MAX_CHANGES:
        return StepResult(text, doubled)
    pieces, start = [], 0
    for position in positions:
        pieces.append(text[start:position])
        start = position
    return StepResult(" ".join([*pieces, text[start:]]), doubled + len(positions))


def _drop_doubled_stops(text: str) -> tuple[str, int]:
    """Drop the second of two stops, unless a third follows (`. . .` is the author's)."""
    dropped = 0
    for second, form in _DOUBLED.items():
        pieces, start = [], 0
        for match in islice(form.finditer(text), MAX_CHANGES):
            if not text.startswith(" .", match.end()):
                pieces.append(text[start : match.end() - len(second)])
                start = match.end()
        text = "".join([*pieces, text[start:]])
        dropped += len(pieces)
    return text, dropped


def _glued_positions(text: str) -> list[int]:
    """Return where a blank is missing after a stop; a straight quote closes if an odd number of quotes precede it."""
    matches = chain.from_iterable(form.finditer(text) for stop, form in _GLUED.items() if stop in text)
    addresses = any(mark in text for mark in _ADDRESS_MARKS)
    positions, counted, straight = [], 0, 0
    for match in sorted(islice(matches, MAX_CHANGES + 1), key=re.Match.start):
        stop = match.start()
        if match[1] == '"':
            paragraph = text.rfind("\n", counted, stop) + 1
            straight = text.count('"', max(paragraph, counted), stop) + (0 if paragraph else straight)
            counted = stop
        if not (addresses and _in_address(text, stop)) and not _is_domain(text, match.end(1)):
            positions.append(stop + 1 + _count_closing(match[1], straight % 2 == 1))
    return positions


def _count_closing(quotes: str, is_open: bool) -> int:
    """Return how many of ``quotes`` close the previous sentence."""
    if len(quotes) == 2:
        return 2 if quotes[1] in _CLOSING else 1
    if quotes == '"':
        return int(is_open)
    return int(bool(quotes) and quotes in _CLOSING)


def _in_address(text: str, stop: int) -> bool:
    right = _NOT_BLANK.match(text, stop, stop + _REACH)
    left = text[max(0, stop - _REACH) : stop].rpartition(" ")[2]
    word = left + (right.group() if right else "")
    return any(mark in word for mark in _ADDRESS_MARKS)


def _is_domain(text: str, start: int) -> bool:
    word = _WORD.match(text, start, start + _REACH)
    return word is not None and word.group() in _DOMAINS


def _joined_positions(text: str) -> list[int]:
    """Return where a name and a sentence's first word are joined; the name must also occur elsewhere in the text."""
    positions = [match.start() + 2 for match in islice(_JOINED.finditer(text), MAX_JOINED + 1)]
    if len(positions) > MAX_JOINED:
        return []
    lefts = [_LAST_WORD.search(text[max(0, position - _REACH) : position]) for position in positions]
    return [
        position
        for position, left in zip(positions, lefts, strict=True)
        if left and len(left[0]) > 3 and text.count(left[0]) > 1
    ]
