"""Forms: only signed-in visitors can change anything, and only through the forms of the site."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import deliver, new_processor, rows, scalar, states
from tests.integration.newsroom import Newsroom
from tests.integration.web.conftest import TOKEN, form_token
from tests.serving import Client, serving
from worker.settings import Settings
from worker.web.application import application
from worker.web.session import COOKIE

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."


@pytest.fixture
def story(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a story of two texts and another story."""
    first = newsroom.article(HARBOUR, title="Crane falls")
    second = newsroom.article(f"{HARBOUR} Ships wait outside.", story=1, relation="near")
    newsroom.link(second, first, same=True)
    newsroom.article("Bakers in Lindow will open an hour later from May, because flour comes by the slow train.")
    return newsroom


FORMS = [
    "/articles/2/split",
    "/stories/1/merge",
    "/articles/2/not-a-copy",
    "/articles/2/pin",
    "/articles/2/unpin",
    "/corrections/1/undo",
    "/files/1/retry",
    "/retry-all",
    "/sign-out",
]


def story_ids(engine: Engine) -> list[Any]:
    """Return each article's story."""
    return [tuple(row) for row in rows(engine, "SELECT id, story_id FROM articles ORDER BY id")]


@pytest.mark.parametrize("path", FORMS)
def test_forms_need_a_session(client: Client, story: Newsroom, path: str) -> None:
    """Every form of a visitor who is not signed in is refused."""
    before = story_ids(story.engine)
    assert client.post(path, {"other": 2, "form_token": "0" * 64}).status == 403
    assert story_ids(story.engine) == before


@pytest.mark.parametrize("path", FORMS)
def test_forms_of_other_sites_are_refused(editor: Client, story: Newsroom, path: str) -> None:
    """A form without the CSRF token, or from another site according to the browser, is refused."""
    before = story_ids(story.engine)
    assert editor.post(path, {"other": 2}).status == 403
    assert editor.post(path, {"other": 2, "form_token": "0" * 64}).status == 403
    right = {"other": 2, "form_token": form_token(editor)}
    assert editor.post(path, right, sec_fetch_site="cross-site").status == 403
    assert story_ids(story.engine) == before


@pytest.mark.parametrize("path", FORMS)
def test_a_link_changes_nothing(editor: Client, story: Newsroom, path: str) -> None:
    """A GET request to the address of a form is refused."""
    assert editor.get(path).status == 405


def test_without_a_token_the_site_is_read_only(settings: Settings, story: Newsroom) -> None:
    """Without a token nobody can sign in, not even with an empty token, and no form is shown."""
    with serving(application(settings, story.engine)) as client:
        assert client.post("/sign-in", {"token": ""}).status == 403
        assert client.post("/articles/2/split", {}).status == 403
        assert "<form method" not in client.get("/stories/1?article=2").text
        client.cookies[COOKIE] = "99999999999.x." + "0" * 64
        assert client.post("/articles/2/split", {}).status == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda cookie: "9" + cookie,
        lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
        lambda _: "",
        lambda _: "..",
        lambda cookie: cookie.rpartition(".")[0],
    ],
)
def test_a_session_can_not_be_forged_or_extended(editor: Client, change: Callable[[str], str]) -> None:
    """A changed cookie is not a session."""
    editor.cookies[COOKIE] = change(editor.cookies[COOKIE])
    assert "Sign out" not in editor.get("/").text


def test_the_session_cookie_stays_with_the_site(client: Client) -> None:
    """Scripts can't read the cookie, other sites can't send it, and it does not contain the token."""
    cookie = client.post("/sign-in", {"token": TOKEN}).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert TOKEN not in cookie
    assert client.post("/sign-in", {"token": f"{TOKEN}x"}).status == 403


def test_an_article_is_split_off_and_joined_again(editor: Client, story: Newsroom) -> None:
    """The buttons do what the commands do, and the pages show it afterwards."""
    token = form_token(editor)
    split = editor.post("/articles/2/split", {"form_token": token, "note": "<b>own</b> report"})
    assert split.headers["location"] == "/stories/3?corrected=1"
    page = editor.get("/stories/3").text
    assert "&lt;b&gt;own&lt;/b&gt; report" in page
    assert "A person keeps them apart. " in page
    merged = editor.post("/stories/3/merge", {"form_token": token, "other": 1})
    assert merged.headers["location"] == "/stories/1?corrected=2"
    assert story_ids(story.engine) == [(1, 1), (2, 1), (3, 2)]


def test_a_correction_of_many_pairs_is_one_line(editor: Client, story: Newsroom) -> None:
    """The page says once what a correction did, however many pairs of articles it separated."""
    story.article(f"{HARBOUR}\n", story=1, relation="exact")
    editor.post("/articles/2/split", {"form_token": form_token(editor)})
    page = editor.get("/stories/3").text
    assert page.count(" left story ") == 1


def test_an_article_is_pinned_and_released(editor: Client, story: Newsroom) -> None:
    """The page of a pinned article says so, with the note and a button that removes the pin."""
    token = form_token(editor)
    assert "Make canonical" in editor.get("/stories/1?article=2").text
    pinned = editor.post("/articles/2/pin", {"form_token": token, "note": "<i>as</i> printed"})
    assert pinned.headers["location"] == "/stories/1?corrected=1"
    page = editor.get("/stories/1").text
    assert "The canonical article is 2" in page
    assert "A person pinned it on" in page
    assert "was made the canonical article of story" in page
    assert "<bdi>&lt;i&gt;as&lt;/i&gt; printed</bdi>" in page
    assert "Remove pin" in page
    assert editor.post("/articles/2/unpin", {"form_token": token}).status == 303
    page = editor.get("/stories/1?article=2").text
    assert "A person pinned it" not in page
    assert "is no longer pinned" in page


def test_invalid_corrections_change_nothing(editor: Client, story: Newsroom) -> None:
    """What does not exist or can't be done is said in a sentence on a page with the navigation; nothing changes."""
    before = story_ids(story.engine)
    token = form_token(editor)
    wrong: list[tuple[str, dict[str, object]]] = [
        ("/stories/1/merge", {"other": 99}),
        ("/stories/1/merge", {"other": 1}),
        ("/stories/1/merge", {"other": "x"}),
        ("/stories/1/merge", {}),
        ("/articles/99/split", {}),
        ("/articles/3/split", {}),
        ("/articles/2/not-a-copy", {"other": 2}),
        ("/articles/99/pin", {}),
        ("/articles/2/unpin", {}),
        ("/corrections/99/undo", {}),
        ("/merge", {"stories": "1"}),
        ("/merge", {"stories": "1 99"}),
        ("/merge", {"stories": "1 x"}),
        ("/merge", {"stories": " ".join(map(str, range(1, 30)))}),
        ("/merge", {}),
    ]
    for path, form in wrong:
        answer = editor.post(path, {"form_token": token, **form})
        assert answer.status == 400, path
        assert 'role="alert"' in answer.text
    assert story_ids(story.engine) == before


def test_a_quarantined_file_can_be_retried(editor: Client, settings: Settings, engine: Engine) -> None:
    """The button resets the file to waiting with no attempts, and a worker then processes it from the quarantine."""
    [number] = deliver(settings, engine, [("a.txt", HARBOUR * 3)])
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE files SET state = 'quarantined', reason = 'A fault of ours.', attempts = 5")
    answer = editor.post(f"/files/{number}/retry", {"form_token": form_token(editor)})
    assert (answer.status, answer.headers["location"]) == (303, f"/files/{number}")
    assert states(engine) == {number: "waiting"}
    processor = new_processor(settings)
    processor.process([number])
    processor.close()
    assert states(engine) == {number: "done"}
    assert scalar(engine, "SELECT reason FROM files") is None
    assert editor.post(f"/files/{number}/retry", {"form_token": form_token(editor)}).status == 400
