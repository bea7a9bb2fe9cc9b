"""Read the letters of a PDF page and turn them upright, whatever way the page or its text is turned.

Letters outside of the page's visible part are print marks. Text on a slope is a watermark or a stamp, and a few letters
across the others are the credit of a picture: neither belongs between the words of an article.
"""

from collections.abc import Callable, Iterator
from ctypes import byref, c_double
from math import pi
from typing import Any, NamedTuple

#: pdfium's marks for a hyphen at a line's end
_HYPHENS = {0x02: "-", 0xFFFE: "-"}
#: In radians: scanned text slopes by up to 5° (.09), watermarks by 30° and more.
_SLOPE = 0.2
#: Text across the rest with fewer letters is a credit or a mark of the press; a table or a page has more.
_FEWEST_TURNED = 200

Box = tuple[float, float, float, float]


class Letter(NamedTuple):
    """A character with its box, in points from the lower left corner, and the height of its baseline."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    baseline: float


class Sheet(NamedTuple):
    """The letters of a page that read in one direction, upright, and the box of the page."""

    letters: list[Letter]
    box: Box


def upright_sheets(page: Any, textpage: Any) -> Iterator[Sheet]:
    """Yield the letters of a page that has text, those of the most frequent direction first."""
    crop = page.get_bbox()  # not get_cropbox: that knows no box that all pages share
    moves = _moves(crop)
    by_turn: dict[int | None, list[Letter]] = {}
    for turn, box, text, origin in _letters(textpage):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if crop[0] <= x <= crop[2] and crop[1] <= y <= crop[3]:
            if turn:
                letter = Letter(*moves[turn](box), text, moves[turn](origin + origin)[1])
            else:  # nearly all letters
                letter = Letter(*box, text, origin[1])
            by_turn.setdefault(turn, []).append(letter)
    turns = sorted(by_turn, key=lambda turn: -sum(letter.text != " " for letter in by_turn[turn]))
    for turn in turns:
        if turn == turns[0] or (turn is not None and len(by_turn[turn]) >= _FEWEST_TURNED):
            yield Sheet(by_turn[turn], moves[turn or 0](crop))


def _letters(textpage: Any) -> Iterator[tuple[int | None, Box, str, tuple[float, float]]]:
    """Yield the quarter turns of each letter (None for a slope), its box, the letter and its origin."""
    from pypdfium2.raw import FPDFText_GetCharAngle, FPDFText_GetCharOrigin, FPDFText_GetUnicode

    turn: int | None = 0
    x, y = c_double(), c_double()
    to_x, to_y = byref(x), byref(y)
    for place in range(textpage.count_chars()):
        code = FPDFText_GetUnicode(textpage, place)
        text = _HYPHENS.get(code) or (chr(code) if code > 32 else " ")
        if text.isspace():
            text = " "
        else:  # blanks that pdfium adds have no angle: they follow the letter in front of them
            quarters = FPDFText_GetCharAngle(textpage, place) / (pi / 2)
            turn = round(quarters) % 4 if abs(quarters - round(quarters)) * pi / 2 <= _SLOPE else None
        FPDFText_GetCharOrigin(textpage, place, to_x, to_y)
        yield turn, textpage.get_charbox(place, loose=True), text, (x.value, y.value)


def _moves(crop: Box) -> tuple[Callable[[Box], Box], ...]:
    """Return, for each number of quarter turns, the function that turns a box of the page upright."""
    _, _, right, top = crop
    return (
        lambda box: box,
        lambda box: (top - box[3], box[0], top - box[1], box[2]),
        lambda box: (right - box[2], top - box[3], right - box[0], top - box[1]),
        lambda box: (box[1], right - box[2], box[3], right - box[0]),
    )
