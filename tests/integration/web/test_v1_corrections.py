"""Programs correct stories by the API v1; what can't be done is a problem that says why."""

from typing import Any

import pytest

from tests.integration.delivery import rows, scalar
from tests.integration.newsroom import Newsroom
from tests.integration.web.desk import Desk
from tests.serving import Client


def test_corrections_are_stored_with_the_name_of_the_token(desk: Desk, client: Client, placed: Newsroom) -> None:
    """Split, merge, keep apart, pin and unpin do what the commands do, and the story's page says who did it."""
    assert desk.post("/articles/2/split", {"note": "another reporter"}).json == {"story_id": 3}
    assert desk.post("/stories/3/merge", {"other": 1}).json == {"story_id": 1}
    assert desk.post("/articles/2/pin").json == {"story_id": 1}
    assert desk.get("/stories/1").json["canonical_article_id"] == 2
    assert desk.post("/articles/2/unpin").json == {"story_id": 1}
    assert desk.post("/articles/2/not-a-copy", {"other": 1}).json == {"story_id": 4}
    made = rows(placed.engine, "SELECT kind, made_by FROM corrections ORDER BY id")
    assert {row.made_by for row in made} == {"desk-tools"}
    assert "by <bdi>desk-tools</bdi>" in client.get("/stories/4?article=2").text


def test_corrections_are_listed_and_undone(desk: Desk, placed: Newsroom) -> None:
    """The list has pages, newest first; an undo is in it, and a second undo is refused with the reason."""
    desk.post("/articles/2/split", {"note": "another reporter"})
    assert desk.post("/corrections/1/undo", {"note": "no"}).json == {"story_id": 1}
    first = desk.get("/corrections?limit=1").json
    assert [(row["kind"], row["undoes"], row["made_by"]) for row in first["corrections"]] == [("undo", 1, "desk-tools")]
    second = desk.get(first["next"].removeprefix("/api/v1")).json
    [split] = second["corrections"]
    assert split["sentence"] == "Article 2 left story 1 for story 3."
    assert (split["moved"], split["note"], split["undone_by"], second["next"]) == ([2], "another reporter", 2, None)
    refused = desk.post("/corrections/1/undo")
    assert (refused.status, refused.json["detail"]) == (409, "Correction 1 was undone already, by correction 2.")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/stories/1/merge", {"other": 1}, 409),
        ("/stories/1/merge", {"other": 99}, 404),
        ("/stories/99/merge", {"other": 1}, 404),
        ("/stories/1/merge", {"other": "2"}, 422),
        ("/stories/1/merge", {}, 422),
        ("/articles/3/split", {}, 409),
        ("/articles/99/split", {}, 404),
        ("/articles/1/not-a-copy", {"other": 1}, 409),
        ("/articles/1/unpin", {}, 409),
        ("/articles/1/pin", {"why": "so"}, 422),
        ("/corrections/99/undo", {}, 404),
        ("/files/1/retry", None, 409),
        ("/files/99/retry", None, 404),
        ("/articles", [], 422),
        ("/articles", {"text": ""}, 422),
        ("/articles", {"text": "a", "titel": "b"}, 422),
        ("/articles", b"{", 422),
        ("/articles", b'{"text": "\\ud800"}', 422),
        ("/articles", [{"text": "a"}] * 101, 422),
        ("/articles?wait=soon", {"text": "a"}, 422),
        ("/articles?await=1", {"text": "a"}, 400),
        ("/nothing", {}, 404),
    ],
)
def test_what_cannot_be_done_is_a_problem(desk: Desk, placed: Newsroom, path: str, body: Any, status: int) -> None:
    """Each refusal is a problem document with a sentence, and changes nothing."""
    refused = desk.post(path, body)
    assert (refused.status, refused.headers["content-type"]) == (status, "application/problem+json")
    assert refused.json["status"] == status
    assert refused.json["detail"]
    assert scalar(placed.engine, "SELECT count(*) FROM corrections") == 0


def test_a_file_in_quarantine_is_retried(desk: Desk, placed: Newsroom) -> None:
    """The file waits again after a retry."""
    assert desk.post("/files/4/retry").json == {"file_id": 4}
    assert desk.get("/files/4").json["file"]["state"] == "waiting"
