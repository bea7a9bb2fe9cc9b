"""Killed, withheld and embargoed articles: which is canonical, what the change feed says, and what readers show."""

from collections.abc import Callable, Iterator
from itertools import permutations

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import WINDOW_DAYS, deliver, rows, scalar
from tests.integration.mirror import Mirror
from tests.integration.mirror import stored as stored_stories
from tests.integration.test_reprocess import reprocess_all
from worker.errors import CopydeskError
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.read.export import ARTICLES, STORIES
from worker.store.read.export import rows as exported
from worker.store.read.stories import story, story_rows
from worker.store.read.story_filter import StoryFilter
from worker.stories.corrections import CorrectionContext, pin

Send = Callable[..., None]
LATER = "2099-10-23T12:00:00Z"


@pytest.fixture
def send(settings: Settings, engine: Engine, processor: BatchProcessor) -> Iterator[Send]:
    """Return a function that processes news items as one batch, each in a separate file; the tables stay sound."""
    sent = 0

    def process(*items: str) -> None:
        nonlocal sent
        files = [(f"{sent + i}.xml", item) for i, item in enumerate(items)]
        sent += len(items)
        processor.process(deliver(settings, engine, files))

    yield process
    assert list(contradictions(settings, engine)) == []
    mirror = Mirror(engine)
    assert mirror.catch_up() == stored_stories(engine)


def item(text: str, version: int | None = 1, status: str = "usable", *, agency: str = "lpa", embargo: str = "") -> str:
    """Return a news item of an agency; all have the same number."""
    number = f' version="{version}"' if version else ""
    until = f"<embargoed>{embargo}</embargoed>" if embargo else ""
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:{agency}.example:20260301:7"{number}>'
        f'<itemMeta><pubStatus qcode="stat:{status}"/>{until}</itemMeta>'
        f'<contentSet><inlineData contenttype="text/plain">{text}</inlineData></contentSet></newsItem>'
    )


def statuses(engine: Engine) -> list[str]:
    """Return the status of each article."""
    return [row[0] for row in rows(engine, "SELECT status FROM articles ORDER BY id")]


def canonical(engine: Engine) -> list[int]:
    """Return the canonical article of each live story, by story."""
    return [row[0] for row in rows(engine, "SELECT canonical_id FROM stories WHERE merged_into IS NULL ORDER BY id")]


def reported(engine: Engine, kind: str) -> list[int]:
    """Return the articles that the change feed names with this kind."""
    changes = rows(engine, "SELECT article_id, kind FROM changes ORDER BY id")
    return [article for article, its_kind in changes if its_kind == kind]


KILL = "KILL - Editors: the dispatch on the quay of Varnby is wrong and must not be used."


@pytest.mark.parametrize("version", [1, 2, None])
def test_a_kill_notice_withdraws_what_came_before(send: Send, engine: Engine, version: int | None) -> None:
    """A notice with the same id withdraws the dispatch, also if it has its version or none."""
    send(item(dispatch(1, 120), version and 1))
    send(item(KILL, version, "canceled"))
    assert statuses(engine) == ["withdrawn", "withdrawn"]
    assert sorted(reported(engine, "withdrawn")) == [1, 2]
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NULL") == 1


def test_the_same_text_cancelled_is_withdrawn(send: Send, engine: Engine) -> None:
    """Agencies also kill by sending the text again with another status."""
    text = dispatch(1, 120)
    send(item(text, 1))
    send(item(text, 2, "canceled"))
    assert statuses(engine) == ["withdrawn", "withdrawn"]
    assert canonical(engine) == [1]


def test_a_copy_of_a_withdrawn_text_becomes_canonical(send: Send, engine: Engine) -> None:
    """Where another copy of the story may be used, it replaces the withdrawn text."""
    send(item(dispatch(1, 200), 1), item(copy_of(1, 1, 200), 1, agency="opa"))
    before = canonical(engine)
    assert len(before) == 1
    killed, other = ("lpa", 2) if before == [1] else ("opa", 1)
    send(item(KILL, 2, "canceled", agency=killed))
    assert canonical(engine) == [other]
    assert scalar(engine, "SELECT canonical_reason FROM stories").startswith("Its provider lets it be used")
    assert reported(engine, "canonical")[-1] == other


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
@pytest.mark.parametrize("together", [True, False])
def test_the_order_of_arrival_does_not_matter(send: Send, engine: Engine, order: list[int], together: bool) -> None:
    """A notice withdraws versions that are not newer, whenever each arrives; a newer version is usable."""
    items = [item(dispatch(1, 120), 1), item(KILL, 2, "canceled"), item(dispatch(2, 120), 3)]
    if together:
        send(*(items[i] for i in order))
    else:
        for i in order:
            send(items[i])
    by_version = dict(rows(engine, "SELECT version, status FROM articles"))
    assert by_version == {1: "withdrawn", 2: "withdrawn", 3: "usable"}
    newest = scalar(engine, "SELECT id FROM articles WHERE version = 3")
    assert newest in canonical(engine)


def test_the_same_number_of_another_agency_is_not_withdrawn(send: Send, engine: Engine) -> None:
    """A notice concerns an id within its provider only."""
    send(item(dispatch(1, 120), 1), item(dispatch(2, 120), 1, agency="opa"))
    send(item(KILL, 2, "canceled", agency="xpa"))
    assert statuses(engine) == ["usable", "usable", "withdrawn"]


def test_an_embargo_ends_by_itself(send: Send, engine: Engine) -> None:
    """An embargoed article is withheld until its time, and usable from then on without any change."""
    send(
        item(dispatch(1, 120), 1, embargo=LATER),
        item(dispatch(2, 120), 1, agency="opa", embargo="2026-03-01T12:00:00Z"),
    )
    assert statuses(engine) == ["withheld", "withheld"]
    with engine.connect() as connection:
        shown = {row.canonical_article_id: row.status for row in story_rows(connection, StoryFilter())}
        assert shown == {1: "withheld", 2: "usable"}
        detail = story(connection, 1)
        assert detail is not None
        assert (detail.status, detail.copies[0].status) == ("withheld", "withheld")
        assert [row["status"] for row in exported(connection, ARTICLES)] == ["withheld", "usable"]
        assert [row["status"] for row in exported(connection, STORIES)] == ["withheld", "usable"]
    assert reported(engine, "withheld") == [1, 2]


def test_a_usable_copy_comes_before_a_withheld_one(send: Send, engine: Engine) -> None:
    """A withheld text is canonical only while no copy may be used."""
    send(item(dispatch(1, 200), 1, embargo=LATER))
    assert canonical(engine) == [1]
    send(item(copy_of(1, 1, 200), 1, agency="opa"))
    assert canonical(engine) == [2]


def test_reprocessing_keeps_a_withdrawal(settings: Settings, send: Send, engine: Engine) -> None:
    """The dispatch itself does not say that it was withdrawn; reading it again does not forget it."""
    send(item(dispatch(1, 120), 1))
    send(item(KILL, 2, "canceled"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE articles SET cleaner_version = 0")
    reprocess_all(settings, engine)
    assert statuses(engine) == ["withdrawn", "withdrawn"]


def test_a_withdrawn_article_cannot_be_pinned(send: Send, engine: Engine) -> None:
    """A pin of a withdrawn article is refused, and an earlier one is no longer in force."""
    send(item(dispatch(1, 200), 1), item(copy_of(1, 1, 200), 1, agency="opa"))
    (first,) = canonical(engine)
    killed = "lpa" if first == 1 else "opa"
    with engine.begin() as connection:
        pin(CorrectionContext(connection, WINDOW_DAYS), first)
    send(item(KILL, 2, "canceled", agency=killed))
    assert canonical(engine) == [3 - first]
    with engine.begin() as connection, pytest.raises(CopydeskError, match="withdrawn by its provider"):
        pin(CorrectionContext(connection, WINDOW_DAYS), first)
