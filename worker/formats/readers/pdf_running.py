"""Remove the running heads and feet of pages, and lines such as "Continued on A4".

A row at the edge of a page, apart from the text, is removed if the pages around have it at the same height, or if it
has the form of a page number. A sentence in the letters of the text stays, unless it is in the margin: it may be a
refrain.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median, quantiles

from worker.formats.readers.pdf_lines import Page, Piece, text_rows
from worker.formats.readers.pdf_page_words import (
    is_dated,
    is_jump_line,
    is_page_number,
    is_print_mark,
    is_worded_page_number,
)
from worker.language.sentences import ends_sentence

#: Running heads have at most this many rows.
_MAX_ROWS = 3
#: A row is apart from the text if the step to it is this many times the step between lines; between stanzas or
#: paragraphs it is 2, so what is to be removed for its distance alone is further away.
_APART, _FAR_APART = 1.5, 2.4
#: Of the height of a page: the text of A4 or Letter begins 1 inch from the edge (9 %), its head half an inch.
_MARGIN = 0.08
#: Heights of the same row on two pages differ by less than this, in heights of its letters.
_SAME_HEIGHT = 0.5
#: Left and right pages have different heads, so the pages after the next count too.
_BEFORE, _AROUND = (-2, -1), (-2, -1, 1, 2)
#: Letters outside of these bounds, in heights of those of the text, have another size.
_SMALLER, _LARGER = 0.93, 1.1
_DIGITS = re.compile(r"\d+")
_SEPARATORS = re.compile(r"\s*[|·•—–]\s*")


@dataclass(frozen=True, slots=True)
class _EdgeRow:
    """A row of pieces at the edge of a page, apart from the text."""

    pieces: list[Piece]
    #: the step to the next row towards the text, in steps between lines
    step: float
    is_in_margin: bool
    #: height of its letters, in heights of those of the text
    size: float

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in sorted(self.pieces, key=lambda piece: piece.left))


def without_running_lines(pages: list[Page]) -> list[list[Piece]]:
    """Return the pieces of each page that are text; if there would be none at all, return all pieces."""
    contents = [[piece for piece in page.pieces if not is_jump_line(piece.text)] for page in pages]
    layout = _Layout(contents)
    result = contents
    for is_top in (True, False):
        edges = [
            layout.edge_rows(replace(page, pieces=pieces), is_top=is_top)
            for page, pieces in zip(pages, contents, strict=True)
        ]
        running = {id(piece) for number in range(len(pages)) for piece in _running(edges, number)}
        result = [[piece for piece in pieces if id(piece) not in running] for pieces in result]
    return result if any(result) else [page.pieces for page in pages]


class _Layout:
    """The usual size of letters and step between lines in a document."""

    def __init__(self, contents: list[list[Piece]]) -> None:
        pieces = sorted((piece for content in contents for piece in content), key=lambda piece: piece.height)
        chars, self._size = sum(len(piece.text) for piece in pieces), 1.0
        for piece in pieces:  # the median by characters: pages with little text have as many heads as lines
            self._size = piece.height
            chars -= 2 * len(piece.text)
            if chars <= 0:
                break
        steps = [step for content in contents for step in _steps(text_rows(content))]
        # A low quartile, because heads, headlines and single lines are further apart.
        self._step = max(quantiles(steps, n=4)[0] if len(steps) > 1 else 0.0, self._size)

    def edge_rows(self, page: Page, is_top: bool) -> list[_EdgeRow]:
        """Return the rows at one edge of a page that are apart from the text, the outermost first."""
        ordered = text_rows(page.pieces)[:: 1 if is_top else -1]
        if not ordered:
            return []
        margin = _MARGIN * (page.top - page.bottom)
        found: list[_EdgeRow] = []
        block: list[_EdgeRow] = []
        for row, inner in list(zip(ordered, [*ordered[1:], None], strict=True))[:_MAX_ROWS]:
            size = self._relative_size(row)
            step = abs(_top(row) - _top(inner)) / self._step if inner else inf
            place = page.top - _top(row) if is_top else min(piece.bottom for piece in row) - page.bottom
            block.append(_EdgeRow(row, step, place < margin, size))
            if step >= _APART or (_is_other(size) and inner and not _is_other(self._relative_size(inner))):
                # The rows of one block are as far from the text as the innermost of them.
                found += [replace(each, step=max(each.step, step)) for each in block]
                block = []
        return found

    def _relative_size(self, row: list[Piece]) -> float:
        return median(piece.height for piece in row) / self._size


def _is_other(size: float) -> bool:
    return not _SMALLER <= size <= _LARGER


def _top(row: list[Piece]) -> float:
    return max(piece.top for piece in row)


def _steps(of_page: list[list[Piece]]) -> Iterable[float]:
    return (_top(above) - _top(below) for above, below in pairwise(of_page))


def _running(edges: list[list[_EdgeRow]], number: int) -> list[Piece]:
    """Return the pieces of the running rows of a page, from its edge to the first row of text."""
    running: list[Piece] = []
    for row in edges[number]:
        # Letters larger than the text may be a headline, which the pages behind it repeat: its first place stays.
        offsets = _BEFORE if row.size > _LARGER else _AROUND
        nearby = [
            piece
            for offset in offsets
            if 0 <= number + offset < len(edges)
            for other in edges[number + offset]
            for piece in other.pieces
        ]
        if not (_is_page_number_row(row) or _is_repeated(row, nearby)):
            break
        running += row.pieces
    return running


def _is_repeated(row: _EdgeRow, nearby: list[Piece]) -> bool:
    """Return whether half of a row or more is on pages nearby, and its place and letters are not those of the text."""
    repeated = [piece for piece in row.pieces if _is_at_same_place(piece, nearby, row)]
    if not repeated or 2 * len(repeated) < len(row.pieces):
        return False
    if row.size < _SMALLER:
        return True
    may_be_text = ends_sentence(row.text) and not is_page_number(row.text)
    return row.step >= _FAR_APART and (row.is_in_margin or not may_be_text)


def _is_at_same_place(piece: Piece, nearby: list[Piece], row: _EdgeRow) -> bool:
    """Return whether a page nearby has the same words at the same height; the number of the page may differ."""
    same_height = [o.text for o in nearby if abs(piece.bottom - o.bottom) <= _SAME_HEIGHT * piece.height]
    if piece.text in same_height:
        return True
    if row.size > _LARGER:
        return False
    if is_page_number(piece.text):
        return any(map(is_page_number, same_height))
    words = _DIGITS.sub("0", piece.text)
    # "Chapter 3" is no running head, "Varn Courier 3" is.
    return row.is_in_margin and words.count(" ") > 1 and any(words == _DIGITS.sub("0", other) for other in same_height)


def _is_page_number_row(row: _EdgeRow) -> bool:
    """Return whether a row is a page number or print mark, or has one next to the paper's name and date.

    A number in larger letters is a headline.
    """
    if row.size > _LARGER:
        return False
    if is_worded_page_number(row.text) or (row.is_in_margin and is_page_number(row.text)):
        return True
    is_small_or_divided = row.size < _SMALLER or len(row.pieces) > 1
    if row.is_in_margin and is_small_or_divided and any(is_print_mark(piece.text) for piece in row.pieces):
        return True
    if ends_sentence(row.text) or not row.is_in_margin:
        return False
    parts = [part for piece in row.pieces for part in _SEPARATORS.split(piece.text)]
    numbers = sum(map(is_page_number, parts))
    return any(map(is_worded_page_number, parts)) or (0 < numbers < len(parts) and any(map(is_dated, parts)))
