"""Remove what agencies set above a dateline: notes (`(Corrects name in lead)`, `Eds: …`), headline and byline.

They are removed only if a dateline follows at the head of the text, so that a sentence of an author never is one.
"""

import re

from worker.clean.dateline import DATELINE_CHARS, find_dateline, store_dateline
from worker.clean.metadata import Metadata, StepResult

#: Headline, byline and notes above a dateline; wire texts have up to five.
_MAX_PARAGRAPHS = 8
#: The longest note seen has 320 characters.
_NOTE_CHARS = 600
#: What a note begins with: the words before a colon, and those of a correction in brackets.
_ADDRESSED = (
    r"eds?\.?|utl\.|editors?'? ?(?:note)?|note to editors|attention(?: editors)?|achtung(?: redaktionen)?"
    r"|redaktioneller? hinweis|ojo|atención(?: editores)?|nota ai redattori"
)
_CHANGED = (
    r"corrects?|corrected|correcting|adds?|adding|updates?|updating|removes?|recasts?|repeats?|refiles?|fixes|clarifies"
    r"|rewrites|writes|changes|deletes|inserts|includes|amends|restores|new throughout|this story|berichtigt"
    r"|berichtigung|aktualisiert|ergänzt|wiederholt|präzisiert|corrig[eé]|actualis[eé]|actualiza|ajoute|précise|répète|amplía|añade"
    r"|rectifica|atualiza|acrescenta|repete"
    r"|corregge|aggiorna|corrigerar|rättar|uppdaterar|retter|opdaterer|retting|исправл|повтор|добавл|уточн|更正|訂正|修正"
)
_NOTE = re.compile(
    rf"(?:[\[(]?(?:(?i:{_ADDRESSED})\s?[:;].+|ATTENTION\s?[-–—].+|///.*///)[\])]?|\((?i:{_CHANGED})[^\n]*\)"
    rf"|[*•] (?i:{_CHANGED})\b[^\n]*"  # an entry of Reuters' key points: * Adds quotes, background
    # keywords: BC-US--Mill Pond, 2nd Ld-Writethru,0210 · Kommunen/Wasser/Varnby/
    r"|\^?(?:BC|AM|PM|AP)-[^\n]*,\s?\d{2,5}<?|\w[\w-]*(?:/\w[\w-]*){1,4}/?)"
)
_BYLINE = re.compile(r"(?i:by|von|par|por|di|door|av|af|autor:) (?P<name>[^\W\d_][\w'’., -]{2,120})")
#: Reuters' key points above a dateline, which stay.
_POINTS = ("* ", "• ")
#: Lower-case words between names.
_JOINERS = frozenset("and und et y e en og och de del della di da van von der den la le".split())
#: The first line may be a headline; longer lines are sentences.
_HEADLINE_CHARS = 180


def take_wire_head(text: str, metadata: Metadata) -> StepResult:
    """Remove notes to editors, and headline and byline next to them, from above a dateline."""
    head = _WireHead(metadata)
    start = 0
    for _ in range(_MAX_PARAGRAPHS):
        if head.has_notes and (dateline := find_dateline(text[start : start + DATELINE_CHARS])):
            if head.kept and all(part.startswith(_POINTS) for part in head.kept):  # they would hide the dateline
                store_dateline(dateline, metadata)
                start += dateline.end
            return StepResult("".join(head.kept) + text[start:].lstrip(), head.take_fields())
        end = text.find("\n", start, start + _NOTE_CHARS)
        if end < 0:
            break
        following = end + len(text[end : end + 8]) - len(text[end : end + 8].lstrip("\n"))
        if not head.add(text[start:end].strip(), text[start:following]):
            break
        start = following
    return StepResult(text, 0)


def _names(line: str) -> str | None:
    """Return the names in a byline; None if the line is none."""
    byline = _BYLINE.fullmatch(line)
    words = re.findall(r"[^\W\d_][^\s,]*", byline["name"]) if byline else []
    return byline["name"] if byline and all(w[0].isupper() or w in _JOINERS for w in words) else None


class _WireHead:
    """The paragraphs above a dateline."""

    def __init__(self, metadata: Metadata) -> None:
        self.kept: list[str] = []
        self.has_notes = False
        self._metadata = metadata
        self._removed = 0
        self._title: str | None = None
        self._byline: str | None = None

    def add(self, line: str, paragraph: str) -> bool:
        """Add a paragraph, and return whether a dateline may follow; what is no note, headline or byline is kept."""
        if _NOTE.fullmatch(line):
            self.has_notes = True
            self._removed += 1
        elif not self._byline and (names := _names(line)):
            self.has_notes = True
            self._byline = names
            self._removed += 1
        elif len(line) > _HEADLINE_CHARS:
            return False
        elif not (self.kept or self._removed or self._metadata.title) and line[-1:] not in ".,;:…":
            self._title = line
            self._removed += 1
        else:
            self.kept.append(paragraph)
        return True

    def take_fields(self) -> int:
        """Store headline and byline in empty fields; return the number of removed paragraphs."""
        self._metadata.title = self._metadata.title or self._title
        # "Additional reporting by …" below the text names others than its author
        self._metadata.byline = self._byline or self._metadata.byline
        return self._removed
