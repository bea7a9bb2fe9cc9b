"""What cleaning changed, in its place: the text as it came beside the cleaned one."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from tests.integration.desk import deliver, new_desk
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
    """Take one article in that needs cleaning."""
    with closing(new_desk(settings)) as desk:
        desk.process(deliver(settings, engine, [("ferry.txt", CAME)]))
        yield


def test_each_change_stands_in_its_place(client: Client, taken: None) -> None:
    """What was taken out is marked in the text as it came, what was mended in the cleaned one; both are only text."""
    page = client.get("/articles/1/cleaning").text
    came, _, cleaned = page.partition('id="cleaned"')
    assert "<mark>" in came
    assert "har- bour" in came.replace("<mark>", "").replace("</mark>", "")
    assert "Categorized" in came
    assert "<b>Ferries" not in page
    assert "harbour" in cleaned.replace("<mark>", "").replace("</mark>", "")
    assert "Categorized" not in cleaned
    assert "/articles/1/cleaning" in client.get("/stories/1").text


def test_without_the_bytes_the_page_says_so(client: Client, settings: Settings, engine: Engine, taken: None) -> None:
    """Once the bytes were pruned the cleaned text is shown, with a sentence why there is nothing beside it."""
    prune(settings, engine, PruneRule(datetime.now(UTC), ("done",)), lambda *_: None)
    page = client.get("/articles/1/cleaning")
    assert page.status == 200
    assert "were removed by `copydesk prune`" in page.text
    assert "The ferry to" in page.text
    assert "original bytes" in client.get("/files/1").text


def test_an_unknown_article_is_not_found(client: Client) -> None:
    """There is no page on what does not exist."""
    assert client.get("/articles/7/cleaning").status == 404
