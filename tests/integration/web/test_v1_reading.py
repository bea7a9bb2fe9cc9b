"""Programs read lists, stories and changes by the API v1, and spare what they have already."""

import gzip
import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import rows
from tests.integration.newsroom import NOON, Newsroom
from tests.integration.web.desk import Desk, add_token, process_all
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.web.application import application
from worker.web.v1 import waiting


@pytest.mark.parametrize(
    "path",
    [
        "/stories?limit=0",
        "/stories?limit=1_0",
        "/stories?limit=%2B1",
        "/stories?since=1",
        "/stories?since=2026-03-01",
        "/stories?after=x",
        "/stories?since=0001-01-01T00:00:00%2B10:00",
        "/files?state=lost",
        "/changes?epoch=1",
        "/stories/0",
        "/stories/x",
        "/stories/99999999999",
        "/stories?stories=1",
        "/stories/1?limit=1",
        "/changes?q=a",
    ],
)
def test_a_wrong_parameter_is_named(desk: Desk, path: str) -> None:
    """A value that can't be used and an unknown parameter are refused with their name."""
    refused = desk.get(path)
    assert refused.status == (400 if path.endswith(("stories=1", "1?limit=1", "q=a")) else 422)
    assert re.search(r"limit|since|after|state|epoch|id|stories|q", refused.json["detail"])


def test_next_leads_through_each_list_once(desk: Desk, newsroom: Newsroom) -> None:
    """Each page has the address of the next, filters are kept, and every row appears once."""
    for number in range(7):
        newsroom.article(dispatch(number), seen=NOON + timedelta(minutes=number // 3))
    for address, field in (("/stories?limit=3&language=en", "stories"), ("/files?limit=3&state=done", "files")):
        seen: list[int] = []
        following: str | None = address
        while following:
            page = desk.get(following.removeprefix("/api/v1")).json
            seen += [row["id"] for row in page[field]]
            following = page["next"]
        assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_stories_are_selected_by_the_time_of_their_last_change(
    desk: Desk, engine: Engine, processor: BatchProcessor
) -> None:
    """`updated_since` selects those that a change names since then: a correction counts, what is older does not."""
    desk.post("/articles", [{"text": dispatch(1)}, {"text": copy_of(1, 1)}, {"text": dispatch(2)}])
    process_all(engine, processor)
    then = rows(engine, "SELECT clock_timestamp() AS now")[0].now.isoformat().replace("+00:00", "Z")
    assert desk.get(f"/stories?updated_since={then}").json["stories"] == []
    desk.post("/articles/2/pin")
    assert [row["id"] for row in desk.get(f"/stories?updated_since={then}").json["stories"]] == [1]


def test_the_change_feed_continues_where_next_leads(desk: Desk, engine: Engine, processor: BatchProcessor) -> None:
    """`next` leads to each change once, stays where the feed ends, and is a conflict after a restore."""
    desk.post("/articles", [{"text": dispatch(number)} for number in range(5)])
    process_all(engine, processor)
    seen: list[int] = []
    following = "/api/v1/changes?limit=2"
    while page := desk.get(following.removeprefix("/api/v1")).json:
        following = page["next"]
        seen += [change["id"] for change in page["changes"]]
        if not page["changes"]:
            break
    assert seen == [1, 2, 3, 4, 5]
    assert desk.get(following.removeprefix("/api/v1").replace("after=5", "after=9")).status == 409


def test_an_answer_that_the_program_has_is_not_sent_again(desk: Desk, placed: Newsroom) -> None:
    """With the ETag of the last answer the status is 304, until the story changes."""
    first = desk.get("/stories/1")
    again = desk.get("/stories/1", if_none_match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")
    desk.post("/articles/2/pin")
    assert desk.get("/stories/1", if_none_match=first.headers["etag"]).status == 200


def test_answers_are_compressed_for_those_who_can_read_it(client: Client, placed: Newsroom) -> None:
    """An answer of more than a kilobyte is gzip if the program accepts it."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    connection.request("GET", "/api/v1/stories/1", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.read()))["id"] == 1
    connection.close()


def test_scripts_of_listed_sites_may_ask(settings: Settings, engine: Engine) -> None:
    """A browser lets scripts of the sites in the setting `web_origins` read answers, and of no others."""
    with serving(application(settings.model_copy(update={"web_origins": ("https://desk.example",)}), engine)) as client:
        allowed = client.get("/api/v1/stories", origin="https://desk.example")
        foreign = client.get("/api/v1/stories", origin="https://other.example")
    assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
    assert "access-control-allow-origin" not in foreign.headers


def test_each_caller_has_a_rate(settings: Settings, engine: Engine) -> None:
    """Past the limit of a minute the answer is 429 with the time to wait; a token counts apart from an address."""
    token = add_token(engine, "reader", TokenScope.READ)
    with serving(application(settings.model_copy(update={"web_requests_per_minute": 3}), engine)) as client:
        statuses = [client.get("/api/v1/stories").status for _ in range(4)]
        refused = client.get("/api/v1/stories")
        assert Desk(client, token).get("/stories").status == 200
    assert statuses == [200, 200, 200, 429]
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_addresses_of_version_0_1_have_the_same_rate(settings: Settings, engine: Engine) -> None:
    """Their requests and those to `/api/v1` are counted together; pages are not counted."""
    bearer = {"authorization": f"Bearer {add_token(engine, 'reader', TokenScope.READ)}"}
    with serving(application(settings.model_copy(update={"web_requests_per_minute": 2}), engine)) as client:
        assert [client.get(path).status for path in ("/api/stories", "/api/v1/stories", "/", "/api")] == [200] * 4
        refused = client.get("/api/changes")
        assert client.get("/api/stories", **bearer).status == 200
    assert (refused.status, list(refused.json)) == (429, ["error"])
    assert int(refused.headers["retry-after"]) >= 1


def test_a_large_body_is_refused_unread(desk: Desk, client: Client) -> None:
    """A body over the limit of its path gets 413 as a problem; one below it is read."""
    refused = desk.post("/articles", b" " * 8_000_001)
    assert (refused.status, refused.headers["content-type"]) == (413, "application/problem+json")
    assert desk.post("/articles", {"text": "word " * 100_000}).status == 202
    assert desk.post("/stories/1/merge", b" " * 64_001).status == 413


def test_a_program_waits_for_the_next_change(desk: Desk, engine: Engine, processor: BatchProcessor) -> None:
    """With `wait` the answer comes with the change, long before the time is over; many wait at once."""
    desk.post("/articles", {"text": dispatch(1)})
    begin = time.monotonic()
    with ThreadPoolExecutor(20) as programs:
        sent = [programs.submit(desk.get, "/changes?wait=25") for _ in range(20)]
        assert desk.get("/stories").status == 200
        assert not any(answer.done() for answer in sent)
        process_all(engine, processor)
        answers = [answer.result() for answer in sent]
    assert [change["id"] for change in answers[0].json["changes"]] == [1]
    assert len({answer.text.replace("wait", "") for answer in answers}) == 1
    assert time.monotonic() - begin < 20


def test_waiting_for_a_change_ends(desk: Desk, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a change the answer is empty after the time; those that are too many are answered at once."""
    begin = time.monotonic()
    assert desk.get("/changes?wait=1").json["changes"] == []
    assert time.monotonic() - begin >= 1
    monkeypatch.setattr(waiting, "_MOST_WAITING", 0)
    begin = time.monotonic()
    assert desk.get("/changes?wait=25").json["changes"] == []
    assert time.monotonic() - begin < 20
