"""A text of a story as the search for translations sees it: read from an article or from a stored row, and judged."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from worker.language.groups import languages_differ
from worker.store.translation_texts import StoryText, TextRow
from worker.store.translations import TranslatedArticles
from worker.translation.anchors import Anchor, anchors, pack, unpack
from worker.translation.evidence import ComparedText
from worker.translation.verdict import translation


class AnchoredText(NamedTuple):
    """A text of a story with its anchors; ``seen_at`` is when it was published, else arrived."""

    story_id: int
    article_id: int
    language: str
    seen_at: datetime
    characters: int
    anchors: Sequence[Anchor]

    @property
    def row(self) -> TextRow:
        """The row that stores it."""
        return TextRow(*self[:-1], pack(self.anchors))

    @property
    def side(self) -> ComparedText:
        """What the verdict sees of it."""
        return ComparedText(self.anchors, self.language, self.characters)


def read(text: StoryText) -> AnchoredText:
    """Find the anchors of a text."""
    whole = f"{text.title}\n{text.text}" if text.title else text.text
    found = anchors(whole, text.language)
    return AnchoredText(text.story_id, text.article_id, text.language, text.seen_at, len(whole), found)


def stored(row: TextRow) -> AnchoredText:
    """Return the text of a row."""
    return AnchoredText(row.story_id, row.article_id, row.language, row.seen_at, row.characters, unpack(row.anchors))


def judged(text: AnchoredText, other: AnchoredText) -> TranslatedArticles | None:
    """Return the link between the stories of two texts; None if they are no translations of each other."""
    if not languages_differ(text.language, other.language):
        return None
    found = translation(text.side, other.side)
    return found and TranslatedArticles(text.article_id, other.article_id, found.probability, found.reason)


def best(texts: Iterable[AnchoredText], others: Sequence[AnchoredText]) -> TranslatedArticles | None:
    """Return the most certain link between two stories with these texts; None if there is none."""
    links = (judged(text, other) for text in texts for other in others)
    return max(filter(None, links), key=lambda link: link.similarity, default=None)
