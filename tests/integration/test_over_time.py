"""The counts of the dashboard and the sources page: steps of time, first sources, and sources that follow others."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.integration.newsroom import NOON, Newsroom
from worker.store.read import trends as over_time
from worker.store.read.sources import copying, sources
from worker.store.read.trends import trends

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
HOUR = timedelta(hours=1)


def test_sources_are_ranked_by_who_was_first(newsroom: Newsroom) -> None:
    """Sources are ranked by how often they were first, with their delay; the host replaces a missing source."""
    for number in range(2):
        first = newsroom.article(f"{HARBOUR} {number}", source="Norwire", seen=NOON)
        story = newsroom.story_of(first)
        newsroom.article(
            f"{HARBOUR} {number}.", story=story, relation="near", source="Tolle Post", seen=NOON + 2 * HOUR
        )
        newsroom.article(
            f"{HARBOUR}, {number}", story=story, relation="near", source="Tolle Post", seen=NOON + 9 * HOUR
        )
    newsroom.article(f"{HARBOUR} x", story=1, relation="near", url="https://ostrel.example/a", seen=NOON - HOUR)
    newsroom.article("A story without copies counts for nobody.", source="Lone Star")
    with newsroom.engine.connect() as connection:
        ranked = [(row.source, row.stories, row.first, row.delay) for row in sources(connection)]
        pairs = [(row.first, row.copier, row.stories, row.delay) for row in copying(connection)]
    assert ranked == [
        ("Norwire", 2, 1, HOUR),
        ("ostrel.example", 1, 1, None),
        ("Tolle Post", 2, 0, 2.5 * HOUR),
    ]
    assert pairs == [
        ("Norwire", "Tolle Post", 1, 2 * HOUR),
        ("ostrel.example", "Norwire", 1, HOUR),
        ("ostrel.example", "Tolle Post", 1, 3 * HOUR),
    ]


@pytest.fixture
def spread(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a file every 5 minutes for two hours, every second one in quarantine, and 12 articles."""
    for number in range(12):
        newsroom.article(f"{HARBOUR} {number}", file=newsroom.file(f"{number}.txt"))
        newsroom.file(f"bad-{number}.txt", reason="It is a picture.")
    with newsroom.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET arrived_at = :noon + id * interval '10 minutes'"), {"noon": NOON})
        connection.execute(
            text("""UPDATE files SET arrived_at = :noon + id * interval '5 minutes',
                    finished_at = :noon + id * interval '5 minutes' + interval '2 seconds'"""),
            {"noon": NOON},
        )
    return newsroom


def test_steps_count_arrivals(spread: Newsroom) -> None:
    """Files, quarantined files, their time to an outcome, and articles count in the step of their arrival."""
    with spread.engine.connect() as connection:
        counted = trends(connection, NOON, HOUR, 3)
    assert [step.start for step in counted.steps] == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert [step.files for step in counted.steps] == [11, 12, 1]
    assert [step.quarantined for step in counted.steps] == [5, 6, 1]
    assert [step.stories for step in counted.steps] == [5, 6, 1]
    assert counted.steps[0].median_seconds == pytest.approx(2)
    assert counted.every == 1


def test_earlier_rows_are_left_out(spread: Newsroom) -> None:
    """A later period counts only rows that arrived in it; a period in the future counts none."""
    with spread.engine.connect() as connection:
        assert [step.files for step in trends(connection, NOON + HOUR, HOUR, 1).steps] == [12]
        assert [step.files for step in trends(connection, datetime.now(UTC), HOUR, 2).steps] == [0, 0]


def test_many_rows_are_sampled(spread: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a limit every nth row is read and counts n times."""
    monkeypatch.setattr(over_time, "_MOST_ROWS", 6)
    with spread.engine.connect() as connection:
        counted = trends(connection, NOON, HOUR, 3)
    assert counted.every > 1
    assert sum(step.files for step in counted.steps) == pytest.approx(24, abs=counted.every)
