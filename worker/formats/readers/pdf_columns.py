"""Pieces of text with their places on a page -> the lines in the order in which a person reads them.

A recursive cut (after Nagy's XY-cut): the widest gutter parts a region; what runs over it (headlines)
parts it into bands; each band is read column by column.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import median, mode

#: A gutter is at least this wide, in line heights; word gaps in justified columns don't stand above each other.
_MIN_GUTTER = 0.6
#: A column is at least this wide, in line heights: what is narrower are bullets and line numbers.
_MIN_COLUMN = 6
#: Of the pieces of a region, headlines and pictures' captions run over a gutter, text doesn't.
_MAX_SPANNING = 0.35
#: A line further below the last one than this, in usual distances, begins a paragraph.
_PARAGRAPH_GAP = 1.45
#: A line indented by this, in line heights, begins a paragraph.
_INDENT = 0.6
_MAX_CUTS = 12
#: Looking for gutters costs the pieces times the page's points; a broadsheet page has 1,200 pieces.
_MAX_PIECES = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text on one line; in points, from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def height(self) -> float:
        """Return the height of the letters, never 0."""
        return max(self.top - self.bottom, 0.1)


def in_reading_order(pieces: list[Piece], cuts: int = _MAX_CUTS) -> list[str]:
    """Return the lines of a region; an empty one stands between paragraphs."""
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
            # No blank line after a column: a sentence goes on in the next one.
            lines += in_reading_order(side, cuts - 1)
    return lines


def _gutter(pieces: list[Piece]) -> float | None:
    """Return the middle of the widest strip that few pieces run over and that has columns on both sides."""
    if not 6 <= len(pieces) <= _MAX_PIECES:
        return None
    height = median(piece.height for piece in pieces)
    edges = sorted({ceil(piece.right) for piece in pieces})
    starts = sorted({piece.left for piece in pieces})
    best: tuple[float, float] | None = None
    for left in edges:
        right = next((start for start in starts if start >= left + _MIN_GUTTER * height), None)
        if right is None:
            break
        middle = left + _MIN_GUTTER * height / 2
        over = sum(piece.left < middle < piece.right for piece in pieces)
        if over <= _MAX_SPANNING * len(pieces) and _has_columns(pieces, middle, height):
            score = (right - left) / (1 + over)
            if best is None or score > best[0]:
                best = (score, middle)
    return best[1] if best else None


def _has_columns(pieces: list[Piece], middle: float, height: float) -> bool:
    """Tell whether both sides are wide enough for text and stand beside, not below each other."""
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
    """Return from top to bottom what runs over the gutter, with what stands in columns below it."""
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
    """Return the lines of one column, an empty one before each paragraph but the first."""
    rows = _rows(pieces)
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


def _rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces that stand on one line together, from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        last = rows[-1][-1] if rows else None
        if last and min(last.top, piece.top) - max(last.bottom, piece.bottom) > 0.5 * min(last.height, piece.height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows
