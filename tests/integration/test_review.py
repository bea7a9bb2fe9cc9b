"""The review queue: close verdicts and growing stories get in, decisions correct and take out, the queue is bounded."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, run, scalar
from tests.integration.newsroom import Newsroom
from worker.article import ReviewDecision
from worker.errors import CopydeskError
from worker.features import features
from worker.match import evidence, verdict
from worker.match.border import is_close
from worker.operations.audit import contradictions
from worker.queue.reviewing import GrowthWatch
from worker.settings import Settings
from worker.store import review
from worker.store.read.review import ReviewItem, count_open, open_items
from worker.store.review import NewReviewItem
from worker.stories.candidates import FeatureCache
from worker.stories.correction_context import CorrectionContext
from worker.stories.corrections import merge, not_a_copy
from worker.stories.erase import erase
from worker.stories.review import ask_about_growth, decide
from worker.stories.undo import undo_last


def close_to_border(*, same: bool) -> str:
    """Return a text whose verdict with a dispatch is a join or a refusal close to the border.

    It begins with as many words of the dispatch as that needs, and goes on with those of another one.
    """
    words, others = dispatch(1).split(" "), dispatch(2).split(" ")
    for count in range(40, 110):
        mixed = " ".join(words[:count] + others[count:])
        made = verdict(evidence(features(mixed, None, "en"), features(dispatch(1), None, "en")))
        if made.same == same and is_close(same=same, similarity=made.similarity, needed=made.needed):
            return mixed
    raise AssertionError("no number of words gives such a verdict")


#: The verdicts on these and the dispatch are a refusal and a join, both close to the border.
REFUSED, JOINED = close_to_border(same=False), close_to_border(same=True)


@pytest.fixture
def work(settings: Settings, engine: Engine) -> Callable[..., None]:
    """Return a function that places texts, each in its own batch."""

    def place(*texts: str) -> None:
        with closing(new_processor(settings)) as processor:
            for words in texts:
                assert processor.process(deliver(settings, engine, [(f"{abs(hash(words))}.txt", words)])) == []

    return place


def queue(engine: Engine) -> list[ReviewItem]:
    """Return the pairs that wait for a decision."""
    with engine.connect() as connection:
        return open_items(connection, 100)


def answer(engine: Engine, item: int, decision: str, name: str | None = None) -> ReviewItem:
    """Decide on a pair."""
    with engine.begin() as connection:
        return decide(CorrectionContext(connection, "read it", made_by=name), item, ReviewDecision(decision))


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
        undo_last(CorrectionContext(connection))
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
        correct(CorrectionContext(connection))
        assert count_open(connection) == 0


def test_an_erased_article_leaves_the_queue(engine: Engine, work: Callable[..., None]) -> None:
    """The reason may quote the text, so the row goes with the article."""
    work(dispatch(1), REFUSED)
    with engine.begin() as connection:
        erase(connection, FeatureCache(), 1)
    assert scalar(engine, "SELECT count(*) FROM review_items") == 0


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


def test_decisions_are_labels_that_evaluate_scores(
    engine: Engine, work: Callable[..., None], copydesk: Callable[..., Any], tmp_path: Path
) -> None:
    """The newest decision on each pair is exported with both texts, name and time, and scored in an empty database."""
    work(dispatch(1), REFUSED, dispatch(3), copy_of(3, 1))
    with engine.begin() as connection:
        context = CorrectionContext(connection, "read it", made_by="mara")
        not_a_copy(context, 4, 3)
        merge(context, 3, 4)
    answer(engine, queue(engine)[0].id, "another", "mara")
    target = tmp_path / "decisions.jsonl"
    assert copydesk("export", "decisions", "--output", target).code == 0
    exported = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [(row["label"], row["article_id"], row["other_article_id"], row["kind"]) for row in exported] == [
        ("same", 4, 3, "merge"),
        ("not", 2, 1, "not-a-copy"),
    ]
    assert {row["made_by"] for row in exported} == {"mara"}
    assert all(row["made_at"] and row["source_path"] and row["other_source_path"] for row in exported)
    for corpus in (target, tmp_path):
        [result] = json.loads(copydesk("evaluate", corpus, "--json").out)
        assert (result["labels"], result["articles"], result["true_pairs"], result["right_pairs"]) == ("pairs", 4, 1, 1)
        assert (result["precision"], result["recall"]) == (1, 1)


@pytest.mark.parametrize("line", ["{}", '{"label": "maybe", "article_id": 1}'])
def test_a_line_that_is_no_decision_is_named(copydesk: Callable[..., Any], tmp_path: Path, line: str) -> None:
    """A damaged file of decisions is refused with the number of the line."""
    (tmp_path / "decisions.jsonl").write_text(line + "\n", "utf-8")
    ran = copydesk("evaluate", tmp_path)
    assert ran.code == 1
    assert "decisions.jsonl, line 1: this is no decision" in ran.err
