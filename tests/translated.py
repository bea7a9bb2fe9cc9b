"""The dispatches in `tests/translations`: English originals, translations into 15 languages, and other reports.

All texts were written for this project. A line is a text: ``dispatch``, ``role`` (``original``, ``translation``, or
``other_report``: of the same event, by another writer), ``language``, ``title``, ``text``, ``date``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from worker.translation.anchors import anchors
from worker.translation.evidence import ComparedText

FOLDER = Path(__file__).parent / "translations"
ORIGINAL, TRANSLATION, OTHER_REPORT = "original", "translation", "other_report"


@dataclass(frozen=True, slots=True)
class DispatchText:
    """One text of a dispatch; ``date`` is an ISO time."""

    dispatch: str
    role: str
    language: str
    title: str
    text: str
    date: str

    @property
    def is_version(self) -> bool:
        """Whether it is the dispatch itself, in any language."""
        return self.role != OTHER_REPORT

    @property
    def side(self) -> ComparedText:
        """What the verdict sees of it."""
        whole = f"{self.title}\n{self.text}"
        return ComparedText(anchors(whole, self.language), self.language, len(whole))


@cache
def dispatch_texts(folder: Path = FOLDER) -> list[DispatchText]:
    """Return all texts, by dispatch."""
    paths = sorted(folder.glob("*.jsonl"))
    lines = (line for path in paths for line in path.read_text("utf-8").splitlines())
    texts = [DispatchText(**json.loads(line)) for line in lines if line.strip()]
    return sorted(texts, key=lambda text: text.dispatch)


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two texts in different languages, by their numbers; ``is_translation`` is the label."""

    a: int
    b: int
    is_translation: bool


def pairs(texts: list[DispatchText], near: int = 3) -> Iterator[TextPair]:
    """Yield the pairs of one dispatch, and those of dispatches next to it, which may be about the same matter.

    Two other reports of one event have no label: their writers may have used each other's text.
    """
    number = {dispatch: i for i, dispatch in enumerate(sorted({text.dispatch for text in texts}))}
    for (a, first), (b, second) in combinations(enumerate(texts), 2):
        if first.language == second.language or number[second.dispatch] - number[first.dispatch] > near:
            continue
        same = first.dispatch == second.dispatch
        if same and not (first.is_version or second.is_version):
            continue
        yield TextPair(a, b, same and first.is_version and second.is_version)
