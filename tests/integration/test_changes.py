"""The change feed, followed while articles arrive by a reader that is cut off and starts again."""

import json
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, run
from worker.article import ChangeKind
from worker.settings import Settings
from worker.store import change_stream, locks, stories
from worker.store.read.changes import LostPositionError

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


def restored_after(engine: Engine, last: int) -> None:
    """Lose the changes after an id and begin a new epoch, as a restore of an older backup does."""
    run(engine, "DELETE FROM changes WHERE id > :last", last=last)
    run(engine, "INSERT INTO feed_epochs (begins_after) VALUES (:last)", last=last)
    run(engine, "SELECT setval('changes_id_seq', :last)", last=last)


@pytest.fixture
def _one_epoch(engine: Engine) -> Iterator[None]:
    """Remove the epochs that a test began."""
    yield
    run(engine, "DELETE FROM feed_epochs WHERE begins_after > 0")


@pytest.mark.usefixtures("_one_epoch")
def test_a_reader_that_is_ahead_of_a_restore_gets_an_error(engine: Engine, copydesk: Copydesk) -> None:
    """A change that a restore replaced is refused by its epoch, also when its id is taken again; others continue."""
    commit_changes(engine, 1, 2, 3)
    old = json.loads(copydesk("changes", "--after", 2, "--json").out)["epoch"]
    restored_after(engine, 2)
    refused = copydesk("changes", "--after", 3, "--epoch", old, "--json")
    assert (refused.code, refused.out) == (1, "")
    assert "Change 3 of epoch" in refused.err
    commit_changes(engine, 7)
    assert copydesk("changes", "--after", 3, "--epoch", old).code == 1
    [line] = map(json.loads, copydesk("changes", "--after", 2, "--epoch", old, "--json").out.splitlines())
    assert (line["id"], line["story_id"]) == (3, 7)
    assert line["epoch"] != old
    assert copydesk("changes", "--after", 3, "--epoch", line["epoch"]).code == 0


@pytest.mark.usefixtures("_one_epoch")
def test_a_reader_that_waits_notices_a_restore(engine: Engine) -> None:
    """A reader that follows the feed while the database is restored gets an error instead of another history."""
    commit_changes(engine, 1, 2, 3)
    feed = change_stream.follow(engine, 0, never)
    assert take(feed, 3) == [1, 2, 3]
    restored_after(engine, 1)
    commit_changes(engine, 4, 5)
    with pytest.raises(LostPositionError):
        next(feed)
