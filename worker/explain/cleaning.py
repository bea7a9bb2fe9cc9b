"""Describe in words what cleaning changed."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Cleaning step -> the name of its change, in the singular and the plural.
DEEDS: Mapping[str, tuple[str, str]] = {
    "fields": ("overlong field shortened, not the text", "overlong fields shortened, not the text"),
    "surrogates": ("broken character repaired", "broken characters repaired"),
    "mojibake": ("passage in the wrong encoding repaired", "passages in the wrong encoding repaired"),
    "entities": ("HTML code replaced by its character", "HTML codes replaced by their characters"),
    "characters": ("unusual character replaced", "unusual characters replaced"),
    "blanks": ("run of blanks shortened", "runs of blanks shortened"),
    "markup": ("tag, link or picture of the page removed", "tags, links and pictures of the page removed"),
    "menus": ("menu removed from a line of the text", "menus removed from lines of the text"),
    "head": ("labelled line above the text moved to its field", "labelled lines above the text moved to their fields"),
    "debris": ("piece of page furniture removed", "pieces of page furniture removed"),
    "dates": ("line with the date above the text removed", "lines with dates above the text removed"),
    "wire head": ("line above the dateline removed from the text", "lines above the dateline removed from the text"),
    "date line": ("date below the headline removed", "dates below the headline removed"),
    "headline": ("headline removed from the text", "headlines removed from the text"),
    "dateline": ("dateline or credit removed from the text", "datelines or credits removed from the text"),
    "staff": ("line of an agency's desk removed from the end", "lines of an agency's desk removed from the end"),
    "signoff": ("sign-off of an agency removed from the text", "sign-offs of an agency removed from the text"),
    "columns": ("line of a print column joined", "lines of a print column joined"),
    "hyphens": ("line-end hyphen repaired", "line-end hyphens repaired"),
    "lines": ("broken line joined", "broken lines joined"),
    "sentences": ("pair of glued sentences separated", "pairs of glued sentences separated"),
    "repeats": ("repeated paragraph removed", "repeated paragraphs removed"),
}


@dataclass(frozen=True, slots=True)
class CleaningNote:
    """What one cleaning step did: ``deed`` is the count in words."""

    step: str
    count: int
    deed: str


def cleaning_notes(changes: Mapping[str, int]) -> list[CleaningNote]:
    """Return what each step did, in words; an unknown step keeps its name."""
    return [CleaningNote(step, count, _deed(step, count)) for step, count in changes.items()]


def _deed(step: str, count: int) -> str:
    singular, plural = DEEDS.get(step, (f"change by the step {step}", f"changes by the step {step}"))
    return f"{count:,} {singular if count == 1 else plural}"
