"""The review queue has stories that grow oddly, is bounded, and is read by its index."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.border import answer, queue
from tests.integration.delivery import run
from tests.integration.newsroom import Newsroom
from worker.queue.reviewing import GrowthWatch
from worker.stories.review import ask_about_growth


def fill(newsroom: Newsroom, texts: int, source: str | None) -> None:
    """Insert a story with this many different texts of one source."""
    for number in range(texts):
        newsroom.article(
            copy_of(1, number), story=1 if number else None, relation="near", source=source, similarity=1 - number / 100
        )


@pytest.mark.parametrize(("source", "few", "many"), [("Norwire", 7, 8), (None, 39, 40)])
def test_a_story_that_grows_oddly_is_asked_about_once(
    engine: Engine, newsroom: Newsroom, source: str | None, few: int, many: int
) -> None:
    """Many texts of one source, or very many of any, put the least similar one into the queue, until it is answered."""
    fill(newsroom, few, source)
    assert GrowthWatch(engine).run() == 0
    newsroom.article(copy_of(1, 99), story=1, relation="near", source=source, similarity=0.95)
    assert GrowthWatch(engine).run() == 1
    [asked] = queue(engine)
    assert (asked.kind, asked.article_id, asked.other_id) == ("growth", few, 1)
    assert f"got {many} different texts within a day" in asked.reason
    assert GrowthWatch(engine).run() == 0
    answer(engine, asked.id, "another")
    assert newsroom.story_of(few) != 1
    run(engine, "UPDATE articles SET arrived_at = now() WHERE id = :id", id=few)
    newsroom.article(copy_of(1, 100), story=1, relation="near", source=source)
    assert GrowthWatch(engine).run() == 1, "what one text shows holds for others of the story"
    answer(engine, queue(engine)[0].id, "same")
    newsroom.article(copy_of(1, 101), story=1, relation="near", source=source)
    assert GrowthWatch(engine).run() == 0, "a story that is confirmed is not asked about again on the same day"


def test_a_watch_waits_between_two_looks(engine: Engine, newsroom: Newsroom) -> None:
    """A story that grows between two looks is found by the next one only."""
    watch = GrowthWatch(engine)
    assert watch.run() == 0
    fill(newsroom, 8, "Norwire")
    assert watch.run() == 0


def test_the_queue_is_read_by_an_index(engine: Engine, newsroom: Newsroom) -> None:
    """With 100,000 rows, reading and counting the queue read a thousand of them at most and no whole table."""
    newsroom.article(dispatch(1))
    newsroom.article(dispatch(2))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE review_items DROP CONSTRAINT uq_review_items_article_id_other_id"))
        connection.execute(
            text("""
                INSERT INTO review_items (kind, article_id, other_id, similarity, reason, decision)
                SELECT 'refused', 2, 1, 0.6, 'A reason.', CASE WHEN n % 2 = 0 THEN 'another' END
                FROM generate_series(1, 100000) AS n""")
        )
        connection.execute(text("ANALYZE review_items"))
        for statement in _statements():
            plan = connection.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")).scalar_one()
            for node in _nodes(plan[0]["Plan"]):
                if node.get("Relation Name") == "review_items":
                    assert node["Node Type"] in {"Index Scan", "Index Only Scan"}
                    assert node["Actual Rows"] <= 1_000
        connection.rollback()


def test_the_queue_keeps_the_newest_close_verdicts(engine: Engine, newsroom: Newsroom) -> None:
    """Beyond 10,000 the oldest leave, 5,000 with each look; decisions and growing stories stay."""
    newsroom.article(dispatch(1))
    newsroom.article(dispatch(2), story=1, relation="near")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE review_items DROP CONSTRAINT uq_review_items_article_id_other_id"))
        connection.execute(
            text("""
                INSERT INTO review_items (kind, article_id, other_id, similarity, reason, decision)
                SELECT CASE WHEN n = 1 THEN 'growth' ELSE 'joined' END, 2, 1, 0.6, 'A reason.',
                    CASE WHEN n = 2 THEN 'skip' END
                FROM generate_series(1, 16002) AS n""")
        )
        counts = []
        for _ in range(3):
            ask_about_growth(connection)
            counts.append(connection.execute(text("SELECT count(*) FROM review_items")).scalar_one())
        kept = list(connection.execute(text("SELECT id FROM review_items ORDER BY id LIMIT 3")).scalars())
        connection.rollback()
    assert counts == [11_002, 10_002, 10_002]
    assert kept == [1, 2, 6_003]


def _statements() -> list[str]:
    from worker.store.read import review

    values = {":before": "2147483647", ":limit": "21"}
    opened = review._OPEN
    for name, value in values.items():
        opened = opened.replace(name, value)
    return [opened, review._COUNT]


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in _nodes(child))]
