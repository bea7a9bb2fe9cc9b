"""Programs get changes as Server-Sent Events, and continue after the last one that they got."""

import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import run
from tests.integration.test_changes import commit_changes
from tests.integration.web.desk import add_token
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.settings import Settings
from worker.web.application import application
from worker.web.v1 import stream


@dataclass
class Stream:
    """An open stream of events."""

    response: http.client.HTTPResponse

    def event(self) -> dict[str, str]:
        """Return the fields of the next event; empty at the end of the stream. A comment has an empty name."""
        fields: dict[str, str] = {}
        while (line := self.response.readline().decode()) not in {"", "\n"}:
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name.rstrip(":")] = value
        return fields

    def changes(self, count: int) -> list[int]:
        """Return the ids of the next changes."""
        ids: list[int] = []
        while len(ids) < count:
            event = self.event()
            assert event, "the stream ended"
            ids += [json.loads(event["data"])["id"]] if event.get("event") == "change" else []
        return ids


@contextmanager
def streaming(client: Client, path: str = "/api/v1/changes", **headers: str) -> Iterator[Stream]:
    """Open a stream for the duration of the block."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"accept": "text/event-stream", "accept-encoding": "gzip"} | named)
        response = connection.getresponse()
        yield Stream(response)
        response.close()
    finally:
        connection.close()


def test_changes_arrive_as_they_happen(client: Client, engine: Engine) -> None:
    """A stream has all changes after its position, then later ones, uncompressed, and others are answered meanwhile."""
    commit_changes(engine, 1, 2, 3)
    with streaming(client, "/api/v1/changes?after=1") as opened:
        assert opened.response.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in opened.response.headers
        assert opened.changes(2) == [2, 3]
        writer = threading.Timer(0.2, commit_changes, [engine, 4])
        writer.start()
        assert opened.changes(1) == [4]
        writer.join()
        assert client.get("/api/v1/changes").json["changes"][-1]["id"] == 4


def test_a_stream_continues_after_the_last_event(client: Client, engine: Engine) -> None:
    """The `id` of an event as `Last-Event-ID` leads to the next one, whatever the address says."""
    commit_changes(engine, 1, 2, 3)
    with streaming(client) as opened:
        assert opened.event() == {"": "changes"}
        assert json.loads(opened.event()["data"])["story_id"] == 1
        second = opened.event()
    with streaming(client, "/api/v1/changes?after=0", last_event_id=second["id"]) as opened:
        assert opened.changes(1) == [3]
    with streaming(client, last_event_id="3") as refused:
        assert refused.response.status == 400
    assert client.get("/api/v1/changes", last_event_id="3").status == 200


def test_a_position_that_a_restore_replaced_is_reported(
    client: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open stream ends with the event `lost`, and a new one with the old position gets 409."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.3)
    commit_changes(engine, 1, 2)
    with streaming(client) as opened:
        assert opened.changes(1) == [1]
        last = opened.event()
        run(engine, "DELETE FROM changes WHERE id > 1")
        while (event := opened.event()) == {"": ""}:
            pass
        assert event["event"] == "lost"
        assert "read it from the beginning" in event["data"]
        assert opened.event() == {}
    with streaming(client, last_event_id=last["id"]) as refused:
        assert refused.response.status == 409


def test_a_stream_shows_that_it_lives_and_ends_with_its_token(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments are sent while nothing happens; after the token is revoked the stream ends."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.3)
    header = {"authorization": f"Bearer {add_token(engine, 'reader', TokenScope.READ)}"}
    with serving(application(settings.model_copy(update={"web_readers": "token"}), engine)) as client:
        with streaming(client) as refused:
            assert refused.response.status == 401
        with streaming(client, **header) as opened:
            assert [opened.event() for _ in range(3)] == [{"": "changes"}, {"": ""}, {"": ""}]
            run(engine, "UPDATE tokens SET revoked_at = now()")
            while opened.event():
                pass


def test_a_stream_of_a_session_lasts_as_long_as_it(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script of the pages reads with the cookie of a person who signed in, until the token is revoked."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.3)
    token = add_token(engine, "reader", TokenScope.READ)
    with serving(application(settings.model_copy(update={"web_readers": "token"}), engine)) as client:
        client.post("/sign-in", {"token": token})
        assert client.get("/api/v1/stories").status == 200
        assert client.post("/api/v1/articles/1/pin", b"{}", content_type="application/json").status == 401
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        with streaming(client, cookie=cookie) as opened:
            assert [opened.event() for _ in range(4)] == [{"": "changes"}, *[{"": ""}] * 3]
            run(engine, "UPDATE tokens SET revoked_at = now()")
            while opened.event():
                pass


def test_a_stream_ends_with_its_token_while_there_are_changes(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream of a revoked token ends although there is always a change to send."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.5)
    header = {"authorization": f"Bearer {add_token(engine, 'reader', TokenScope.READ)}"}
    ended = threading.Event()

    def write() -> None:
        while not ended.wait(0.05):
            commit_changes(engine, 1)

    writer = threading.Thread(target=write)
    site = application(settings.model_copy(update={"web_readers": "token"}), engine)
    with serving(site) as client, streaming(client, **header) as opened:
        writer.start()
        assert opened.changes(2) == [1, 2]
        run(engine, "UPDATE tokens SET revoked_at = now()")
        events = list(islice(iter(opened.event, {}), 60))
        ended.set()
        writer.join()
    assert len(events) < 60


def test_streams_are_limited(client: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One too many is answered with 503 and when to try again; a client that leaves makes room."""
    monkeypatch.setattr(stream, "_MOST_STREAMS", 1)
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)
    with streaming(client) as opened:
        assert opened.event() == {"": "changes"}
        with streaming(client) as refused:
            assert refused.response.status == 503
            assert refused.response.headers["retry-after"]
    for _ in range(200):
        with streaming(client) as again:
            if again.response.status == 200:
                return
    raise AssertionError("the place of a stream that ended stays taken")


def test_who_waits_is_answered_when_the_server_stops(settings: Settings, engine: Engine) -> None:
    """A stream ends and a request with `wait` is answered; before, both broke off after ten seconds."""
    command = [sys.executable, "-P", "-m", "worker", "web", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        [port] = re.findall(r"http://127\.0\.0\.1:(\d+)", server.stderr.readline())
        try:
            _stop_while_two_wait(server, Client(int(port)))
        finally:
            server.kill()
        said = server.stderr.read()
    assert "error" not in said, said


def _stop_while_two_wait(server: subprocess.Popen[str], client: Client) -> None:
    with streaming(client) as opened, closing(http.client.HTTPConnection("127.0.0.1", client.port, 30)) as waiting:
        assert opened.event() == {"": "changes"}
        waiting.request("GET", "/api/v1/changes?wait=20")
        assert client.get("/api/v1/changes").status == 200  # asked later, so that the request before has arrived
        server.terminate()
        while opened.event():  # comments, until the stream ends as it should
            pass
        answer = waiting.getresponse()
        assert (answer.status, json.loads(answer.read())["changes"]) == (200, [])
    server.wait()
