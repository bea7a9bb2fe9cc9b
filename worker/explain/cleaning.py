"""Describe in words what cleaning changed."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Cleaning step -> the name of its change, in the singular and the plural.
DEEDS: Mapping[str, tuple[str, str]] = {
    "surrogates": ("broken character mended", "broken characters mended"),
    "mojibake": ("passage in the wrong encoding mended", "passages in the wrong encoding mended"),
    "entities": ("HTML code turned into its character", "HTML codes turned into their characters"),
    "characters": ("odd character put right", "odd characters put right"),
    "blanks": ("run of blanks closed", "runs of blanks closed"),
    "markup": ("tag, link or picture of the page taken out", "tags, links and pictures of the page taken out"),
    "menus": ("menu cut off the text's line", "menus cut off the text's line"),
    "debris": ("piece of page furniture removed", "pieces of page furniture removed"),
    "headline": ("headline taken out of the text", "headlines taken out of the text"),
    "dateline": ("dateline or credit taken out of the text", "datelines or credits taken out of the text"),
    "hyphens": ("line-end hyphen mended", "line-end hyphens mended"),
    "lines": ("broken line joined", "broken lines joined"),
    "sentences": ("pair of glued sentences parted", "pairs of glued sentences parted"),
    "repeats": ("repeated paragraph dropped", "repeated paragraphs dropped"),
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
