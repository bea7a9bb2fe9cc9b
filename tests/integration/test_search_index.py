"""The search index is filled behind the placement, and follows whatever happens to the articles."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.backup.installation import backed_up, restored
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, rows, run, scalar
from tests.integration.newsroom import Newsroom
from tests.integration.test_reprocess import MARK, reprocess_all
from tests.integration.test_search import BAKERS, HARBOUR, found, look
from worker.operations.health import limits
from worker.pipeline.batch import BatchProcessor
from worker.queue import indexing
from worker.queue.sweeper import run as run_scheduler
from worker.search import vector
from worker.settings import Settings
from worker.store import search_index
from worker.store.migrate import migrate
from worker.store.stems import Stems

Copydesk = Callable[..., Ran]


def words(engine: Engine) -> set[str]:
    """Return the known words."""
    return {row.word for row in rows(engine, "SELECT word FROM search_words")}


def test_what_is_not_indexed_yet_is_reported(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """An article is found once it is indexed; until then the results count it."""
    newsroom.article(HARBOUR)
    assert newsroom.index() == 1
    newsroom.article(BAKERS)
    newsroom.article(f"{BAKERS} More.")
    results = look(newsroom, "flour")
    assert (results.rows, results.pending) == ([], 2)
    assert "The last 2 articles are being indexed" in copydesk("stories", "--search", "flour").err
    assert newsroom.index() == 2
    assert (found(newsroom, "flour"), newsroom.index()) == ([3, 2], 0)
    assert "indexed" not in copydesk("stories", "--search", "flour").err


def test_the_scheduler_indexes(settings: Settings, newsroom: Newsroom) -> None:
    """A running scheduler indexes what has arrived, without a command."""
    newsroom.article(HARBOUR)
    stopping = threading.Event()
    quick = settings.model_copy(update={"sweep_seconds": 0.1})
    scheduler = threading.Thread(target=run_scheduler, args=(quick, newsroom.engine, stopping))
    scheduler.start()
    try:
        with psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True) as waiting:
            for _ in range(600):
                if waiting.execute("SELECT FROM search_vectors").rowcount:
                    break
                waiting.execute("SELECT pg_sleep(0.05)")
    finally:
        stopping.set()
        scheduler.join()
    assert found(newsroom, "harbour") == [1]


def test_erased_words_leave_the_index_at_once(
    settings: Settings, engine: Engine, processor: BatchProcessor, newsroom: Newsroom, copydesk: Copydesk
) -> None:
    """Vector and known words of an erased article are gone with it, also if it was never indexed."""
    for name, text in (("a.txt", f"Kilimandscharo {dispatch(1)}"), ("b.txt", dispatch(2))):
        processor.process(deliver(settings, engine, [(name, text)]))
    newsroom.index()
    processor.process(deliver(settings, engine, [("c.txt", f"Zugspitze {dispatch(3)}")]))
    assert "kilimandscharo" in words(engine)
    assert copydesk("erase", 1).code == 0
    assert copydesk("erase", 3).code == 0
    newsroom.index()
    assert [row.article_id for row in rows(engine, "SELECT article_id FROM search_vectors")] == [2]
    assert not {"kilimandscharo", "zugspitze"} & words(engine)
    assert found(newsroom, "kilimandscharo or zugspitze") == []


def test_an_article_that_is_erased_meanwhile_is_not_indexed(newsroom: Newsroom) -> None:
    """The index refuses the words of an article that another version of Copydesk has just deleted."""
    newsroom.article(HARBOUR)
    with newsroom.engine.begin() as deleting, newsroom.engine.connect() as indexer:
        deleting.exec_driver_sql("DELETE FROM articles")
        indexer.exec_driver_sql("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            search_index.index_next(indexer, Stems(), set())
    assert newsroom.index() == 0
    assert scalar(newsroom.engine, "SELECT count(*) FROM search_vectors") == 0


def test_reprocessed_texts_are_indexed_again(
    settings: Settings, engine: Engine, processor: BatchProcessor, newsroom: Newsroom
) -> None:
    """Words that a new cleaner removes find nothing from the moment of the change; the others do after indexing."""
    processor.process(deliver(settings, engine, [("a.txt", f"{dispatch(1)}{MARK}Zugspitze {dispatch(9)}")]))
    processor.process(deliver(settings, engine, [("b.txt", dispatch(2))]))
    newsroom.index()
    kept = dispatch(1).split()[3].strip(".,")
    assert (found(newsroom, "zugspitze"), 1 in found(newsroom, kept)) == ([1], True)
    reprocess_all(settings, engine)
    results = look(newsroom, "zugspitze")
    assert (results.rows, results.pending) == ([], 1)
    assert "zugspitze" not in words(engine)
    assert newsroom.index() == 1
    assert 1 in found(newsroom, kept)
    assert found(newsroom, "zugspitze") == []


def test_a_restored_archive_is_indexed_again(
    settings: Settings, engine: Engine, processor: BatchProcessor, newsroom: Newsroom,
    empty: tuple[Settings, Engine], tmp_path: Path,
) -> None:  # fmt: skip
    """A backup leaves the index out; after a restore all articles count as not indexed, and are indexed."""
    processor.process(deliver(settings, engine, [("a.txt", f"Zugspitze {dispatch(1)}"), ("b.txt", dispatch(2))]))
    newsroom.index()
    target = backed_up(settings, engine, tmp_path / "backup")
    assert b"search_vectors" not in target.read_bytes()
    restored(empty, target)
    elsewhere = Newsroom(empty[1])
    assert look(elsewhere, "zugspitze").pending == 2
    assert elsewhere.index() == 2
    assert found(elsewhere, "zugspitze") == [1]


def test_an_article_that_postgres_refuses_costs_only_itself(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vector that can't be stored leaves out its article; the others are indexed, and it is not tried for ever."""
    newsroom.article(HARBOUR)
    newsroom.article(f"{BAKERS} Toxic.")
    newsroom.article(BAKERS)
    real = vector.vector
    monkeypatch.setattr(search_index, "vector", lambda t, b, *r: f"'{'x' * 3000}'" if "toxic" in b else real(t, b, *r))
    assert newsroom.index() == 3
    assert (found(newsroom, "crane"), found(newsroom, "flour")) == ([1], [3])
    assert newsroom.index() == 0


def test_trouble_with_the_database_is_waited_out(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the index can't be written, the scheduler goes on, and the articles are indexed later."""
    newsroom.article(HARBOUR)
    run(newsroom.engine, "ALTER TABLE search_vectors RENAME TO elsewhere")
    assert newsroom.index() == 0
    run(newsroom.engine, "ALTER TABLE elsewhere RENAME TO search_vectors")
    monkeypatch.setattr(indexing, "sort_in", lambda _: run(newsroom.engine, "SELECT 1 / 0"))
    assert newsroom.index() == 1


def test_without_trigrams_only_exact_words_are_found(
    settings: Settings, newsroom: Newsroom, copydesk: Copydesk
) -> None:
    """Where the server refuses the extension, check says what is missing and what to do; `migrate` adds it later."""
    newsroom.article(HARBOUR)
    newsroom.index()
    assert limits(settings) == []
    run(newsroom.engine, "DROP EXTENSION pg_trgm CASCADE")
    assert found(newsroom, "ostrel") == [1]
    assert found(newsroom, "harbuor") == []
    checked = copydesk("check")
    assert checked.code == 0
    assert "CREATE EXTENSION pg_trgm" in checked.out
    migrate(newsroom.engine)
    assert found(newsroom, "harbuor") == [1]


def test_a_long_text_fits(newsroom: Newsroom) -> None:
    """A text beyond the limit of a vector is indexed as far as it goes: the beginning is found."""
    many = " ".join(f"ворд{number:x}слово{number}" for number in range(60_000))
    newsroom.article(f"Zugspitze {many}", language="ru")
    newsroom.article("".join(map(chr, range(0x4E00, 0x9FA5))) * 5, language="zh")
    assert newsroom.index() == 2
    assert found(newsroom, "zugspitze") == [1]
    assert found(newsroom, "一丁") == [2]


def test_copies_in_two_batches_are_all_indexed(
    settings: Settings, engine: Engine, processor: BatchProcessor, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches continue where the last one ended, whatever their size."""
    monkeypatch.setattr(indexing, "BATCH", 3)
    with closing(processor):
        processor.process(deliver(settings, engine, [(f"{n}.txt", copy_of(1, n)) for n in range(8)]))
    assert newsroom.index() == 8
    assert scalar(engine, "SELECT count(*) FROM search_vectors WHERE vector IS NOT NULL") == 8
