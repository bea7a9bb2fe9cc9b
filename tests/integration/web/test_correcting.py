"""Corrections in the pages: what was done is reported where it was done, with an undo; errors are said there too."""

import re
from urllib.parse import quote

import pytest

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import scalar
from tests.integration.newsroom import Newsroom
from tests.integration.web.conftest import TOKEN, form_token
from tests.integration.web.test_corrections import story_ids
from tests.serving import Answer, Client


@pytest.fixture
def story(placed: Newsroom) -> Newsroom:
    """Return a newsroom with a story of three articles and a story of one, which is a dispatch of its own."""
    placed.link(placed.article(copy_of(1, 2), story=1, relation="near"), 1, same=True)
    return placed


def submit(client: Client, path: str, **form: object) -> Answer:
    """Send a form of the pages."""
    return client.post(path, {"form_token": form_token(client), **form})


def follow(client: Client, answer: Answer) -> Answer:
    """Return the page that a form led to."""
    assert answer.status == 303, answer.text
    return client.get(answer.headers["location"])


def test_not_a_copy_is_reported_with_an_undo(editor: Client, story: Newsroom) -> None:
    """The page of the story that the article left says so next to a button that brings it back."""
    page = follow(editor, submit(editor, "/articles/2/not-a-copy", other=1, note="own words"))
    assert "<h1" in page.text
    assert re.search(r'role="status">.*/articles/2.*left story.*/corrections/1/undo', page.text, re.DOTALL)
    assert story_ids(story.engine) == [(1, 1), (2, 3), (3, 2), (4, 1)]
    undone = follow(editor, submit(editor, "/corrections/1/undo", page="story"))
    assert "was undone: story" in undone.text
    assert story_ids(story.engine) == [(1, 1), (2, 1), (3, 2), (4, 1)]
    assert scalar(story.engine, "SELECT made_by FROM correction_log WHERE kind = 'undo'") == "shared token"


def test_a_notice_is_only_what_the_log_says(client: Client, story: Newsroom) -> None:
    """Nothing in the address but numbers of corrections is shown, and a reader sees no button."""
    for value in ("99", "x", "1'", "<b>", "9" * 30):
        page = client.get(f"/stories/1?corrected={quote(value)}")
        assert page.status == 200
        assert 'role="status"' not in page.text
    client.post("/sign-in", {"token": TOKEN})
    submit(client, "/articles/2/pin")
    client.cookies.clear()
    page = client.get("/stories/1?corrected=1")
    assert "was made the canonical article" in page.text
    assert "/undo" not in page.text


def test_an_error_is_said_on_the_page_of_the_story(editor: Client, story: Newsroom) -> None:
    """The answer to a form that could not be carried out is the story's page with the reason."""
    for path, form, reason in (
        ("/articles/2/unpin", {}, "Article 2 is not pinned."),
        ("/stories/1/merge", {"other": 1}, "are the same story"),
        ("/stories/1/merge", {"other": "one"}, "other must be a number"),
        ("/articles/2/not-a-copy", {"other": 2}, "be kept apart from itself"),
    ):
        page = submit(editor, path, **form)
        assert page.status == 400
        assert "Crane falls" in page.text
        assert re.search(rf'role="alert">[^<]*{reason}', page.text), path
    assert scalar(story.engine, "SELECT count(*) FROM correction_log") == 0


def test_a_second_undo_is_refused_in_the_list(editor: Client, story: Newsroom) -> None:
    """Two clicks undo once; the list says by what it was undone."""
    submit(editor, "/articles/2/split")
    assert submit(editor, "/corrections/1/undo", page="corrections").headers["location"] == "/corrections?corrected=2"
    again = submit(editor, "/corrections/1/undo", page="corrections")
    assert again.status == 400
    assert "Correction 1 was undone already, by correction 2. Nothing was changed." in again.text
    assert "undone by" in editor.get("/corrections").text


def test_the_list_of_corrections_is_paged(editor: Client, story: Newsroom) -> None:
    """The newest come first with number, name and note; a link leads to older ones."""
    for n in range(26):
        submit(editor, "/articles/2/pin", note=f"<b>{n}</b>")
        submit(editor, "/articles/2/unpin")
    page = editor.get("/corrections").text
    assert "&lt;b&gt;25&lt;/b&gt;" in page
    assert "by <bdi>shared token</bdi>" in page
    assert page.index("correction 52<") < page.index("correction 3<")
    assert 'href="/corrections?before=3"' in page
    older = editor.get("/corrections?before=3").text
    assert "correction 2<" in older
    assert "correction 3<" not in older
    assert editor.get("/corrections?before=1").status == 200
    assert editor.get("/corrections?before=x").status == 400


def test_a_long_note_is_cut(editor: Client, story: Newsroom) -> None:
    """Notes are bounded, whatever a client sends."""
    submit(editor, "/articles/2/pin", note="n" * 5_000)
    assert len(scalar(story.engine, "SELECT note FROM correction_log")) == 1_000


def test_selected_stories_are_named_before_they_are_merged(editor: Client, story: Newsroom) -> None:
    """The list has a box for each story; the next page names those selected, and its form merges them."""
    story.article(dispatch(7), title="Ferry sinks")
    page = editor.get("/").text
    assert re.findall(r'name="story" value="(\d+)"', page) == ["2", "3", "1"]
    asked = editor.get("/merge?story=3&story=1&story=2")
    assert asked.status == 200
    assert "Crane falls" in asked.text
    assert "Ferry sinks" in asked.text
    assert 'name="stories" value="1 2 3"' in asked.text
    merged = submit(editor, "/merge", stories="1 2 3", note="one wire story")
    assert merged.headers["location"] == "/stories/1?corrected=1&corrected=2"
    done = follow(editor, merged).text
    assert done.count("was merged into story") >= 2
    assert {1} == {row[1] for row in story_ids(story.engine)}
    follow(editor, submit(editor, "/corrections/2/undo"))
    assert [row[1] for row in story_ids(story.engine)] == [1, 1, 1, 1, 4]


def test_a_merge_of_separated_stories_says_so_first(editor: Client, story: Newsroom) -> None:
    """The page that asks says that a person kept the stories apart."""
    submit(editor, "/articles/2/split")
    assert "A person separated articles of the stories 1 and 3." in editor.get("/merge?story=1&story=3").text


@pytest.mark.parametrize("query", ["", "?story=1", "?story=1&story=1", "?story=x&story=2", "?story=99&story=1"])
def test_too_few_stories_are_not_merged(editor: Client, story: Newsroom, query: str) -> None:
    """Without two stories that exist there is a sentence and no form."""
    page = editor.get(f"/merge{query}")
    assert page.status in {400, 404}
    assert 'role="alert"' in page.text
    assert 'action="/merge"' not in page.text


def test_a_reader_can_select_nothing(client: Client, story: Newsroom) -> None:
    """Boxes and buttons are for signed-in editors; the page that asks leads others to the form."""
    assert 'type="checkbox"' not in client.get("/").text
    assert "formaction" not in client.get("/stories/1?article=2").text
    refused = client.get("/merge?story=1&story=2")
    assert refused.status == 403
    assert 'href="/sign-in?next=%2Fmerge%3Fstory%3D1%26story%3D2"' in refused.text


def test_a_sign_in_returns_where_it_began(client: Client, story: Newsroom) -> None:
    """The link has the page's own address; after a form whose session has ended, that of the form's page."""
    assert 'href="/sign-in?next=%2Fstories%2F1%3Farticle%3D2"' in client.get("/stories/1?article=2").text
    here = f"http://127.0.0.1:{client.port}/stories/1?article=2"
    refused = client.post("/articles/2/pin", {}, referer=here)
    assert refused.status == 403
    assert 'href="/sign-in?next=%2Fstories%2F1%3Farticle%3D2"' in refused.text
    elsewhere = client.post("/articles/2/pin", {}, referer="http://other.example/stories/1")
    assert 'href="/sign-in?next=%2F"' in elsewhere.text
