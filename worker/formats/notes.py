"""What a reader says about a record that it read nevertheless: a fault that it repaired, keys that it left out.

A reader adds a note wherever it finds the reason; ``reading.py`` puts the notes into the article.
"""

from collections.abc import Callable
from contextvars import ContextVar

from worker.article import Article

#: A record has few kinds of faults; a hostile one has no more notes than this.
_MAX_NOTES = 20
_NOTES: ContextVar[list[str] | None] = ContextVar("_NOTES", default=None)


def start_file() -> None:
    """Forget notes of another file; from here on they belong to the next record."""
    _NOTES.set([])


def add(sentence: str) -> None:
    """Note ``sentence`` about the record that is being read; the same sentence counts once."""
    notes = _NOTES.get()
    if notes is not None and sentence not in notes and len(notes) < _MAX_NOTES:
        notes.append(sentence)


def with_notes(parse: Callable[[], Article]) -> Article:
    """Return the article that ``parse`` returns, with the notes since the record before."""
    try:
        article = parse()
        if notes := _NOTES.get():
            article.notes = tuple(notes)
    finally:
        _NOTES.set([])
    return article
