"""The privileges of the compose stack's service in Postgres suffice for all that it does."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from tests.dispatches import copy_of, dispatch
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor, rows, run, scalar
from tests.integration.test_bulk import silent
from worker.bulk.load import LoadRun
from worker.operations.audit import contradictions
from worker.operations.load import EmptyArchive
from worker.operations.prune import prune
from worker.queue.indexing import Indexer
from worker.queue.sweeper import sweep
from worker.reprocess.batch import PRESENT
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.store import quarantine, recovery, review, saved_views, webhook_messages
from worker.store.prune import PruneRule
from worker.store.read.review import open_items
from worker.store.reprocess import Versions
from worker.store.review import NewReviewItem

_ROLES = Path(__file__).parents[2] / "config" / "postgres-roles.sh"
_GRANTS = re.compile(r"GRANT ([A-Z, ]+) ON (TABLES|SEQUENCES) TO copydesk_service;")


@pytest.fixture
def privileges(engine: Engine) -> Iterator[None]:
    """Limit the role of the tests to the privileges on tables and sequences that the stack's script grants."""
    granted = _GRANTS.findall(_ROLES.read_text())
    assert [kind for _, kind in granted] == ["TABLES", "SEQUENCES"]
    if rows(engine, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper"):
        pytest.skip("DATABASE_URL names a superuser, who has all privileges whatever is granted")
    for privilege, kind in granted:
        run(engine, f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM CURRENT_USER")
        run(engine, f"GRANT {privilege} ON ALL {kind} IN SCHEMA public TO CURRENT_USER")
    yield
    for _, kind in granted:
        run(engine, f"GRANT ALL ON ALL {kind} IN SCHEMA public TO CURRENT_USER")


def test_the_privileges_are_no_more_than_the_stack_grants(engine: Engine, privileges: None) -> None:
    """The role can't do what an owner can, such as setting the next id; else the other test would prove nothing."""
    for forbidden in ("SELECT setval('files_id_seq', 1)", "TRUNCATE changes"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(engine, forbidden)


def test_the_service_does_all_its_work_with_its_privileges(
    settings: Settings, engine: Engine, privileges: None, copydesk: Callable[..., Ran], tmp_path: Path
) -> None:
    """Files are processed, copies join, people correct, all is backed up, articles are reprocessed, bytes pruned."""
    with closing(new_processor(settings)) as processor:
        processor.process(deliver(settings, engine, [(f"{n}.txt", dispatch(n)) for n in range(4)]))
        processor.process(deliver(settings, engine, [("copy.txt", copy_of(1, 1)), ("bad.pdf", b"%PDF-1.4 broken")]))
        processor.process(deliver(settings, engine, [("grown.txt", dispatch(2) + dispatch(50, 40))]))
    assert rows(engine, "SELECT state, count(*) FROM files GROUP BY 1 ORDER BY 1") == [("done", 6), ("quarantined", 1)]
    assert rows(engine, "SELECT story_id FROM articles ORDER BY id") == [(1,), (2,), (3,), (4,), (2,), (3,)]
    assert Indexer(engine).run(60, threading.Event()) == 6
    for command in (
        ("stories", "--search", "dispatch"),
        ("merge", 1, 4),
        ("split", 5),
        ("not-a-copy", 6, 3),
        ("pin", 5),
        ("retry", "--all"),
        ("webhook", "add", "https://203.0.113.0.invalid/", "--after", 0),
        ("stories",),
    ):
        ran = copydesk(*command)
        assert ran.code == 0, (command, ran.err)
    with engine.begin() as connection:
        message = webhook_messages.next_message(connection, 1)
        assert message
        webhook_messages.delivered(connection, message, 200)
    assert copydesk("webhook", "remove", 1).code == 0
    assert copydesk("backup", tmp_path / "backup").code == 0
    assert copydesk("erase", 3).code == 0
    sweep(settings, engine)
    ReprocessRun(settings, engine, versions=Versions(PRESENT.cleaner + 1, PRESENT.fingerprint))(lambda *_: None)
    prune(settings, engine, PruneRule(datetime.now(UTC), ("done",)), lambda *_: None, dry=False)
    assert list(contradictions(settings, engine)) == []


def test_people_do_all_their_work_with_these_privileges(
    settings: Settings, engine: Engine, privileges: None, copydesk: Callable[..., Ran]
) -> None:
    """Corrections are undone, pairs decided, views saved and removed, quarantined files dismissed and tried again."""
    with closing(new_processor(settings)) as processor:
        processor.process(deliver(settings, engine, [("a.txt", dispatch(1)), ("b.txt", dispatch(2))]))
        [bad] = deliver(settings, engine, [("bad.pdf", b"%PDF-1.4 broken")])
        processor.process([bad])
    with engine.begin() as connection:
        review.insert(connection, [NewReviewItem("refused", 2, 1, 0.6, "Alike.")])
        assert review.forget_oldest(connection, keep=0, most=1) == 1
        review.insert(connection, [NewReviewItem("refused", 2, 1, 0.6, "Alike.")])
        [item] = open_items(connection, 1)
    for command in (("review", item.id, "same"), ("undo",), ("pin", 1), ("undo",), ("corrections",)):
        ran = copydesk(*command)
        assert ran.code == 0, (command, ran.err)
    assert rows(engine, "SELECT kind FROM correction_log ORDER BY id") == [("merge",), ("undo",), ("pin",), ("undo",)]
    with engine.begin() as connection:
        assert saved_views.add(connection, "Floods", "q=flood", "mara")
        [view] = saved_views.all_views(connection)
        saved_views.remove(connection, view.id)
        assert saved_views.all_views(connection) == []
        assert quarantine.dismiss(connection, quarantine.with_reason(connection, _reason(engine, bad))) == 1
        assert [file.id for file in recovery.retry_quarantined(connection, [bad]).files] == [bad]
    assert list(contradictions(settings, engine)) == []


def _reason(engine: Engine, file: int) -> str:
    return str(scalar(engine, "SELECT reason FROM files WHERE id = :id", id=file))


@pytest.mark.usefixtures("privileges")
def test_a_corpus_is_loaded_with_these_privileges(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    """`copydesk bulk --load` needs no more rights than the service."""
    (tmp_path / "in").mkdir()
    for number in range(2):
        (tmp_path / "in" / f"{number}.txt").write_text(dispatch(1))
    archive = EmptyArchive(engine)
    loaded = LoadRun(settings.model_copy(update={"concurrency": 1}), [tmp_path / "in"], archive, silent).run_load()
    assert (loaded.articles, loaded.stories) == (2, 1)
    assert list(contradictions(settings, engine)) == []
