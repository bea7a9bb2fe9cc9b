"""`ingest` waits for as long as its files are worked on, and no longer."""

import json
from contextlib import closing

import pytest
from rich.progress import Progress
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, new_processor, scalar, states
from worker.cli.ingest import show_progress
from worker.errors import CopydeskError
from worker.inbox import ingest
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings, load


class Clock:
    """A clock that advances by four fifths of the patience at every pause, during which one message is processed."""

    def __init__(self, settings: Settings, messages: list[list[int]]) -> None:
        self.now = 0.0
        self.messages = messages
        self._processor = new_processor(settings)

    def close(self) -> None:
        """Close the worker."""
        self._processor.close()

    def __call__(self) -> float:
        """Return the seconds since the start."""
        return self.now

    def pause(self, _seconds: float) -> None:
        """Let time pass and a worker work."""
        self.now += 0.8 * ingest.PATIENCE_SECONDS
        if self.messages:
            self.messages += [[part] for part in self._processor.process(self.messages.pop(0))]


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Return settings that split files of more than ten records."""
    return load(data_dir=settings.data_dir, records_per_part=10)


def test_a_file_that_takes_hours_is_waited_for(quick: Settings, engine: Engine) -> None:
    """While its parts are stored one after the other, a large file makes progress, though it has no outcome yet."""
    lines = "".join(json.dumps({"text": dispatch(n, 40)}) + "\n" for n in range(60))
    [number] = deliver(quick, engine, [("large.jsonl", lines)])
    outcomes: list[int] = []
    with closing(Clock(quick, [[number]])) as clock:
        result = ingest.IngestResult(files=1, new=[number])
        ingest.wait(quick, engine, result, outcomes.append, clock=clock, pause=clock.pause)
        assert clock.now > 4 * ingest.PATIENCE_SECONDS
    assert (states(engine)[number], outcomes) == ("done", [1])
    assert scalar(engine, "SELECT count(*) FROM articles") == 60


def test_files_that_nobody_works_on_are_reported(quick: Settings, engine: Engine) -> None:
    """Without a worker the wait ends with an error that says where the files are."""
    ids = deliver(quick, engine, [("a.txt", dispatch(1))])
    with closing(Clock(quick, [])) as clock, pytest.raises(CopydeskError, match="progress, files still wait: 1"):
        ingest.wait(quick, engine, ingest.IngestResult(1, ids), lambda _: None, clock=clock, pause=clock.pause)


def test_the_bar_ends_with_all_articles(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Files that are done before the first count are in the last one."""
    ids = deliver(settings, engine, [("a.txt", dispatch(1)), ("b.txt", dispatch(2))])
    processor.process(ids)
    bar = Progress(disable=False)
    show_progress(settings, engine, ingest.IngestResult(2, ids), bar)
    assert bar.tasks[0].fields["rate"].startswith("2 articles")
