"""Link stories that are one dispatch in two languages.

It runs behind the placement, story by story in order of ids. A story whose canonical text becomes another one is
compared again, with all texts that are in the index by then.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from worker.article import ChangeKind
from worker.store import locks, stories, translation_texts, translations
from worker.store.candidate_queries import newest_story
from worker.store.id_search import newest_id
from worker.store.models import changes as changes_table
from worker.store.translations import TranslatedArticles
from worker.stories.translation_text import AnchoredText, judged, read, stored
from worker.translation.index import MOST_TEXTS, Indexed, KeyIndex
from worker.translation.keys import keys

#: Rows that are read at once when the index is filled after a start.
_PAGE = 5_000
#: Changes of the feed that are read with a batch of 100 stories; a hundred stories come with 250 changes.
_CHANGES = 2_000


class TranslationLinker:
    """Compares each new or changed story with those of the last days in other languages.

    The index is in memory, so only one process may do it: the scheduler that leads.
    """

    def __init__(self) -> None:
        self._index = KeyIndex()
        self._after: int | None = None  # the last story in the order of ids
        self._last_change = 0  # of the feed
        self._changed: list[int] = []

    def load(self, connection: Connection) -> None:
        """Fill the index from the table; without it, begin with the newest `MOST_TEXTS` stories."""
        self._last_change = newest_id(connection, changes_table)  # first: what changes meanwhile is found in the feed
        newest, after = translation_texts.newest(connection), 0
        while rows := translation_texts.page(connection, after, _PAGE):
            self._add([stored(row) for row in rows])
            after = rows[-1].story_id
        self._after = newest or max(newest_story(connection) - MOST_TEXTS, 0)
        self._changed = translation_texts.outdated(connection, self._after - MOST_TEXTS, self._after)

    def link_next(self, connection: Connection, most: int) -> int:
        """Compare at most ``most`` stories and write the links; return the number of stories.

        If the transaction then fails, create another linker.
        """
        if self._after is None:
            self.load(connection)
        after = self._after or 0
        again = self._next_changed(connection, after, most)
        changed = translation_texts.present_texts(connection, again)
        new = translation_texts.next_texts(connection, after, most - len(again))
        texts = [read(text) for text in (*changed, *new)]
        found = self._compare(connection, texts)
        translation_texts.insert(connection, [text.row for text in texts])
        if found:
            link(connection, found)
        self._after = new[-1].story_id if new else after
        return len(again) + len(new)

    def _next_changed(self, connection: Connection, after: int, most: int) -> list[int]:
        """Return at most ``most`` stories up to ``after``, not too old, that have another canonical text since."""
        if not self._changed:
            self._last_change, changed = translation_texts.changed(connection, self._last_change, _CHANGES)
            self._changed = [story for story in changed if after - MOST_TEXTS < story <= after]
        again, self._changed = self._changed[:most], self._changed[most:]
        return again

    def _add(self, texts: Sequence[AnchoredText]) -> list[tuple[AnchoredText, list[Indexed]]]:
        """Index texts and return each with its candidates, which are earlier."""
        own = [keys(text.anchors) for text in texts]
        first = self._index.add([Indexed(text.story_id, text.language, text.seen_at) for text in texts], own)
        return [(text, self._index.candidates(first + i, own[i])) for i, text in enumerate(texts)]

    def _compare(self, connection: Connection, new: Sequence[AnchoredText]) -> list[TranslatedArticles]:
        """Return which of these texts are translations of earlier ones or of each other."""
        known = {text.story_id: text for text in new}
        with_candidates = self._add(new)
        wanted = {other.story_id for _, others in with_candidates for other in others} - known.keys()
        known |= {id_: stored(row) for id_, row in translation_texts.of_stories(connection, wanted).items()}
        return [
            found
            for text, others in with_candidates
            for candidate in others
            # a candidate without a row: its article was erased
            if (other := known.get(candidate.story_id)) and (found := judged(text, other))
        ]


def link(connection: Connection, found: Collection[TranslatedArticles]) -> None:
    """Link the stories of these articles, and report the new links in the change feed."""
    locks.lock_placement(connection)
    linked = translations.insert(connection, list(found))
    changes = [stories.StoryChange(ChangeKind.TRANSLATION, story, other_story_id=other) for story, other in linked]
    stories.record_changes(connection, changes)
