"""The metadata that cleaning collects about an article, and the types of the steps.

A fact in the debris (a date, an agency, a byline) is stored in ``Metadata``, so that it is not lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, Self

from worker.article import Article
from worker.language.detect import detect

#: The code of a language that could not be detected.
UNKNOWN_LANGUAGE = "und"

#: A text in which one step has more changes to make is data or an attack, not an article: the step leaves it unchanged.
#: (A print column of 2 MB has 17,000 broken words; 20,000 changes take half a second.)
MAX_CHANGES = 20_000
#: 10 MB of real text have fewer lines; more would take seconds, and 100 bytes of memory each.
MAX_LINES = 250_000
#: The same limit for what is removed from the head or the tail, one match at a time.
MAX_LAYERS = 100


def has_too_many_lines(text: str) -> bool:
    """Return whether ``text`` has more than ``MAX_LINES`` line ends; a short text is not searched."""
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
        """Return the metadata that the reader of the file already supplied."""
        return cls(
            title=article.title, language=article.language, published_at=article.published_at, byline=article.author
        )

    def language_of(self, text: str) -> str:
        """Return the ISO 639-1 code of the article; it is detected once, on the first ``text``."""
        if not self.language:
            self.language = detect(text)
        return self.language


class StepResult(NamedTuple):
    """The result of a step: the text, and the number of changes (0: the same text)."""

    text: str
    changes: int


class Trigger(IntEnum):
    """A pattern that every text has that a step changes; one scan finds all of them (``triggers_in``)."""

    SURROGATE = 0
    MOJIBAKE = 1
    ENTITY = 2
    CHARACTER = 3
    BLANK = 4
    MARKUP = 5
    BREAK = 6
    LINE = 7
    SENTENCE = 8
    HEAD = 9
    #: for parts of the steps "debris" and "blanks"
    INSIDE = 10
    RUN = 11
    EDGE = 12
    GAP = 13


class Step(NamedTuple):
    """A named plain function, which may fill empty fields of the ``Metadata``.

    It would not change a text without its ``trigger``; None: it always has to run.
    """

    name: str
    apply: Callable[[str, Metadata], StepResult]
    trigger: Trigger | None = None
