"""What the dashboard and the page of sources count: steps of time, who was first, who followed whom."""

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
    """Who had a story first, how often, and how long after the first the others came; the host stands for a source."""
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
    """Return a newsroom with a file and an article each minute of two hours, every tenth file in quarantine."""
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


def test_steps_count_what_came_in_them(spread: Newsroom) -> None:
    """Files, quarantined ones, their time to an outcome, and articles stand in the step in which they came."""
    with spread.engine.connect() as connection:
        found = trends(connection, NOON, HOUR, 3)
    assert [step.start for step in found.steps] == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert [step.files for step in found.steps] == [11, 12, 1]
    assert [step.quarantined for step in found.steps] == [5, 6, 1]
    assert [step.stories for step in found.steps] == [5, 6, 1]
    assert found.steps[0].median_seconds == pytest.approx(2)
    assert found.every == 1


def test_what_came_before_is_left_out(spread: Newsroom) -> None:
    """A period that starts later finds its first rows and counts no others; one of the future finds none."""
    with spread.engine.connect() as connection:
        assert [step.files for step in trends(connection, NOON + HOUR, HOUR, 1).steps] == [12]
        assert [step.files for step in trends(connection, datetime.now(UTC), HOUR, 2).steps] == [0, 0]


def test_of_many_rows_some_stand_for_all(spread: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a bound every nth row is read and counts n times."""
    monkeypatch.setattr(over_time, "_MOST_ROWS", 6)
    with spread.engine.connect() as connection:
        found = trends(connection, NOON, HOUR, 3)
    assert found.every > 1
    assert sum(step.files for step in found.steps) == pytest.approx(24, abs=found.every)
