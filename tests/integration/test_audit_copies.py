"""What the audit says of texts with the same words in two stories: only a person may have put them there."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import WINDOW_DAYS, deliver, rows, run, scalar
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.stories import corrections


@pytest.fixture
def split(engine: Engine) -> Callable[[int], None]:
    """Return a function that splits an article off as a person does."""

    def apply(article: int) -> None:
        with engine.begin() as connection:
            corrections.split(corrections.CorrectionContext(connection, WINDOW_DAYS), article)

    return apply


def test_copies_that_a_person_separated_are_no_fault(
    settings: Settings, engine: Engine, processor: BatchProcessor, split: Callable[[int], None]
) -> None:
    """Each copy is split off from one other: the audit accepts all pairs, also that of copies never in one story."""
    processor.process(deliver(settings, engine, [("1.txt", dispatch(1)), ("2.txt", dispatch(1))]))
    split(1)
    for name in ("3.txt", "4.txt", "5.txt"):
        [file] = deliver(settings, engine, [(name, dispatch(1))])
        processor.process([file])
        split(scalar(engine, "SELECT max(id) FROM articles"))
    assert scalar(engine, "SELECT count(DISTINCT story_id) FROM articles") == 5
    assert list(contradictions(settings, engine)) == []


def test_copies_that_nobody_separated_are_a_fault(
    settings: Settings, engine: Engine, processor: BatchProcessor, split: Callable[[int], None]
) -> None:
    """Copies of another text in two stories are reported, although a person separated copies of the first one."""
    texts = [dispatch(1), dispatch(1), dispatch(2), dispatch(2), dispatch(3)]
    processor.process(deliver(settings, engine, [(f"{n}.txt", text) for n, text in enumerate(texts)]))
    split(1)
    assert list(contradictions(settings, engine)) == []
    [(article, other)] = rows(
        engine, "SELECT max(a.id), max(b.id) FROM articles a, articles b WHERE a.file_id = 4 AND b.file_id = 5"
    )
    run(
        engine,
        "UPDATE articles SET story_id = (SELECT story_id FROM articles WHERE id = :other) WHERE id = :article",
        article=article,
        other=other,
    )
    found = [problem for problem in contradictions(settings, engine) if "have the same words" in problem]
    assert len(found) == 1
    assert f"{article} " in found[0]
