"""The page of the review queue: who may decide, what a decision does, and what follows it."""

import re

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import dispatch
from tests.integration.delivery import scalar
from tests.integration.newsroom import Newsroom
from tests.integration.web.conftest import form_token
from tests.serving import Client
from worker.store import review
from worker.store.review import NewReviewItem


@pytest.fixture
def asked(newsroom: Newsroom, engine: Engine) -> Newsroom:
    """Return a newsroom with two refused pairs, 1 and 2, in the queue."""
    for number in (1, 2, 3):
        newsroom.article(dispatch(number), title=f"Crane {number} falls")
    with engine.begin() as connection:
        for article, other in ((2, 1), (3, 1)):
            review.insert(connection, [NewReviewItem("refused", article, other, 0.6, "<b>Alike</b> by little.")])
    return newsroom


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("same", "Articles 1 and 3 are one story: 1."),
        ("another", "Articles 1 and 3 are different stories: 1 and 3."),
        ("skip", "Articles 1 and 3 were skipped"),
    ],
)
def test_a_decision_leads_to_the_next_pair(
    editor: Client, asked: Newsroom, engine: Engine, decision: str, said: str
) -> None:
    """The newest pair is decided with the name of the token, the outcome is reported, and the next one is shown."""
    before = editor.get("/review").text
    assert 'action="/review/2"' in before
    assert "&lt;b&gt;Alike&lt;/b&gt; by little." in before
    sent = editor.post("/review/2", {"form_token": form_token(editor), "decision": decision, "note": "read"})
    assert (sent.status, sent.headers["location"].partition("&")[0]) == (303, "/review?done=2")
    reported = editor.get(sent.headers["location"]).text
    assert ("/corrections/1/undo" in reported) is (decision != "skip")
    after = editor.get("/review?done=2").text
    assert said in after
    assert 'action="/review/1"' in after
    assert scalar(engine, "SELECT decided_by FROM review_items WHERE id = 2") == "shared token"


@pytest.mark.parametrize(
    ("first", "second", "labels"),
    [
        (1, 2, ["Published earlier: 1", "Published later: 3"]),
        (2, 1, ["Published earlier: 3", "Published later: 1"]),
        (2, None, ["Arrived earlier: 1", "Arrived later: 3"]),
        (None, None, ["Arrived earlier: 1", "Arrived later: 3"]),
        (1, 1, ["Published at the same time: 1", "Published at the same time: 3"]),
    ],
)
def test_a_pair_is_in_the_order_of_publication(
    editor: Client, asked: Newsroom, engine: Engine, first: int | None, second: int | None, labels: list[str]
) -> None:
    """Both dates decide; without one of them the order is that of arrival, and the page says so."""
    for article, hour in ((1, first), (3, second)):
        values = {"id": article, "at": None if hour is None else f"2026-03-01 {hour:02}:00+00"}
        with engine.begin() as connection:
            statement = "UPDATE articles SET published_at = CAST(:at AS timestamptz) WHERE id = :id"
            connection.execute(text(statement), values)
            connection.execute(
                text("UPDATE articles SET arrived_at = CAST('2026-03-02' AS timestamptz) + id * interval '1 hour'")
            )
    page = editor.get("/review").text
    assert re.findall(r'<h3>([A-Z][a-z ]+: )<a href="/articles/(\d)">', page) == [
        (label[:-1], label[-1]) for label in labels
    ]
    assert page.count("without a date of publication") == (first, second).count(None)


def test_only_editors_decide(client: Client, asked: Newsroom, engine: Engine) -> None:
    """Without a session the page has no buttons, and a form is refused."""
    text = client.get("/review").text
    assert "to decide" in text
    assert "<button" not in text
    assert client.post("/review/2", {"decision": "same"}).status == 403
    assert scalar(engine, "SELECT count(*) FROM review_items WHERE decision IS NULL") == 2


@pytest.mark.parametrize(("path", "form"), [("/review/2", {"decision": "maybe"}), ("/review/99", {"decision": "same"})])
def test_an_odd_decision_is_refused(editor: Client, asked: Newsroom, path: str, form: dict[str, str]) -> None:
    """An unknown decision or pair is answered with a sentence, and nothing is decided."""
    assert editor.post(path, {"form_token": form_token(editor)} | form).status == 400
    assert editor.get("/review?pair=99").status == 404


def test_a_pair_is_chosen_from_the_list(editor: Client, asked: Newsroom) -> None:
    """The list leads to other pairs, and a decided one can still be read."""
    assert 'href="/review?pair=1"' in editor.get("/review").text
    assert 'action="/review/1"' in editor.get("/review?pair=1").text
    editor.post("/review/1", {"form_token": form_token(editor), "decision": "skip"})
    assert "Pair 1 is decided" in editor.get("/review?pair=1").text


def test_an_empty_queue_says_what_comes(client: Client) -> None:
    """Without pairs the page says what will be listed."""
    assert "No pair waits for a decision" in client.get("/review").text
