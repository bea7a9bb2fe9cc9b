"""Reduce a received article to the text that its author wrote, and move facts in the debris to fields.

Cleaning is a list of plain functions, run in order until none changes anything, and so is idempotent.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from worker.article import Article, Cleaned
from worker.clean.characters import normalise_characters
from worker.clean.date_line import take_date_line
from worker.clean.dateline import read_dateline, take_dateline
from worker.clean.debris import remove_debris
from worker.clean.encoding import fix_mojibake, fix_surrogates
from worker.clean.entities import decode_entities
from worker.clean.glued import split_glued_sentences
from worker.clean.head_fields import take_head_fields
from worker.clean.headline import take_headline
from worker.clean.hyphens.find import fix_hyphens
from worker.clean.labelled_dates import take_labelled_dates
from worker.clean.lines import join_columns, join_lines
from worker.clean.markup import strip_markup
from worker.clean.menus import drop_run_on_menus
from worker.clean.metadata import Metadata, Step, Trigger
from worker.clean.repeats import drop_repeats
from worker.clean.signoff import take_signoff
from worker.clean.spaces import collapse_blanks
from worker.clean.staff_signs import take_staff_signs
from worker.clean.triggers import blanks_come_first, triggers_in
from worker.clean.wire_head import take_wire_head

__all__ = ["SHORTENED", "STEPS", "SURFACE_STEPS", "VERSION", "CleaningChange", "clean", "explain"]

#: Increased when the output of any step changes, so that `copydesk reprocess` finds outdated articles.
VERSION = 4

#: The steps that repair characters and blanks.
SURFACE_STEPS: tuple[Step, ...] = (
    Step("surrogates", fix_surrogates, Trigger.SURROGATE),
    Step("mojibake", fix_mojibake, Trigger.MOJIBAKE),
    Step("entities", decode_entities, Trigger.ENTITY),
    Step("characters", normalise_characters, Trigger.CHARACTER),
    Step("blanks", collapse_blanks, Trigger.BLANK),
)
STEPS: tuple[Step, ...] = (
    *SURFACE_STEPS,
    Step("markup", strip_markup, Trigger.MARKUP),
    Step("menus", drop_run_on_menus),
    Step("head", take_head_fields, Trigger.HEAD),
    Step("debris", remove_debris),
    Step("dates", take_labelled_dates),
    Step("wire head", take_wire_head),
    Step("headline", take_headline),
    Step("date line", take_date_line),
    Step("dateline", take_dateline),
    Step("staff", take_staff_signs),
    Step("signoff", take_signoff),
    Step("columns", join_columns, Trigger.BREAK),
    Step("hyphens", fix_hyphens, Trigger.BREAK),
    Step("lines", join_lines, Trigger.LINE),
    Step("sentences", split_glued_sentences, Trigger.SENTENCE),
    Step("repeats", drop_repeats),
)
#: The count, among those of the steps, of the fields that were shortened where the article was read.
SHORTENED = "fields"
_STEPS_FROM_BLANKS = STEPS[len(SURFACE_STEPS) - 1 :]

#: Real articles are clean after two rounds; only hostile text needs more, and it may keep its last layer.
MAX_ROUNDS = 8


@dataclass(slots=True)
class CleaningChange:
    """One change of the text by a step: the number of edits, and the whole text before and after."""

    step: str
    count: int
    before: str
    after: str


def clean(article: Article) -> Cleaned:
    """Return ``article`` cleaned; this is deterministic, and cleaning the result again changes nothing."""
    counts: dict[str, int] = {}

    def tally(change: CleaningChange) -> None:
        counts[change.step] = counts.get(change.step, 0) + change.count

    text, metadata = _run_steps(article, tally)
    if article.shortened:
        counts[SHORTENED] = len(article.shortened)
    return Cleaned(
        text=text,
        title=metadata.title,
        language=metadata.language_of(text),
        published_at=metadata.published_at,
        dateline=metadata.dateline,
        agency=metadata.agency,
        byline=metadata.byline,
        captions=tuple(metadata.captions),
        changes=counts,
    )


def explain(article: Article) -> list[CleaningChange]:
    """Return every change of the text in order, for ``copydesk clean --explain`` and ``why``."""
    changes: list[CleaningChange] = []
    _run_steps(article, changes.append)
    return changes


def _run_steps(article: Article, record: Callable[[CleaningChange], None]) -> tuple[str, Metadata]:
    """Run the steps repeatedly until each of them leaves the current text unchanged."""
    metadata = Metadata.from_article(article)
    metadata.title = _clean_title(article.title) if article.title else None
    if article.dateline:
        read_dateline(article.dateline, metadata)
    text, unchanged = article.text, 0
    triggers: Collection[int] | None = None  # of a text that the next step may change again: found when one is needed
    for _ in range(MAX_ROUNDS):
        for name, apply, trigger in _STEPS_FROM_BLANKS if blanks_come_first(text) else STEPS:
            unchanged += 1
            if trigger is not None and triggers is None:
                triggers = triggers_in(text)
            if trigger is None or trigger in (triggers or ()):
                after, count = apply(text, metadata)
                if count:
                    record(CleaningChange(name, count, text, after))
                    text, triggers, unchanged = after, None, 0
            if unchanged >= len(STEPS):
                return text, metadata
    return text, metadata


def _clean_title(text: str) -> str | None:
    metadata = Metadata()
    for step in SURFACE_STEPS:
        if step.trigger in triggers_in(text):
            text = step.apply(text, metadata).text
    return " ".join(text.split()) or None
