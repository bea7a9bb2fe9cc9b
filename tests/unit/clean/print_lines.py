"""Wrap paragraphs as a print column does: at blanks, between Chinese and Japanese characters, and with hyphens."""

import re

from worker.clean.width import display_width, is_unspaced

WIDTH = 40
_NOT_FIRST = "、。，．：；？！）」』］…—”’)」"
_NOT_LAST = "（「『［“‘("
#: A crude place to break a word: before a consonant with a vowel behind it, away from the ends.
_VOWELS = "aeiouyäöüåæøáéíóúőűąęěůýâîûıаеиоуыэюяіїєαειουωηάέίόύώή"
_VOWEL = re.compile(f"[{_VOWELS}]")
_WORD = re.compile(r"[^\W\d_]+")
#: Shorter words are not broken.
MIN_BROKEN = 7


def wrapped(paragraph: str, width: int = WIDTH, *, hyphenate: bool = False) -> str:
    """Return ``paragraph`` in lines of at most ``width`` columns, with broken words if ``hyphenate``."""
    lines = [""]
    for piece in _pieces(paragraph):
        room = width - display_width(lines[-1])
        if display_width(piece.rstrip()) <= room:
            lines[-1] += piece
            continue
        start, rest = _broken(piece, room) if hyphenate else ("", piece)
        lines[-1] += start
        lines.append(rest)
    return "\n".join(line.rstrip() for line in lines)


def _pieces(paragraph: str) -> list[str]:
    """Split after blanks, and between unspaced characters except where a line may not begin or end."""
    pieces: list[str] = []
    for character in paragraph:
        last = pieces[-1][-1] if pieces else " "
        is_inside = (
            (is_unspaced(character) or is_unspaced(last)) and last not in _NOT_LAST and character not in _NOT_FIRST
        )
        if (character != " " and (last == " " or is_inside)) or not pieces:
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces


def _broken(piece: str, room: int) -> tuple[str, str]:
    word = _WORD.search(piece)
    if not word or len(word[0]) < MIN_BROKEN or word[0][1:] != word[0][1:].lower() or "-" in piece or "." in piece[:-2]:
        return "", piece
    letters = word[0].lower()
    for place in range(min(len(letters) - 3, room - 1 - word.start()), 2, -1):
        if letters[place] not in _VOWELS and letters[place + 1] in _VOWELS and _VOWEL.search(letters[:place]):
            cut = word.start() + place
            return piece[:cut] + "-", piece[cut:]
    return "", piece
