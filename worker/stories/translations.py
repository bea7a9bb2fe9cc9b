"""Link stories that are one dispatch in two languages. It runs behind the placement, story by story in order of ids."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from worker.article import ChangeKind
from worker.language.groups import languages_differ
from worker.store import locks, stories, translation_texts, translations
from worker.store.candidate_queries import newest_story
from worker.store.translation_texts import NextText, TextRow
from worker.store.translations import TranslatedArticles
from worker.translation.anchors import Anchor, anchors, pack, unpack
from worker.translation.evidence import ComparedText
from worker.translation.index import MOST_TEXTS, Indexed, KeyIndex
from worker.translation.keys import keys
from worker.translation.verdict import translation

#: Rows that are read at once when the index is filled after a start.
_PAGE = 5_000


class _Text(NamedTuple):
    """A text to compare, with its anchors."""

    story_id: int
    article_id: int
    language: str
    seen_at: datetime
    characters: int
    anchors: Sequence[Anchor]

    @property
    def side(self) -> ComparedText:
        return ComparedText(self.anchors, self.language, self.characters)


class TranslationLinker:
    """Compares each new story with those of the last days in other languages.

    The index is in memory, so only one process may do it: the scheduler that leads.
    """

    def __init__(self) -> None:
        self._index = KeyIndex()
        self._after: int | None = None

    def load(self, connection: Connection) -> None:
        """Fill the index from the table; without it, begin with the newest `MOST_TEXTS` stories."""
        newest, after = translation_texts.newest(connection), 0
        while rows := translation_texts.page(connection, after, _PAGE):
            self._add([_stored(row) for row in rows])
            after = rows[-1].story_id
        self._after = newest or max(newest_story(connection) - MOST_TEXTS, 0)

    def link_next(self, connection: Connection, most: int) -> int:
        """Compare at most ``most`` stories and write the links; return the number of stories.

        If the transaction then fails, create another linker.
        """
        if self._after is None:
            self.load(connection)
        new = [_read(text) for text in translation_texts.next_texts(connection, self._after or 0, most)]
        if not new:
            return 0
        found = self._compare(connection, new)
        translation_texts.insert(connection, [_row(text) for text in new])
        if found:
            link(connection, found)
        self._after = new[-1].story_id
        return len(new)

    def _add(self, texts: Sequence[_Text]) -> list[tuple[_Text, list[Indexed]]]:
        """Index texts and return each with its candidates, which are earlier."""
        own = [keys(text.anchors) for text in texts]
        first = self._index.add([Indexed(text.story_id, text.language, text.seen_at) for text in texts], own)
        return [(text, self._index.candidates(first + i, own[i])) for i, text in enumerate(texts)]

    def _compare(self, connection: Connection, new: Sequence[_Text]) -> list[TranslatedArticles]:
        """Return which of these texts are translations of earlier ones or of each other."""
        known = {text.story_id: text for text in new}
        with_candidates = self._add(new)
        wanted = {other.story_id for _, others in with_candidates for other in others} - known.keys()
        known |= {id_: _stored(row) for id_, row in translation_texts.of_stories(connection, wanted).items()}
        return [
            TranslatedArticles(text.article_id, other.article_id, judged.probability, judged.reason)
            for text, others in with_candidates
            for candidate in others
            if (other := known.get(candidate.story_id))  # else its article was erased
            if languages_differ(text.language, other.language) and (judged := translation(text.side, other.side))
        ]


def link(connection: Connection, found: Collection[TranslatedArticles]) -> None:
    """Link the stories of these articles, and report the new links in the change feed."""
    locks.lock_placement(connection)
    linked = translations.insert(connection, list(found))
    changes = [stories.StoryChange(ChangeKind.TRANSLATION, story, other_story_id=other) for story, other in linked]
    stories.record_changes(connection, changes)


def _read(text: NextText) -> _Text:
    whole = f"{text.title}\n{text.text}" if text.title else text.text
    found = anchors(whole, text.language)
    return _Text(text.story_id, text.article_id, text.language, text.seen_at, len(whole), found)


def _stored(row: TextRow) -> _Text:
    return _Text(row.story_id, row.article_id, row.language, row.seen_at, row.characters, unpack(row.anchors))


def _row(text: _Text) -> TextRow:
    return TextRow(*text[:-1], pack(text.anchors))
