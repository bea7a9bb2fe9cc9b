"""Say whether a text ends a sentence, in any script: the only place that knows stops and what may follow them.

A stop may be followed by quotation marks, brackets, footnote marks, signs and emoji: `.“`, `.«`, `.”)`, `…[2]`, `! 😀`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from worker.language.width import display_width

#: Latin; Chinese and Japanese; Arabic and Urdu; Indic danda; Armenian; Ethiopic; Burmese, Khmer, Tibetan; Mongolian;
#: Hebrew sof pasuq. Thai and Lao have no stop.
STOPS = frozenset(".!?…‥‽⁇⁈⁉。！？．｡؟۔।॥։՜՞።፧፨။។៕།༎᠃᠉׃")
#: A sentence goes on after these, but a headline or a standfirst does not end with them either.
PAUSES = frozenset(",;:،؛、，；：՝፣፤፥")
#: Symbols that are footnote marks or used as a closing quotation mark; brackets and quotation marks have categories.
_CLOSING_SIGNS = "\"'*†‡§#°′″¹²³⁰⁴⁵⁶⁷⁸⁹"
#: Closing brackets, quotation marks of both kinds (German closes with what English opens with), symbols and emoji with
#: their modifiers and joiners.
_CLOSING_CATEGORIES = frozenset(("Pe", "Pf", "Pi", "So", "Sk", "Cf"))
#: Opening in one language, closing in another, or a variation selector after an emoji.
_CLOSING_OTHERS = "„‚\ufe0e\ufe0f"
#: More closers than any sentence has; the search for its stop ends there.
_REACH = 16
_FOOTNOTE = re.compile(r"[\[(（]\d{1,3}[\])）]\Z")
#: Fewer words are a label, a name or a slogan ("Read more.", "Photo: Mara Ellund.").
MIN_PROSE_WORDS = 8
#: The same for scripts without blanks between words, in columns of a terminal: twelve Chinese characters.
MIN_PROSE_WIDTH = 24
_WORD = re.compile(r"[^\W\d_]+")


_STOP_CLASS = re.escape("".join(sorted(STOPS)))
#: A stop of a script without blanks before another word, or a word's stop, closers, a blank, openers and a letter.
_INNER_STOP = re.compile(
    rf"[。！？｡](?=[^\n]*\w)|\w{{2}}[{_STOP_CLASS}][\"'”’“‘»«)\]]*(?=\s+[\"'“„»«‘(\[¿¡]*([^\W\d_]))"
)


def ends_sentence(text: str) -> bool:
    """Return whether the last sentence of ``text`` is complete."""
    last = text[-1:]
    if last.isalpha() or last.isspace():  # the commonest case
        return last.isspace() and ends_sentence(text.rstrip())
    return last in STOPS or _before_closers(text)[-1:] in STOPS


def ends_clause(text: str) -> bool:
    """Return whether ``text`` ends a sentence, or pauses in it with a comma, colon or semicolon."""
    last = text.rstrip()[-1:]
    return not last.isalpha() and (ends_sentence(text) or _before_closers(text.rstrip())[-1:] in PAUSES)


def holds_sentence_end(text: str) -> bool:
    """Return whether a sentence ends inside ``text`` and another follows."""
    return next(_inner_ends(text), None) is not None


def holds_prose(line: str) -> bool:
    """Return whether ``line`` is prose, or begins with a sentence of prose whatever follows it."""
    return is_prose(line) or any(is_prose(line[:end]) for end in _inner_ends(line))


def is_prose(text: str) -> bool:
    """Return whether ``text`` is a full sentence or several, rather than a label, a headline or a list of names."""
    if not ends_sentence(text):
        return False
    width = display_width(text)
    if 2 * width > 3 * len(text):  # most characters are wide
        return width >= MIN_PROSE_WIDTH
    words = _WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    return len(words) >= MIN_PROSE_WORDS and 3 * capitals < 2 * len(words)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences and lines of ``text`` with what follows them; together they are the text."""
    for line in text.splitlines(keepends=True):
        at = 0
        for end in (*_inner_ends(line), len(line)):
            yield line[at:end]
            at = end


def _inner_ends(text: str) -> Iterator[int]:
    """Yield the end of each sentence that another follows; a lower-case letter continues an abbreviation."""
    return (stop.end() for stop in _INNER_STOP.finditer(text) if not (stop[1] and stop[1].islower()))


def _before_closers(text: str) -> str:
    """Return the last characters of ``text`` before closing quotation marks, brackets, footnotes, signs and emoji."""
    end = text[-_REACH:].rstrip()
    while end:
        if footnote := _FOOTNOTE.search(end):
            end = end[: footnote.start()].rstrip()
        elif end[-1] not in STOPS and _is_closer(end[-1]):
            end = end[:-1].rstrip()
        else:
            break
    return end


@lru_cache(1024)
def _is_closer(character: str) -> bool:
    return (
        character in _CLOSING_SIGNS
        or character in _CLOSING_OTHERS
        or unicodedata.category(character) in _CLOSING_CATEGORIES
    )
