"""The change feed, followed while articles arrive by a reader that is cut off and starts again."""

import json
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor
from worker.article import ChangeKind
from worker.settings import Settings
from worker.store import change_stream, locks, stories

Copydesk = Callable[..., Any]


def commit_changes(engine: Engine, *numbers: int) -> None:
    """Commit a change of each of these stories, in one transaction."""
    with engine.begin() as connection:
        locks.lock_placement(connection)
        stories.record_changes(
            connection, [stories.StoryChange(ChangeKind.CREATED, number, number) for number in numbers]
        )


def take(feed: Iterator[Any], count: int) -> list[int]:
    """Return the stories of the next ``count`` changes."""
    return [row.story_id for row in islice(feed, count)]


def never(_seconds: float) -> None:
    """Fail: the reader must not wait."""
    raise AssertionError("the database was gone")


def test_a_reader_is_woken_by_what_is_committed(engine: Engine) -> None:
    """Changes that another session commits while the reader waits arrive at once, in order."""
    commit_changes(engine, 1)
    feed = change_stream.follow(engine, 0, never)
    assert take(feed, 1) == [1]
    writer = threading.Timer(0.05, commit_changes, [engine, 2, 3])
    writer.start()
    assert take(feed, 2) == [2, 3]
    writer.join()


def test_a_reader_that_starts_again_misses_nothing_and_gets_nothing_twice(settings: Settings, engine: Engine) -> None:
    """Readers that are cut off after three changes, while four writers work, see each change once, in order."""

    def work(first: int) -> None:
        processor = new_processor(settings)
        for number in range(first, first + 3):
            processor.process(
                deliver(settings, engine, [(f"{number}.txt", dispatch(number)), (f"c{number}.txt", copy_of(number, 1))])
            )
        processor.close()

    writers = [threading.Thread(target=work, args=[10 * n]) for n in range(4)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < 24:
        reader = change_stream.follow(engine, seen[-1] if seen else 0, never)
        seen += [row.id for row in islice(reader, 3)]
        reader.close()  # type: ignore[attr-defined]
    for writer in writers:
        writer.join()
    with engine.connect() as connection:
        stored = list(connection.execute(text("SELECT id FROM changes ORDER BY id")).scalars())
    assert seen == stored[: len(seen)]


def test_a_reader_outlives_its_connection(engine: Engine) -> None:
    """If the database ends the reader's session, the reader reconnects and continues after its last change."""
    waited: list[float] = []
    commit_changes(engine, 1)
    feed = change_stream.follow(engine, 0, waited.append)
    assert take(feed, 1) == [1]
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))
    commit_changes(engine, 2)
    assert take(feed, 1) == [2]


def test_the_command_prints_what_is_new(engine: Engine, copydesk: Copydesk) -> None:
    """`changes --after` prints each later change, as a line of JSON with --json and else as a sentence."""
    commit_changes(engine, 1, 2, 3)
    lines = [json.loads(line) for line in copydesk("changes", "--after", 1, "--json").out.splitlines()]
    assert [(line["id"], line["kind"], line["story_id"]) for line in lines] == [(2, "created", 2), (3, "created", 3)]
    assert "story 3 was created with article 3" in copydesk("changes", "--after", 2).out
