"""Articles with fingerprints of another version, earlier or later, as during an upgrade or after a step back."""

from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, rows, scalar
from worker import clean, fingerprint
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings


def set_version(engine: Engine, version: int) -> None:
    """Give all stored articles another version, with SimHashes of the opposite bits."""
    with engine.begin() as connection:
        for row in connection.execute(text("SELECT id, simhash FROM articles")).all():
            values = {"id": row.id, "version": version, "simhash": bytes(255 - byte for byte in row.simhash)}
            connection.execute(
                text(
                    "UPDATE articles SET simhash = :simhash, cleaner_version = :version, fingerprint_version = :version"
                    " WHERE id = :id"
                ),
                values,
            )


def versions(engine: Engine) -> list[tuple[int, int]]:
    """Return the versions of the stored articles."""
    return [tuple(row) for row in rows(engine, "SELECT DISTINCT cleaner_version, fingerprint_version FROM articles")]


def test_simhashes_of_two_versions_are_not_compared(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """A copy joins a story of another version by the distance to its text, not to its stored SimHash."""
    processor.process(deliver(settings, engine, [("a.txt", dispatch(1, 40)), ("b.txt", dispatch(2, 40))]))
    set_version(engine, fingerprint.VERSION + 1)
    processor.process(deliver(settings, engine, [("c.txt", copy_of(1, 1, 40))]))
    assert rows(engine, "SELECT story_id FROM articles WHERE id = 3") == [(1,)]
    assert scalar(engine, "SELECT (evidence->>'distance')::int FROM links WHERE article_id = 3 AND same = 1") < 128


def test_reprocess_also_takes_a_later_version_back(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """After a step back to an older program, articles of the later one are processed again as it does."""
    files = [(f"{number}-{edition}.txt", copy_of(number, edition)) for number in range(3) for edition in range(3)]
    processor.process(deliver(settings, engine, files))
    for version in (clean.VERSION + 7, 1):
        set_version(engine, version)
        summary = ReprocessRun(settings, engine)(lambda *_: None)
        assert summary.looked_at == len(files)
        assert versions(engine) == [(clean.VERSION, fingerprint.VERSION)]
        assert list(contradictions(settings, engine)) == []
    assert scalar(engine, "SELECT count(DISTINCT story_id) FROM articles") == 3
