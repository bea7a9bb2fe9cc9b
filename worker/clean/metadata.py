"""What cleaning learns about an article while it works, and the shape of a step.

Debris that carries a fact (a date, an agency, a byline) goes into ``Facts``, so that nothing goes to nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, Self

from worker.article import Article
from worker.language.detect import detect

#: "und" and empty hints say nothing; the detector is asked instead.
UNKNOWN_LANGUAGE = "und"

#: A text that asks one step for more changes is no article but data or an attack: the step leaves it alone.
#: (A print column of 2 MB has 17,000 broken words; 20,000 changes take half a second.)
MAX_CHANGES = 20_000
#: 10 MB of real lines are fewer; more would take seconds, and 100 bytes each.
MAX_LINES = 250_000
#: The same for what is peeled off the head or the tail one by one.
MAX_LAYERS = 100


def has_too_many_lines(text: str) -> bool:
    """Tell whether ``text`` has more than ``MOST_LINES`` line ends; a short one is not looked through."""
    return len(text) > MAX_LINES and text.count("\n") > MAX_LINES


@dataclass(slots=True)
class Metadata:
    """The fields of one article during cleaning; steps fill those that are still empty."""

    title: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    dateline: str | None = None
    agency: str | None = None
    byline: str | None = None
    captions: list[str] = field(default_factory=list)

    @classmethod
    def from_article(cls, article: Article) -> Self:
        """Start with what the reader already knew."""
        return cls(
            title=article.title,
            language=article.language,
            published_at=article.published_at,
            byline=article.author,
        )

    def language_of(self, text: str) -> str:
        """Return the ISO 639-1 code of the article; detected once, on the first text that asks."""
        if not self.language:
            self.language = detect(text)
        return self.language


class StepResult(NamedTuple):
    """What a step leaves: the text, and how many things it changed (0: the same text)."""

    text: str
    changes: int


class Trigger(IntEnum):
    """What stands in every text that a step changes: one scan finds all of them (``signs``)."""

    SURROGATE = 0
    MOJIBAKE = 1
    ENTITY = 2
    CHARACTER = 3
    BLANK = 4
    MARKUP = 5
    BREAK = 6
    LINE = 7
    SENTENCE = 8
    #: of what the debris and the blanks steps do, a part
    INSIDE = 9
    RUN = 10
    EDGE = 11
    GAP = 12


class Step(NamedTuple):
    """A named plain function; it may fill empty fields of the ``Facts`` that it is given.

    Where its ``sign`` stands nowhere in a text it would do nothing; None: it always has to look.
    """

    name: str
    apply: Callable[[str, Metadata], StepResult]
    trigger: Trigger | None = None
