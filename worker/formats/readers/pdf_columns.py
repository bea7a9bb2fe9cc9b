"""Arrange the pieces of text on a page as lines in reading order.

A recursive cut (after Nagy's XY-cut): the widest gutter divides a region into columns; pieces that cross it
(headlines) divide the region into bands; each band is read column by column.
"""

from bisect import bisect_left, bisect_right
from itertools import pairwise
from statistics import median

from worker.formats.readers.pdf_lines import Line, Piece, column_lines, with_whole_headlines, with_whole_sentences

#: A gutter is at least this wide, in line heights; word gaps in justified columns are not aligned vertically.
_MIN_GUTTER = 0.6
#: A column is at least this wide, in line heights; narrower ones are bullets and line numbers.
_MIN_COLUMN = 6
#: The maximum share of a region's pieces that cross a gutter: headlines and captions do, text does not.
_MAX_SPANNING = 0.35
#: The least share of the rows of a table that have cells on both sides, and of lines of prose that begin in lower case
#: (two in three do in English, every second in German).
_ALIGNED, _MIN_LOWER = 0.8, 0.15
#: Where lines are drawn word by word, as many and this share of those on the right begin at one place, and a headline
#: crosses the columns once in this number of lines at most.
_FEWEST_FLUSH, _FLUSH, _ROWS_PER_BLOCK = 4, 0.6, 8
_MAX_CUTS = 12
#: A broadsheet page has 1,200 lines; of justified ones each word may be a piece.
_MAX_PIECES = 10_000
#: Gutters tried per region, the widest first; pages have at most 8 columns. Each costs 1 µs a piece.
_MAX_GUTTERS, _MAX_TRIED = 40, 120_000


def in_reading_order(pieces: list[Piece]) -> list[str]:
    """Return the lines of a page, with an empty line between paragraphs."""
    return [line.text for line in with_whole_headlines(_ordered(pieces, _MAX_CUTS))]


def _ordered(pieces: list[Piece], cuts: int) -> list[Line]:
    """Return the lines of a region, column by column."""
    gutter = _gutter(pieces) if cuts else None
    if gutter is None:
        return with_whole_sentences(column_lines(pieces))
    lines: list[Line] = []
    for spanning, band in _bands(pieces, gutter):
        if spanning:
            lines += [*column_lines(spanning), Line()]
        left = _ordered([piece for piece in band if piece.left + piece.right < 2 * gutter], cuts - 1)
        right = _ordered([piece for piece in band if piece.left + piece.right >= 2 * gutter], cuts - 1)
        # No blank line after a column: a sentence may continue in the next one.
        lines += with_whole_sentences(left + right)
    return lines


def _gutter(pieces: list[Piece]) -> float | None:
    """Return the middle of the widest strip that few pieces cross and that has columns on both sides, or None."""
    if not 6 <= len(pieces) <= _MAX_PIECES:
        return None
    height = median(piece.height for piece in pieces)
    lefts, rights = sorted(piece.left for piece in pieces), sorted(piece.right for piece in pieces)
    gutters: list[tuple[float, float]] = []
    for start in sorted({piece.left for piece in pieces}):
        # Next to where the lines on its right begin: where those on its left end is often ragged.
        middle = start - _MIN_GUTTER * height / 2
        ended = bisect_right(rights, middle)
        gap = start - rights[ended - 1] if ended else 0.0
        over = max(bisect_left(lefts, middle) - ended, 0)
        if gap >= _MIN_GUTTER * height and over <= _MAX_SPANNING * len(pieces):
            gutters.append((gap / (1 + over), middle))
    gutters.sort(key=lambda gutter: -gutter[0])
    tried = gutters[: min(_MAX_GUTTERS, _MAX_TRIED // len(pieces))]
    return next((middle for _, middle in tried if _has_columns(pieces, middle, height)), None)


def _has_columns(pieces: list[Piece], middle: float, height: float) -> bool:
    """Return whether both sides are wide enough for text and are next to, not below, each other."""
    left = [piece for piece in pieces if piece.right <= middle]
    right = [piece for piece in pieces if piece.left >= middle]
    extents = [_row_extents(side, height) for side in (left, right)]
    # Justified lines are drawn word by word: what counts is their width, not that of the words.
    widths = [[end - start for start, end in rows.values()] for rows in extents]
    if any(len(rows) < 3 or median(rows) < _MIN_COLUMN * height for rows in widths):
        return False
    crossed = _row_extents([piece for piece in pieces if piece.left < middle < piece.right], height).keys()
    if len(crossed) > max(len(rows.keys() - crossed) for rows in extents):
        return False
    are_words = min(median(piece.right - piece.left for piece in side) for side in (left, right)) < _MIN_COLUMN * height
    if _is_table(left, right, height) or (are_words and _is_river(extents[1], set(crossed))):
        return False
    top = min(max(piece.top for piece in side) for side in (left, right))
    bottom = max(min(piece.bottom for piece in side) for side in (left, right))
    return all(sum(bottom <= piece.bottom and piece.top <= top for piece in side) >= 2 for side in (left, right))


def _is_river(right: dict[int, tuple[float, float]], crossed: set[int]) -> bool:
    """Return whether a strip is made of gaps between words that happen to be below each other.

    Next to a gutter most lines begin at one place, and headlines cross it in a few blocks.
    """
    rows = sorted(right.keys() | crossed)
    blocks = sum(row in crossed and last not in crossed for last, row in pairwise([-1, *rows]))
    starts = [right[row][0] for row in rows if row not in crossed]
    flush = max(sum(abs(start - other) <= 1 for start in starts) for other in starts)
    return flush < max(_FEWEST_FLUSH, _FLUSH * len(starts)) or blocks > max(1, len(rows) // _ROWS_PER_BLOCK)


def _is_table(left: list[Piece], right: list[Piece], height: float) -> bool:
    """Return whether the rows on both sides are cells: at the same heights, and few begin in lower case."""
    firsts = [_first_texts(side, height) for side in (left, right)]
    shared = firsts[0].keys() & firsts[1].keys()
    if len(shared) < _ALIGNED * max(map(len, firsts)):
        return False
    cased = [text for texts in firsts for text in texts.values() if text[0].islower() or text[0].isupper()]
    return len(cased) > 3 and sum(text[0].islower() for text in cased) < _MIN_LOWER * len(cased)


def _first_texts(pieces: list[Piece], height: float) -> dict[int, str]:
    """Return the text with which each row begins."""
    firsts = sorted(pieces, key=lambda piece: -piece.left)
    return {round(2 * piece.bottom / height): piece.text for piece in firsts}


def _row_extents(pieces: list[Piece], height: float) -> dict[int, tuple[float, float]]:
    """Return the left and the right edge of each row."""
    rows: dict[int, tuple[float, float]] = {}
    for piece in pieces:
        row = round(2 * piece.bottom / height)
        left, right = rows.get(row, (piece.left, piece.right))
        rows[row] = min(left, piece.left), max(right, piece.right)
    return rows


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
