"""The page that shows the delivered text next to the cleaned text."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import deliver, new_processor
from tests.serving import Client
from worker.operations.prune import prune
from worker.settings import Settings
from worker.store.prune import PruneRule

CAME = (
    "The ferry to Ost- rel was full on Monday, said the har- bour office, and the next one sails on Friday.\n\n"
    "Bakers on the quay sold all of their bread before the noon bell rang.\n\nCategorized in: <b>Ferries</b>\n"
)


@pytest.fixture
def taken(settings: Settings, engine: Engine) -> Iterator[None]:
    """Ingest one article that needs cleaning."""
    with closing(new_processor(settings)) as processor:
        processor.process(deliver(settings, engine, [("ferry.txt", CAME)]))
        yield


def test_each_change_is_marked_in_the_text(client: Client, taken: None) -> None:
    """Removed text is marked on the left, corrected text on the right, and neither becomes markup."""
    page = client.get("/articles/1/cleaning").text
    delivered, _, cleaned = page.partition('id="cleaned"')
    assert "<mark>" in delivered
    assert "har- bour" in delivered.replace("<mark>", "").replace("</mark>", "")
    assert "Categorized" in delivered
    assert "<b>Ferries" not in page
    assert "harbour" in cleaned.replace("<mark>", "").replace("</mark>", "")
    assert "Categorized" not in cleaned
    assert "/articles/1/cleaning" in client.get("/stories/1").text


def test_without_the_bytes_the_page_says_so(client: Client, settings: Settings, engine: Engine, taken: None) -> None:
    """After the bytes were pruned, the page shows the cleaned text and a sentence that says why it has no other."""
    prune(settings, engine, PruneRule(datetime.now(UTC), ("done",)), lambda *_: None)
    page = client.get("/articles/1/cleaning")
    assert page.status == 200
    assert "were removed by `copydesk prune`" in page.text
    assert "The ferry to" in page.text
    assert "original bytes" in client.get("/files/1").text


def test_an_unknown_article_is_not_found(client: Client) -> None:
    """The page of an article that does not exist is not found."""
    assert client.get("/articles/7/cleaning").status == 404
