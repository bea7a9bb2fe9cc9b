"""Load the result of a bulk run into an empty archive, in one transaction: all of it is there, or nothing.

Ids are given as the service gives them, so that later arrivals, and readers of the change feed, find what a service
would have stored. Bytes are not kept: those of the corpus stay where they are.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from sqlalchemy import Connection, Engine

from worker.article import ChangeKind, PublicationStatus
from worker.bulk.contents import Contents, StoredIds
from worker.bulk.corpus_run import Advance
from worker.errors import CopydeskError, RetryError
from worker.store import articles, ledger, loading, sketches, stories
from worker.store.articles import Row
from worker.store.errors import ERRORS, is_transient, message
from worker.store.locks import living_workers, lock_placement
from worker.store.read.snapshot import snapshot
from worker.store.session import allow_long_reads, avoid_table_scans_now
from worker.store.stories import StoryChange

_OF_STATUS = {PublicationStatus.WITHDRAWN: ChangeKind.WITHDRAWN, PublicationStatus.WITHHELD: ChangeKind.WITHHELD}


class EmptyArchive:
    """An archive of the service, on ``engine``, as `worker.bulk.load` fills it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_loaded(self, key: bytes) -> bool:
        """Return whether the load with this key of a file was committed.

        Raises:
            CopydeskError: it was not, and there are articles already, or workers run.
        """
        with snapshot(self._engine) as connection:
            if ledger.known(connection, [key]):
                return True
            _require_empty(connection)
            if living_workers(connection):
                raise CopydeskError(
                    "The service is running. Stop it, load the corpus, and start it again: its workers would wait for"
                    " as long as the load takes."
                )
        return False

    def load(self, contents: Contents, advance: Advance) -> None:
        """Store all contents, or on any error nothing of them.

        Raises:
            CopydeskError: there are articles meanwhile, or Postgres refuses one.
            RetryError: the database was lost, or another process places articles.
        """
        try:
            with self._engine.begin() as connection:
                allow_long_reads(connection)  # between two statements DuckDB may sort for minutes
                avoid_table_scans_now(connection)  # else keys are checked by plans made for empty tables
                lock_placement(connection)
                _require_empty(connection)
                _load(connection, contents, partial(advance, "load"))
        except ERRORS as error:
            if is_transient(error):
                raise RetryError(
                    f"The database did not confirm the load: {message(error)}. Give the same command again: nothing is"
                    " loaded twice."
                ) from error
            raise CopydeskError(f"The database refused an article: {message(error)}. Nothing was loaded.") from error


def _require_empty(connection: Connection) -> None:
    stored, erased = loading.counted(connection)
    if stored or erased:
        what = f"{stored:,}{' or more' if stored >= 1_000 else ''} articles" if stored else "erased articles"
        raise CopydeskError(
            f"The archive has {what}, and a corpus is loaded into an empty one only: its articles would not be matched"
            " with those. Copy the files into the inbox instead; `copydesk bulk IN... OUT --against-archive` says which"
            " of them are new."
        )


def _load(connection: Connection, contents: Contents, advance: Callable[[int, int], None]) -> None:
    """Write in an order in which every row finds those that it names, and the feed each story before its copies."""
    files = [id_ for batch in contents.files() for id_ in loading.insert_files(connection, batch)]
    ids = StoredIds(
        articles.take_range(connection, "articles", contents.articles),
        articles.take_range(connection, "stories", contents.stories),
        np.array(files, dtype=np.int64),
        loading.now(connection),
    )
    for new in contents.new_stories(ids):
        stories.create(connection, [story for story, _ in new])
        created = [StoryChange(ChangeKind.CREATED, story.id, first) for story, first in new]
        stories.record_changes(connection, created)
    done = 0
    advance(done, contents.articles)
    for rows, links, firsts in contents.rows(ids):
        articles.insert(connection, rows)
        articles.insert_match_decisions(connection, links)
        copies = [row for row, is_first in zip(rows, firsts, strict=True) if not is_first]
        stories.record_changes(connection, [StoryChange(ChangeKind.COPY, row.story_id, row.id) for row in copies])
        stories.record_changes(connection, _status_changes(rows))
        done += len(rows)
        advance(done, contents.articles)
    for keys, of_stories in contents.sketches(ids):
        sketches.insert_keys(connection, keys, of_stories, new=np.unique(of_stories).tolist())
    for canonicals in contents.other_canonicals(ids):
        stories.record_changes(connection, [StoryChange(ChangeKind.CANONICAL, *chosen) for chosen in canonicals])


def _status_changes(rows: list[Row]) -> list[StoryChange]:
    of_status = ((_OF_STATUS.get(PublicationStatus(row.status)), row) for row in rows)
    return [StoryChange(kind, row.story_id, row.id) for kind, row in of_status if kind]
