"""Join the letters of a PDF page to pieces of text, for each direction of writing.

Pieces of a page that reads from right to left are mirrored, and those of vertical Chinese and Japanese are turned, so
that all that follows reads any page from left to right and from top to bottom.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from worker.formats.decode import repair
from worker.formats.readers.pdf_letters import Letter, Sheet
from worker.formats.readers.pdf_lines import Page, Piece
from worker.language.width import is_unspaced

#: A gap wider than this, in line heights, separates pieces; gaps between words are narrower.
_GAP = 0.7
#: In a text without blanks, a gap wider than this, in line heights, separates words.
_WORD_GAP = 0.27
#: Baselines of one line differ by less than this, in line heights.
_SAME_LINE = 0.35
#: Fewer letters are initials or a formula, more are a spaced-out word if they are further apart than this, in line
#: heights; otherwise they touch.
_FEWEST_SPACED, _SPACED = 5, 0.1
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
#: What is written from left to right inside of such a text: a number, or words of another script.
_LEFT_TO_RIGHT = r"(?:[^\W\u0590-\u065f\u0670-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[%€$£])"
_LEFT_TO_RIGHT_RUN = re.compile(rf"{_LEFT_TO_RIGHT}(?:[\W]{{0,2}}{_LEFT_TO_RIGHT})*")
_SWAPPED_BRACKETS = str.maketrans("()[]{}«»", ")(][}{»«")


def page_of(sheet: Sheet) -> Page:
    """Return the pieces of a sheet, laid out as if written from left to right."""
    letters, (left, bottom, right, top) = sheet
    if _is_vertical(letters):
        turned = [_from_vertical(letter, top) for letter in letters]
        return Page(list(_placed_pieces(turned, is_mirrored=False)), left, right)
    marks = sum(letter.text != " " for letter in letters)
    if 2 * sum(_RIGHT_TO_LEFT.match(letter.text) is not None for letter in letters) > marks:
        mirrored = [letter._replace(left=-letter.right, right=-letter.left) for letter in letters]
        return Page(list(_placed_pieces(mirrored, is_mirrored=True)), bottom, top)
    return Page(list(_drawn_pieces(letters)), bottom, top)


def _is_vertical(letters: list[Letter]) -> bool:
    """Return whether most Chinese and Japanese letters have the next one right below them."""
    wide = [letter for letter in letters if is_unspaced(letter.text)]
    below = 0
    for letter, following in pairwise(wide):
        width, height = letter.right - letter.left, letter.top - letter.bottom
        is_beside = abs(letter.left + letter.right - following.left - following.right) < width
        below += is_beside and 0.5 * height < letter.top - following.top < 1.5 * height
    return 2 * below > len(letters) / 2


def _from_vertical(letter: Letter, top: float) -> Letter:
    """Return a letter of a vertical line at its place in a horizontal one; lines from the right become lines below."""
    # The right edge is common to all letters: the boxes of punctuation are narrower, others up to twice as wide.
    bottom = letter.right - (letter.top - letter.bottom)
    return Letter(top - letter.top, bottom, top - letter.bottom, letter.right, letter.text, letter.right)


def _drawn_pieces(letters: list[Letter]) -> Iterator[Piece]:
    """Yield the runs of adjacent letters on a line, in the order in which the page draws them."""
    run: list[Letter] = []
    bottom = right = top = last_left = 0.0
    for letter in letters:
        if letter.text == " ":
            run.append(letter)
            continue
        height = top - bottom
        # All letters of a ligature have the position of the whole ligature: that is not a step back.
        onward = letter.left >= last_left - 0.1 * height and letter.left - right < _GAP * height
        last_left = letter.left
        if not onward or abs(letter.bottom - bottom) >= 0.4 * height or (run and _is_raised(letter, run[0])):
            yield from _piece(run, "".join(each.text for each in run))
            run = []
            bottom, right, top = letter[1:4]
        run.append(letter)
        bottom, right, top = min(bottom, letter.bottom), letter.right, max(top, letter.top)
    yield from _piece(run, "".join(each.text for each in run))


def _placed_pieces(letters: list[Letter], *, is_mirrored: bool) -> Iterator[Piece]:
    """Yield the runs of adjacent letters by their places alone, because the order of drawing means nothing."""
    letters = [letter for letter in letters if letter.right > letter.left]
    for row in _rows(letters):
        run: list[Letter] = []
        right = row[0].left
        height = max(letter.top - letter.bottom for letter in row)  # fonts may give each letter a box of its own
        for letter in row:
            if run and letter.text != " " and letter.left - right > _GAP * height:
                yield from _piece(run, _text(run, height, is_mirrored=is_mirrored))
                run = []
            run.append(letter)
            right = max(right, letter.right) if letter.text != " " and len(run) > 1 else letter.right
        yield from _piece(run, _text(run, height, is_mirrored=is_mirrored))


def _rows(letters: list[Letter]) -> Iterator[list[Letter]]:
    """Yield the letters of each line, from the top and from the left."""
    row: list[Letter] = []
    height = 0.0
    for letter in sorted(letters, key=lambda letter: -letter.baseline):
        if row and row[0].baseline - letter.baseline > _SAME_LINE * height:
            yield sorted(row, key=lambda letter: letter.left + letter.right)
            row, height = [], 0.0
        row.append(letter)
        height = max(height, letter.top - letter.bottom)
    yield sorted(row, key=lambda letter: letter.left + letter.right)


def _text(run: list[Letter], height: float, *, is_mirrored: bool) -> str:
    """Return the text of letters from left to right; what is mirrored needs its numbers and Latin words turned back."""
    text = run[0].text
    for last, letter in pairwise(run):
        gap = letter.left - last.right
        text += (" " if gap > _WORD_GAP * height and not is_unspaced(last.text) else "") + letter.text
    if not is_mirrored:
        return text
    text = _LEFT_TO_RIGHT_RUN.sub(lambda match: match[0][::-1], text)
    # Some programs store the shape of a bracket, others its meaning.
    return text.translate(_SWAPPED_BRACKETS) if -1 < text.find(")") < text.find("(") else text


def _piece(run: list[Letter], text: str) -> Iterator[Piece]:
    letters = [letter for letter in run if letter.text != " "]
    if not letters:
        return
    words = " ".join(repair(_closed_up(text, letters)).split())
    if words:
        bottom, top = min(letter.bottom for letter in letters), max(letter.top for letter in letters)
        yield Piece(letters[0].left, bottom, letters[-1].right, top, words)


def _is_raised(letter: Letter, first: Letter) -> bool:
    """Return whether a letter is smaller than the first one of its run and above or below its line, as in m²."""
    smaller, height = letter.top - letter.bottom, first.top - first.bottom
    return smaller < 0.8 * height and abs(letter.baseline - first.baseline) > 0.15 * height


def _closed_up(text: str, letters: list[Letter]) -> str:
    """Return a spaced-out headline without the blanks inside of its words."""
    gaps = [following.left - letter.right for letter, following in pairwise(letters)]
    height = letters[0].top - letters[0].bottom
    if len(letters) < _FEWEST_SPACED or median(gaps) < _SPACED * height:
        return text
    widest = median(gaps) + _WORD_GAP * height
    return letters[0].text + "".join(
        (" " if gap > widest else "") + letter.text for gap, letter in zip(gaps, letters[1:], strict=True)
    )
