"""Put the pieces of one column together to lines: rows, raised letters, drop caps, paragraphs."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median, mode

from worker.language.sentences import ends_sentence

#: A line that is further below the previous one than this, in median line distances, begins a paragraph.
_PARAGRAPH_GAP = 1.45
#: A line that is indented by this, in line heights, begins a paragraph.
_INDENT = 0.6
#: Pieces of different height or place that are closer than this, in heights of the smaller, are of one word.
_TOUCHING = 0.12
#: A raised number behind a longer word is the mark of a footnote; m² and km² are shorter.
_LONGEST_UNIT = 3
#: A drop cap is this much higher than the letters next to it, and at most this far from them, in line heights.
_DROP_CAP, _BESIDE_CAP = 1.6, 2.0
#: A column has one or two; each costs a look at all rows.
_MAX_CAPS = 9
#: Of Romance, Slavic and Scandinavian languages and English, in Latin, Cyrillic and Greek.
_ONE_LETTER_WORDS = frozenset("AÀÁÅEÉÈIÍOÓUYVZKSWÖАБВЖИІКОСУЯЙЄЗЁΗΟ")
_QUOTES = "\"'“”„‟‘’‚«»‹› "
#: Letters outside of these bounds, in heights of those of the text, are of a caption, a pulled quote or a headline.
_SMALLER, _LARGER = 0.93, 1.1
#: Letters larger than this are of a headline, whose lines belong together.
_HEADLINE = 1.25


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and the height of its letters; a line without text separates paragraphs."""

    text: str = ""
    height: float = 0.0


def column_lines(pieces: list[Piece]) -> list[Line]:
    """Return the lines of one column, with an empty line before each paragraph except the first."""
    if not pieces:
        return []
    height = median(piece.height for piece in pieces)
    rows, caps = _rows_and_caps(pieces, height)
    lefts = [min(piece.left for piece in row) for row in rows]
    tops = [max(piece.top for piece in row) for row in rows]
    margin = mode(map(round, lefts))
    # Lines next to a drop cap are not indented.
    lefts = [margin if number in caps else left for number, left in enumerate(lefts)]
    flush = [abs(left - margin) < _INDENT * height for left in lefts]
    indented = _is_indented(lefts, flush)
    steps = [above - below for above, below in pairwise(tops)]
    pitch = median(steps) if steps else 0.0
    sizes = [max(_row_height(row) / height, 1) for row in rows]
    lines: list[Line] = []
    for number, row in enumerate(rows):
        # The lines of a headline are further apart than those of the text.
        is_gap = number and steps[number - 1] > _PARAGRAPH_GAP * pitch * min(sizes[number - 1 : number + 1])
        if is_gap or (indented[number] and (not number or flush[number - 1])):
            lines.append(Line())
        text = _joined(row)
        lines.append(Line(_with_cap(caps[number], text) if caps.get(number) else text, _row_height(row)))
    return lines


def _is_indented(lefts: list[float], flush: list[bool]) -> list[bool]:
    """Return whether each row is indented; none is if the left edge is ragged, as in verse and centred lines."""
    margin = mode(map(round, lefts))
    inner = [left for left, is_flush in zip(lefts, flush, strict=True) if left > margin and not is_flush]
    usual = mode(map(round, inner)) if inner else 0
    is_even = len(flush) > 2 and sum(abs(left - usual) < 1 for left in inner) >= 0.8 * len(inner)
    if sum(flush) <= (0.3 if is_even else 0.5) * len(lefts):
        return [False] * len(lefts)
    return [left > margin and not is_flush for left, is_flush in zip(lefts, flush, strict=True)]


def _rows_and_caps(pieces: list[Piece], height: float) -> tuple[list[list[Piece]], dict[int, str]]:
    """Return the rows without drop caps; the cap of the first row beside each, and "" for the other rows beside it."""
    large = [piece for piece in pieces if piece.height > _DROP_CAP * height and _is_cap(piece.text)]
    if not large or len(large) > _MAX_CAPS:
        return _sorted_rows(pieces), {}
    rows = _sorted_rows([piece for piece in pieces if piece not in large])
    caps: dict[int, str] = {}
    for cap in large:
        beside = [number for number, row in enumerate(rows) if _is_beside(cap, row[0], height)]
        if len(beside) < 2:  # a line of large letters
            return _sorted_rows(pieces), {}
        caps |= dict.fromkeys(beside, "") | {beside[0]: cap.text}
    return rows, caps


def _sorted_rows(pieces: list[Piece]) -> list[list[Piece]]:
    return [sorted(row, key=lambda piece: piece.left) for row in text_rows(pieces)]


def _is_cap(text: str) -> bool:
    letters = text.strip(_QUOTES)
    return len(letters) <= 2 and letters[:1].isalpha() and letters[:1].isupper()


def _is_beside(cap: Piece, piece: Piece, height: float) -> bool:
    gap = piece.left - cap.right
    return -0.5 * height < gap < _BESIDE_CAP * height and 2 * cap.bottom < piece.bottom + piece.top < 2 * cap.top


def _with_cap(cap: str, text: str) -> str:
    """Return the first line with its drop cap, which is a word of its own or the first letter of one."""
    from worker.features.frequency import frequencies
    from worker.language.detect import detect

    rest = text.partition(" ")[0].strip(".,;:!?" + _QUOTES)
    letter = cap.strip(_QUOTES)
    words = frequencies(detect(text)) if letter in _ONE_LETTER_WORDS else None
    if words is None:
        return cap + text
    joined, alone = words.rarity((letter + rest).casefold()), words.rarity(rest.casefold())
    return cap + (" " if alone >= 0 and not 0 <= joined < alone else "") + text


def _joined(row: list[Piece]) -> str:
    """Return the text of a row; raised and lowered letters stay in their word."""
    text = row[0].text
    for last, piece in pairwise(row):
        text += ("" if _is_touching(last, piece) else " ") + piece.text
    return text


def _is_touching(last: Piece, piece: Piece) -> bool:
    """Return whether a piece is of the same word as the one in front of it."""
    smaller = min(last.height, piece.height)
    differs = max(abs(last.height - piece.height), abs(last.bottom - piece.bottom)) > 0.05 * smaller
    word = last.text.rpartition(" ")[2]
    is_mark = piece.text.isdigit() and piece.height < last.height and len(word) > _LONGEST_UNIT
    return differs and -0.5 * smaller < piece.left - last.right < _TOUCHING * smaller and not is_mark


def with_whole_sentences(lines: list[Line]) -> list[Line]:
    """Return the lines of a page with captions and pulled quotes behind the paragraph that they interrupt."""
    usual = _usual_height(lines)
    result: list[Line] = []
    aside: list[Line] = []
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and not _is_text(lines[end], usual):
            end += 1
        between = [line for line in lines[number:end] if line.text]
        if between and result and end < len(lines) and _goes_on(result[-1], lines[end]):
            aside += [Line(), *lines[number:end]]
        else:
            result += [*(aside if number < end else []), *lines[number:end]]
            aside = [] if number < end else aside
        result += lines[end : end + 1]
        number = end + 1
    return result + aside


def with_whole_headlines(lines: list[Line]) -> list[Line]:
    """Return the lines of a page with each headline on one line, and one empty line at most between paragraphs."""
    usual = _usual_height(lines)
    result: list[Line] = []
    for line in lines:
        last = result[-1] if result else Line()
        if not (line.text or last.text):
            continue
        is_headline = line.height > _HEADLINE * usual and abs(line.height - last.height) < 0.05 * line.height
        if is_headline and not last.text.endswith("-"):
            result[-1] = Line(f"{last.text} {line.text}", line.height)
        else:
            result.append(line)
    return result


def _usual_height(lines: list[Line]) -> float:
    """Return the height of the line in the middle, by the number of letters."""
    left = sum(len(line.text) for line in lines)
    for line in sorted(lines, key=lambda line: line.height):
        left -= 2 * len(line.text)
        if left <= 0:
            return line.height
    return 0.0


def _is_text(line: Line, usual: float) -> bool:
    return bool(line.text) and _SMALLER * usual <= line.height <= _LARGER * usual


def _goes_on(last: Line, following: Line) -> bool:
    return bool(last.text) and not ends_sentence(last.text) and following.text[0].islower()


def _row_height(row: list[Piece]) -> float:
    return median(piece.height for piece in row)


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
