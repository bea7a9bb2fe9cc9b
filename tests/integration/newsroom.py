"""Fill the tables as the pipeline would, through the statements of the store, with a few words per line of a test."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from worker.features import features
from worker.fingerprint import fingerprint
from worker.match import evidence, reason, verdict
from worker.queue.indexing import Indexer
from worker.store import articles, ledger, locks, stories
from worker.store.links import Link

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Newsroom:
    """Tables that a test fills; every method commits and returns the new id."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def file(
        self, path: bytes | str, *, articles: int = 1, reason: str | None = None, sha256: bytes = b"s" * 32
    ) -> int:
        """Insert a file that was read completely, or quarantined for a ``reason``."""
        name = path.encode() if isinstance(path, str) else path
        with self.engine.begin() as connection:
            [number] = ledger.claim(connection, [ledger.Delivery(name[-40:], name, sha256, 100, None)]).values()
            ledger.finish(connection, [ledger.Outcome(number, 0 if reason else articles, reason)])
        return number

    def waiting(self, path: str) -> int:
        """Insert a file that no worker has taken."""
        with self.engine.begin() as connection:
            return next(
                iter(ledger.claim(connection, [ledger.Delivery(path.encode(), path.encode(), None, 100)]).values())
            )

    def bad_record(self, file: int, position: int, reason: str) -> None:
        """Insert a record that could not be read."""
        with self.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO bad_records VALUES (:f, :p, :r)"), {"f": file, "p": position, "r": reason}
            )

    def article(
        self,
        words: str,
        *,
        file: int | None = None,
        position: int = 0,
        story: int | None = None,
        relation: str = "original",
        title: str | None = None,
        seen: datetime = NOON,
        language: str = "en",
        **more: Any,
    ) -> int:
        """Insert an article in a ``story``, or as the canonical article of a new story."""
        mark = fingerprint(features(words, title, language))
        file = file if file is not None else self.file(f"inbox/{abs(hash((words, title)))}.txt")
        with self.engine.begin() as connection:
            locks.lock_placement(connection)
            [number] = articles.take_ids(connection, "articles", 1)
            if story is None:
                [story] = articles.take_ids(connection, "stories", 1)
                stories.create(connection, [stories.NewStory(story, number, title, language, seen, seen)])
            values: dict[str, Any] = {
                "id": number,
                "file_id": file,
                "position": position,
                "story_id": story,
                "relation": relation,
                "similarity": 1.0,
                "seen_at": seen,
                "published_at": None,
                "words": mark.words,
                "title": title,
                "cleaner_version": 1,
                "fingerprint_version": 1,
                "text_hash": mark.text_hash,
                "simhash": mark.simhash,
                "sketch": mark.sketch.tolist(),
                "language": language,
                "text": words,
                "external_id": None,
                "url": None,
                "source": None,
                "author": None,
                "facts": None,
                "changes": None,
            }
            articles.insert(connection, [articles.Row(**(values | more))])
            stories.recount(connection, [story])
        return number

    def index(self) -> int:
        """Index the new articles for the search, as the scheduler does; return their number."""
        return Indexer(self.engine).run(60, threading.Event())

    def story_of(self, article: int) -> int:
        """Return the story that an article is in."""
        with self.engine.connect() as connection:
            number: int = connection.execute(
                text("SELECT story_id FROM articles WHERE id = :id"), {"id": article}
            ).scalar_one()
            return number

    def link(self, article: int, other: int, *, same: bool, changed: Mapping[str, Any] | None = None) -> None:
        """Store the verdict on two articles, computed from their texts."""
        with self.engine.begin() as connection:
            query = text("SELECT text, title, language FROM articles WHERE id = :id")
            both = [connection.execute(query, {"id": number}).one() for number in (article, other)]
            a, b = (features(*row) for row in both)
            numbers = evidence(a, b)
            result = verdict(numbers)
            stored = numbers._asdict() | dict(changed or {})
            link = Link(article, other, same, result.relation, result.similarity, reason(result), stored)
            articles.insert_match_decisions(connection, [link])

    def merge(self, story: int, into: int) -> None:
        """Merge a story into an earlier one."""
        with self.engine.begin() as connection:
            stories.merge(connection, {story: into})
            stories.recount(connection, [into])
