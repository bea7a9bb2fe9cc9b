"""The review queue: close verdicts get in, and decisions correct and take out."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.border import JOINED, REFUSED, answer, queue
from tests.integration.delivery import WINDOW_DAYS, rows, run, scalar
from tests.integration.newsroom import Newsroom
from tests.integration.test_reprocess import MARK, reprocess_all
from worker.errors import CopydeskError
from worker.operations.audit import contradictions
from worker.queue.reviewing import GrowthWatch
from worker.settings import Settings
from worker.store import review
from worker.store.read.review import count_open, open_items
from worker.store.review import NewReviewItem
from worker.stories.correction_context import CorrectionContext
from worker.stories.corrections import merge, not_a_copy
from worker.stories.erase import erase
from worker.stories.undo import undo_last


@pytest.mark.parametrize(("close", "kind"), [(JOINED, "joined"), (REFUSED, "refused")])
def test_close_verdicts_are_asked_about(engine: Engine, work: Callable[..., None], close: str, kind: str) -> None:
    """A join or a refusal close to the border is in the queue, a clear copy and another text are not."""
    work(dispatch(1), dispatch(3), copy_of(3, 1), close)
    [asked] = queue(engine)
    assert (asked.kind, asked.article_id, asked.other_id) == (kind, 4, 1)
    assert asked.reason
    assert 0.6 <= asked.similarity < 0.7


def test_the_newest_pair_is_first(engine: Engine, newsroom: Newsroom) -> None:
    """Pairs are listed newest first, and continued below an id."""
    for number in (1, 2, 3):
        newsroom.article(dispatch(number))
    with engine.begin() as connection:
        for article, other in ((2, 1), (3, 2), (3, 1)):
            review.insert(connection, [NewReviewItem("refused", article, other, 0.6, "Alike.")])
        assert [row.id for row in open_items(connection, 9)] == [3, 2, 1]
        assert [row.id for row in open_items(connection, 1, before=3)] == [2]


@pytest.mark.parametrize(
    ("close", "decision", "together"),
    [(JOINED, "same", True), (JOINED, "another", False), (REFUSED, "same", True), (REFUSED, "another", False)],
)
def test_a_decision_is_a_correction_that_lasts(
    settings: Settings,
    engine: Engine,
    work: Callable[..., None],
    newsroom: Newsroom,
    close: str,
    decision: str,
    together: bool,
) -> None:
    """The stories are as decided, a copy that arrives later respects it, and the pair is not asked about again."""
    work(dispatch(1), close)
    [asked] = queue(engine)
    decided = answer(engine, asked.id, decision, "mara")
    assert (decided.decision, decided.decided_by) == (decision, "mara")
    assert (newsroom.story_of(1) == newsroom.story_of(2)) is together
    stored = rows(engine, "SELECT same, made_by, note FROM corrections WHERE article_id = 2 AND other_id = 1")
    assert (int(together), "mara", "read it") in [tuple(row) for row in stored]
    assert not queue(engine)
    work(close + "\n\nIt was added later.")
    assert (newsroom.story_of(1) == newsroom.story_of(2)) is together
    assert not [row for row in queue(engine) if {row.article_id, row.other_id} == {1, 2}]
    assert list(contradictions(settings, engine)) == []


@pytest.mark.parametrize(
    ("close", "decision"), [(JOINED, "same"), (JOINED, "another"), (REFUSED, "same"), (REFUSED, "another")]
)
def test_a_decision_can_be_undone(
    settings: Settings, engine: Engine, work: Callable[..., None], newsroom: Newsroom, close: str, decision: str
) -> None:
    """An undo sets the stories back, and what was stored on this pair does not count any more."""
    work(dispatch(1), close)
    before = newsroom.story_of(1) == newsroom.story_of(2)
    answer(engine, queue(engine)[0].id, decision)
    with engine.begin() as connection:
        undo_last(CorrectionContext(connection, WINDOW_DAYS))
    assert (newsroom.story_of(1) == newsroom.story_of(2)) is before
    assert scalar(engine, "SELECT count(*) FROM corrections WHERE kind <> 'undo'") == 0
    assert list(contradictions(settings, engine)) == []


def test_a_skipped_pair_changes_nothing(engine: Engine, work: Callable[..., None]) -> None:
    """Skipping takes the pair out of the queue without a correction."""
    work(dispatch(1), REFUSED)
    answer(engine, queue(engine)[0].id, "skip")
    assert not queue(engine)
    assert scalar(engine, "SELECT count(*) FROM corrections") == 0


def test_a_pair_is_decided_once(engine: Engine, work: Callable[..., None]) -> None:
    """The second of two editors learns that the pair is decided, and one that is gone that it is gone."""
    work(dispatch(1), REFUSED)
    [asked] = queue(engine)
    answer(engine, asked.id, "another")
    with pytest.raises(CopydeskError, match=r"decided already: another"):
        answer(engine, asked.id, "same")
    with pytest.raises(CopydeskError, match=r"There is no pair 99"):
        answer(engine, 99, "same")


@pytest.mark.parametrize(
    "correct", [lambda c: merge(c, 1, 2), lambda c: not_a_copy(c, 2, 1), lambda c: not_a_copy(c, 1, 2)]
)
def test_a_correction_elsewhere_answers_the_question(
    engine: Engine, work: Callable[..., None], correct: Callable[[CorrectionContext], object]
) -> None:
    """A pair that a person corrects in the story's page leaves the queue."""
    work(dispatch(1), REFUSED)
    with engine.begin() as connection:
        correct(CorrectionContext(connection, WINDOW_DAYS))
        assert count_open(connection) == 0


def test_an_erased_article_leaves_the_queue(engine: Engine, work: Callable[..., None]) -> None:
    """The reason may quote the text, so the row goes with the article."""
    work(dispatch(1), REFUSED)
    with engine.begin() as connection:
        erase(CorrectionContext(connection, WINDOW_DAYS), 1)
    assert scalar(engine, "SELECT count(*) FROM review_items") == 0


def test_a_question_that_answers_itself_is_withdrawn(
    engine: Engine, work: Callable[..., None], newsroom: Newsroom
) -> None:
    """A refused pair whose stories other texts have joined is not shown, and is removed by the scheduler."""
    work(dispatch(1), REFUSED)
    newsroom.merge(2, 1)
    assert not queue(engine)
    assert scalar(engine, "SELECT count(*) FROM review_items") == 1
    GrowthWatch(engine).run()
    assert scalar(engine, "SELECT count(*) FROM review_items") == 0


def test_the_command_lists_and_decides(
    engine: Engine, work: Callable[..., None], copydesk: Callable[..., Any], newsroom: Newsroom
) -> None:
    """Without a terminal `copydesk review` lists the pairs; with a pair and a decision it decides."""
    assert "No pair waits" in copydesk("review").err
    work(dispatch(1), REFUSED)
    [row] = json.loads(copydesk("review", "--json").out)
    listed = copydesk("review", "--list").out
    assert listed.splitlines()[1].split("\t")[:3] == [str(row["id"]), "Refused by little", "1, 2"]
    ran = copydesk("review", row["id"], "same", "--note", "one fire")
    assert (ran.code, ran.out) == (0, "Articles 1 and 2 are one story: 1.\n")
    assert newsroom.story_of(2) == 1
    assert copydesk("review", row["id"], "same").code == 1
    assert copydesk("review", row["id"]).code == 2


def test_verdicts_of_a_reprocessing_are_asked_about(
    settings: Settings, engine: Engine, work: Callable[..., None]
) -> None:
    """A pair that a new cleaner brings close to the border is in the queue once; a clear one leaves it."""
    work(dispatch(1), dispatch(3) + MARK + dispatch(4), REFUSED + MARK + dispatch(5) + dispatch(6))
    run(engine, "DELETE FROM review_items")
    with engine.begin() as connection:
        review.insert(connection, [NewReviewItem("refused", 2, 1, 0.65, "As judged before.")])
    reprocess_all(settings, engine)
    [asked] = queue(engine)
    assert (asked.kind, asked.article_id, asked.other_id) == ("refused", 3, 1)
    assert 0.6 <= asked.similarity < 0.7
