"""Arrange the pieces of text on a page as lines in reading order.

A recursive cut (after Nagy's XY-cut): the widest gutter divides a region into columns; pieces that cross it
(headlines) divide the region into bands; each band is read column by column.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import median, mode

#: A gutter is at least this wide, in line heights; word gaps in justified columns are not aligned vertically.
_MIN_GUTTER = 0.6
#: A column is at least this wide, in line heights; narrower ones are bullets and line numbers.
_MIN_COLUMN = 6
#: The maximum share of a region's pieces that cross a gutter: headlines and captions do, text does not.
_MAX_SPANNING = 0.35
#: A line that is further below the previous one than this, in median line distances, begins a paragraph.
_PARAGRAPH_GAP = 1.45
#: A line that is indented by this, in line heights, begins a paragraph.
_INDENT = 0.6
_MAX_CUTS = 12
#: A broadsheet page has 1,200 pieces.
_MAX_PIECES = 3000
#: Gutters tried per region, the widest first, each at a cost of 1 µs a piece; pages have at most 8 columns.
_MAX_GUTTERS = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text on one line; coordinates are in points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def height(self) -> float:
        """Return the height of the letters, never 0."""
        return max(self.top - self.bottom, 0.1)


@dataclass(frozen=True, slots=True)
class Page:
    """The pieces of text on a page, and where its lower and upper edge are."""

    pieces: list[Piece]
    bottom: float
    top: float


def in_reading_order(pieces: list[Piece], cuts: int = _MAX_CUTS) -> list[str]:
    """Return the lines of a region, with an empty line between paragraphs."""
    gutter = _gutter(pieces) if cuts else None
    if gutter is None:
        return _lines(pieces)
    lines: list[str] = []
    for spanning, band in _bands(pieces, gutter):
        if spanning:
            lines += [*_lines(spanning), ""]
        for side in (
            [piece for piece in band if piece.left + piece.right < 2 * gutter],
            [piece for piece in band if piece.left + piece.right >= 2 * gutter],
        ):
            # No blank line after a column: a sentence may continue in the next one.
            lines += in_reading_order(side, cuts - 1)
    return lines


def _gutter(pieces: list[Piece]) -> float | None:
    """Return the middle of the widest strip that few pieces cross and that has columns on both sides, or None."""
    if not 6 <= len(pieces) <= _MAX_PIECES:
        return None
    height = median(piece.height for piece in pieces)
    edges = sorted({ceil(piece.right) for piece in pieces})
    starts = sorted({piece.left for piece in pieces})
    lefts, rights = sorted(piece.left for piece in pieces), sorted(piece.right for piece in pieces)
    gutters: list[tuple[float, float]] = []
    for left in edges:
        nearest = bisect_left(starts, left + _MIN_GUTTER * height)
        if nearest == len(starts):
            break
        middle = left + _MIN_GUTTER * height / 2
        over = max(bisect_left(lefts, middle) - bisect_right(rights, middle), 0)
        if over <= _MAX_SPANNING * len(pieces):
            gutters.append(((starts[nearest] - left) / (1 + over), middle))
    gutters.sort(key=lambda gutter: -gutter[0])
    return next((middle for _, middle in gutters[:_MAX_GUTTERS] if _has_columns(pieces, middle, height)), None)


def _has_columns(pieces: list[Piece], middle: float, height: float) -> bool:
    """Return whether both sides are wide enough for text and are next to, not below, each other."""
    left = [piece for piece in pieces if piece.right <= middle]
    right = [piece for piece in pieces if piece.left >= middle]
    if len(left) < 3 or len(right) < 3:
        return False
    if min(median(piece.right - piece.left for piece in side) for side in (left, right)) < _MIN_COLUMN * height:
        return False
    top = min(max(piece.top for piece in side) for side in (left, right))
    bottom = max(min(piece.bottom for piece in side) for side in (left, right))
    return all(sum(bottom <= piece.bottom and piece.top <= top for piece in side) >= 2 for side in (left, right))


def _bands(pieces: list[Piece], gutter: float) -> list[tuple[list[Piece], list[Piece]]]:
    """Return, from top to bottom, the pieces that cross the gutter with the pieces in columns below them."""
    bands: list[tuple[list[Piece], list[Piece]]] = [([], [])]
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        if piece.left < gutter < piece.right:
            if bands[-1][1]:
                bands.append(([], []))
            bands[-1][0].append(piece)
        else:
            bands[-1][1].append(piece)
    return bands


def _lines(pieces: list[Piece]) -> list[str]:
    """Return the lines of one column, with an empty line before each paragraph except the first."""
    rows = text_rows(pieces)
    if not rows:
        return []
    lefts = [min(piece.left for piece in row) for row in rows]
    tops = [max(piece.top for piece in row) for row in rows]
    height = median(piece.height for piece in pieces)
    margin = mode(map(round, lefts))
    flush = [abs(left - margin) < _INDENT * height for left in lefts]
    indents = sum(flush) > 0.5 * len(rows)
    steps = [above - below for above, below in pairwise(tops)]
    pitch = median(steps) if steps else 0.0
    lines: list[str] = []
    for number, row in enumerate(rows):
        is_gap = number and steps[number - 1] > _PARAGRAPH_GAP * pitch
        if number and (is_gap or (indents and flush[number - 1] and lefts[number] > margin and not flush[number])):
            lines.append("")
        lines.append(" ".join(piece.text for piece in sorted(row, key=lambda piece: piece.left)))
    return lines


def text_rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces grouped by line, from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        last = rows[-1][-1] if rows else None
        if last and min(last.top, piece.top) - max(last.bottom, piece.bottom) > 0.5 * min(last.height, piece.height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows
