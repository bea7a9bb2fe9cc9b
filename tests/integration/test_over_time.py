"""The counts of the dashboard and the sources page: steps of time, first sources, and sources that follow others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.delivery import run
from tests.integration.newsroom import NOON, Newsroom
from worker.store.read import trends as over_time
from worker.store.read.publishers import publishers, publishers_of
from worker.store.read.sources import copying, sources
from worker.store.read.trends import trends

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
HOUR = timedelta(hours=1)


def _date_all(newsroom: Newsroom) -> None:
    run(newsroom.engine, "UPDATE articles SET published_at = seen_at")


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
    with newsroom.engine.connect() as connection:  # arrivals alone do not say who was first
        assert {(row.first, row.delay) for row in sources(connection)} == {(0, None)}
        assert copying(connection) == []
    _date_all(newsroom)
    with newsroom.engine.connect() as connection:
        ranked = [(row.name, row.stories, row.first, row.delay) for row in sources(connection)]
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


def test_the_only_dated_publisher_was_not_first(newsroom: Newsroom) -> None:
    """Where the other publishers gave no date, who was first is not known."""
    newsroom.article(HARBOUR, source="Norwire", published_at=NOON, seen=NOON)
    newsroom.article(f"{HARBOUR} Nobody was hurt.", story=1, relation="near", source="Tolle Post", seen=NOON)
    with newsroom.engine.connect() as connection:
        assert [(row.name, row.first) for row in sources(connection)] == [("Norwire", 0)]


def test_spellings_that_differ_in_case_are_one_source(newsroom: Newsroom) -> None:
    """NORWIRE and Norwire are counted together, under the most frequent spelling, and are not said to copy it."""
    for number, source in enumerate(("Norwire", "NORWIRE", "Norwire")):
        first = newsroom.article(f"{HARBOUR} {number}", source=source, seen=NOON)
        story = newsroom.story_of(first)
        newsroom.article(f"{HARBOUR}, {number}", story=story, relation="near", source="Tolle Post", seen=NOON + HOUR)
    newsroom.article(f"{HARBOUR}; 0", story=1, relation="near", source="NORWIRE", seen=NOON + HOUR)
    newsroom.article(f"{HARBOUR}! 0", story=1, relation="near", source="NorWire", seen=NOON - HOUR)
    newsroom.article(f"{HARBOUR}? 0", story=1, relation="near", source="NORWIRE", seen=NOON + HOUR)
    _date_all(newsroom)
    with newsroom.engine.connect() as connection:
        assert [(row.name, row.stories, row.first) for row in sources(connection)] == [
            ("NORWIRE", 3, 3),
            ("Tolle Post", 3, 0),
        ]
        assert [(row.first, row.copier, row.stories) for row in copying(connection)] == [("NORWIRE", "Tolle Post", 3)]
        assert [(row.name, row.copies) for row in publishers(connection, 1)] == [("NORWIRE", 4), ("Tolle Post", 1)]
        assert publishers_of(connection, [1])[1].names == ["NORWIRE", "Tolle Post"]


def test_a_publisher_is_the_source_or_site_or_agency_or_file(newsroom: Newsroom) -> None:
    """Copies without a source count for the site of their address, the agency of their dateline, or their file."""
    newsroom.article(HARBOUR, file=newsroom.file("wire.jsonl"), source="Norwire", seen=NOON)
    others: list[tuple[str, dict[str, Any]]] = [
        ("a/wire.jsonl", {"url": "https://www.Ostrel-Post.example/harbour"}),
        ("b/wire.jsonl", {"facts": {"agency": "VNA"}}),
        ("c/wire.jsonl", {}),
        ("inbox/hafen-übersicht.txt", {}),
    ]
    for hours, (name, fields) in enumerate(others, 1):
        file = newsroom.file(name)
        newsroom.article(f"{HARBOUR} {hours}", story=1, relation="near", file=file, seen=NOON + hours * HOUR, **fields)
    _date_all(newsroom)
    with newsroom.engine.connect() as connection:
        ranked = [(row.name, row.source, row.delay) for row in sources(connection)]
        followed = {(row.first, row.copier) for row in copying(connection)}
        of_story = [(row.name, row.delay) for row in publishers(connection, 1)]
        listed = publishers_of(connection, [1])[1]
    assert sorted(ranked, key=lambda row: row[0]) == [
        ("Norwire", "Norwire", None),
        ("VNA", "VNA", 2 * HOUR),
        ("hafen-übersicht.txt", None, 4 * HOUR),
        ("ostrel-post.example", "ostrel-post.example", HOUR),
        ("wire.jsonl", None, 3 * HOUR),
    ]
    assert followed == {("Norwire", row[0]) for row in ranked if row[0] != "Norwire"}
    in_time = ["Norwire", "ostrel-post.example", "VNA", "wire.jsonl", "hafen-übersicht.txt"]
    assert of_story == [(name, hours * HOUR) for hours, name in enumerate(in_time)]
    assert (listed.names, listed.languages) == (in_time, ["en"])


def test_an_arrival_is_not_taken_for_a_date(newsroom: Newsroom) -> None:
    """A copy without a date that arrived early is neither first nor late where other copies have dates."""
    newsroom.article(HARBOUR, source="Undated", seen=NOON - HOUR)
    for hours, name in enumerate(("Norwire", "Tolle Post")):
        at = NOON + hours * HOUR
        newsroom.article(f"{HARBOUR} {name}", story=1, relation="near", source=name, seen=at, published_at=at)
    with newsroom.engine.connect() as connection:
        of_story = [(row.name, row.delay) for row in publishers(connection, 1)]
        followed = [(row.first, row.copier) for row in copying(connection)]
        ranked = {row.name for row in sources(connection)}
    assert of_story == [("Norwire", 0 * HOUR), ("Tolle Post", HOUR), ("Undated", None)]
    assert followed == [("Norwire", "Tolle Post")]
    assert ranked == {"Norwire", "Tolle Post"}


@pytest.fixture
def spread(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a file every 5 minutes for two hours, every second one in quarantine, and 12 articles."""
    for number in range(12):
        newsroom.article(f"{HARBOUR} {number}", file=newsroom.file(f"{number}.txt"))
        newsroom.file(f"bad-{number}.txt", reason="It is a picture.")
    with newsroom.engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO changes (at, kind, story_id, article_id)
                    SELECT :noon + id * interval '10 minutes', CASE WHEN id % 3 = 0 THEN 'copy' ELSE 'created' END,
                        story_id, id FROM articles ORDER BY id"""),
            {"noon": NOON},
        )
        connection.execute(text("UPDATE articles SET relation = 'near' WHERE id % 3 = 0"))
        connection.execute(
            text("""UPDATE files SET arrived_at = :noon + id * interval '5 minutes',
                    finished_at = :noon + id * interval '5 minutes' + interval '2 seconds'"""),
            {"noon": NOON},
        )
    return newsroom


def test_steps_count_arrivals(spread: Newsroom) -> None:
    """Files and their outcomes count in the step of their arrival, stories and copies in that of their change."""
    with spread.engine.connect() as connection:
        counted = trends(connection, NOON, HOUR, 3)
    assert [step.start for step in counted.steps] == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert [step.files for step in counted.steps] == [11, 12, 1]
    assert [step.quarantined for step in counted.steps] == [5, 6, 1]
    assert [step.stories for step in counted.steps] == [4, 4, 0]
    assert [step.articles.get("near", 0) for step in counted.steps] == [1, 2, 1]
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
