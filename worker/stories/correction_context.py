"""What a correction needs besides the ids that it names: its transaction, its reason, and who makes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from worker.errors import CopydeskError
from worker.store import correction_log, corrections, pins, stories
from worker.store.correction_log import NewCorrection
from worker.store.corrections import MovableArticle, Origin
from worker.store.read.stories import story as read_story
from worker.stories.candidates import FeatureCache
from worker.stories.update_canonical import update_canonicals

#: Characters of a note that are stored.
_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class CorrectionContext:
    """The transaction of a correction, its reason, and the name of the token that it is made with.

    ``window_days`` and ``preferred_sources`` are those of the settings, for joining copies and for the choice of
    canonical articles. ``logged`` are the ids of the corrections that were made with it.
    """

    connection: Connection
    window_days: int
    note: str | None = None
    preferred_sources: Sequence[str] = ()
    made_by: str | None = None
    cache: FeatureCache = field(default_factory=FeatureCache)
    logged: list[int] = field(default_factory=list)

    @property
    def storable_note(self) -> str | None:
        """The note without what can't be stored: bytes that are not text, which a shell passes on, are replaced."""
        return (self.note or "").encode("utf-8", "replace").decode().replace("\x00", " ").strip()[:_NOTE] or None

    def log(self, made: NewCorrection) -> Origin:
        """Store a correction in the log, and return what its pairs have in common."""
        number = correction_log.insert(self.connection, made, self.storable_note, self.made_by)
        self.logged.append(number)
        return Origin(made.kind, number, self.storable_note, self.made_by)

    def article(self, article_id: int) -> MovableArticle:
        """Return an article.

        Raises:
            CopydeskError: it does not exist.
        """
        article = corrections.article(self.connection, article_id)
        if article is None:
            raise CopydeskError(f"There is no article {article_id}. `copydesk story ID` lists a story's articles.")
        return article

    def live_story(self, story_id: int) -> int:
        """Return the id of a story, or of the one that it was merged into.

        Raises:
            CopydeskError: it does not exist.
        """
        story = read_story(self.connection, story_id, 1)
        if story is None:
            raise CopydeskError(f"There is no story {story_id}. `copydesk stories` lists them.")
        return story.id

    def update_canonicals(self, changed: Sequence[int], newly_joined: frozenset[int]) -> list[stories.StoryChange]:
        """Choose the canonical articles of changed stories again; return the changes."""
        return update_canonicals(
            self.connection,
            self.cache,
            changed,
            newly_joined=newly_joined,
            preferred_sources=self.preferred_sources,
        )

    def choose_again(self, story: int) -> None:
        """Choose the canonical article among all texts of a story, however many they are, and record the change."""
        texts = frozenset(corrections.texts(self.connection, story))
        stories.record_changes(self.connection, self.update_canonicals([story], texts))

    def set_pin_back(self, article: MovableArticle, at: datetime | None) -> None:
        """Set the pin of an article back to an earlier time, or remove it, and choose its story's canonical again."""
        pins.restore(self.connection, article.id, at)
        canonical, _ = stories.canonicals(self.connection, [article.story_id])[article.story_id]
        if canonical == article.id:  # the reason may be the pin
            stories.set_canonical(self.connection, {article.story_id: (canonical, None)})
        self.choose_again(article.story_id)
