"""The page that shows the delivered text next to the cleaned text."""

import re
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
    """Removed text is a deletion, corrected text an insertion next to it, and neither becomes markup."""
    page = client.get("/articles/1/cleaning").text
    removed = " ".join(re.findall("<del>(.*?)</del>", page, re.DOTALL))
    added = " ".join(re.findall("<ins>(.*?)</ins>", page, re.DOTALL))
    assert "har- bour" in removed
    assert "Categorized" in removed
    assert "<b>Ferries" not in page
    assert "harbour" in added
    assert "Categorized" not in added
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


@pytest.fixture
def long_articles(settings: Settings, engine: Engine) -> Iterator[None]:
    """Ingest an article of 700 KB, a near copy and an article of 140 KB, all without a word that occurs once."""
    text = "".join(
        f"On quay {n % 97} the crane {n % 89} lifts- ed {n % 83} crates for the ferry.\n\n" for n in range(13_000)
    )
    with closing(new_processor(settings)) as processor:
        files = [("long.txt", text), ("longer.txt", f"{text}The ferry left.\n"), ("shorter.txt", text[:140_000])]
        processor.process(deliver(settings, engine, files))
        yield


@pytest.mark.parametrize("path", ["/articles/1/cleaning", "/stories/1", "/stories/1?article=1"])
def test_a_long_article_is_cut_with_a_link_to_the_whole(client: Client, long_articles: None, path: str) -> None:
    """Pages show the beginning of a long text, say so, and link to the API, which returns all of it."""
    page = client.get(path)
    assert page.status == 200
    assert len(page.text) < 200_000
    assert "characters are shown" in page.text
    assert '<a href="/api/articles/' in page.text
    assert len(client.get("/api/articles/1").json["text"]) > 600_000


def test_a_difference_at_the_end_of_a_long_article_is_shown(client: Client, long_articles: None) -> None:
    """Equal paragraphs without room are counted; the one that differs is shown, with links to both whole texts."""
    page = client.get("/stories/1?article=2")
    assert page.status == 200
    assert len(page.text) < 200_000
    assert re.search(r"12,99\d equal paragraphs are not shown", page.text)
    assert re.search("<(ins|del)>The ferry left.</", page.text)
    assert {"/api/articles/1", "/api/articles/2"} <= set(re.findall('href="([^"]+)"', page.text))


@pytest.mark.slow
def test_many_requests_for_a_long_article_need_the_memory_of_one(client: Client, long_articles: None) -> None:
    """Twelve requests at once for the comparison of an article of 140 KB allocate less than 40 MB together."""
    assert client.get("/articles/3/cleaning").status == 200
    tracemalloc.start()
    try:
        with ThreadPoolExecutor(12) as visitors:
            answers = list(visitors.map(client.get, ["/articles/3/cleaning"] * 12))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [answer.status for answer in answers] == [200] * 12
    assert peak < 40_000_000
