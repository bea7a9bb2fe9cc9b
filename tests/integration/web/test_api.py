"""The JSON API: the same data as the command line, in pages, as the OpenAPI document describes it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.integration.newsroom import NOON, Newsroom
from tests.serving import Client, serving
from worker.article import ChangeKind
from worker.settings import Settings
from worker.store import locks, stories
from worker.store.read import by_article, story_search
from worker.web.application import application

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
BAKERS = "Bakers in Lindow will open an hour later from May, because flour now comes by the slow morning train."


def fits(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> bool:
    """Return whether a value matches its schema: names of fields and types of values, at every level."""
    if "$ref" in schema:
        return fits(value, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if "anyOf" in schema:
        return any(fits(value, option, document) for option in schema["anyOf"])
    kinds = schema.get("type", [])
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        return set(value) == set(known) and all(fits(value[name], known[name], document) for name in known)
    if isinstance(value, list):
        return kinds == "array" and all(fits(item, schema["items"], document) for item in value)
    python: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
        "object": dict,
    }
    wanted = [kinds] if isinstance(kinds, str) else kinds
    return not wanted or any(isinstance(value, python[kind]) for kind in wanted)


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with two stories, of which the first has three articles, and a file in quarantine."""
    first = newsroom.article(HARBOUR, title="Crane falls", source="Norwire", file=newsroom.file("inbox/crane.txt"))
    second = newsroom.article(f"{HARBOUR} More soon.", story=1, relation="near", url="https://ostrel.example/a")
    newsroom.article(HARBOUR.upper(), story=1, relation="exact")
    newsroom.link(second, first, same=True)
    newsroom.article(BAKERS, seen=NOON + timedelta(hours=1), language="de")
    newsroom.file("inbox/broken.txt", reason="It is a picture.")
    newsroom.index()
    return newsroom


def test_every_answer_matches_its_schema(client: Client, filled: Newsroom) -> None:
    """Real answers match the schemas of the document, with no field more or less."""
    document = client.get("/api/openapi.json").json
    for path in (
        *("/api/stories", "/api/stories?q=crane", "/api/stories/1", "/api/articles/2", "/api/files", "/health"),
    ):
        described = document["paths"][path.partition("?")[0].replace("/1", "/{id}").replace("/2", "/{id}")]["get"]
        [content] = described["responses"]["200"]["content"].values()
        assert fits(client.get(path).json, content["schema"], document), path
    assert not fits({"id": 1}, document["components"]["schemas"]["Story"], document)


def test_every_path_of_the_api_is_described(client: Client) -> None:
    """The document has every path of the API and no other."""
    described = set(client.get("/api/openapi.json").json["paths"])
    assert described == {
        *("/api/stories", "/api/stories/{id}", "/api/articles/{id}", "/api/files", "/api/changes"),
        *("/health", "/metrics"),
    }
    page = client.get("/api").text
    assert all(path in page for path in client.get("/api/v1/openapi.json").json["paths"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1]),
        ("q=crane", [1]),
        ('q="eastern+crane"', []),
        ("source=Norwire", [1]),
        ("source=norWIRE", [1]),
        ("source=ostrel.example", [1]),
        ("source=WWW.ostrel.example", [1]),
        ("language=DE", [2]),
        ("language=de", [2]),
        ("copies=2", [1]),
        ("copies=3", []),
        ("since=2026-03-01T12:30", [2]),
        ("until=2026-03-01T12:30", [1]),
    ],
)
def test_each_filter_selects_stories(client: Client, filled: Newsroom, query: str, found: list[int]) -> None:
    """Words, source (of any copy, by name or address), language, number of copies and time select stories."""
    assert [row["id"] for row in client.get(f"/api/stories?{query}").json["stories"]] == found


@pytest.mark.parametrize("few", [0, 1, 5_000])
def test_rare_and_common_words_are_found_alike(
    client: Client, filled: Newsroom, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """The answer does not depend on whether matches are looked up or scanned, also with combined filters."""
    monkeypatch.setattr(by_article, "_FEW", few)
    monkeypatch.setattr(story_search, "_FEW", few)
    monkeypatch.setattr(story_search, "MOST_RANKED", max(few, 1))
    for query, found in [
        ("q=on+monday", [1]),
        ("q=monday+or+bakers", [2, 1]),
        ("q=nothing+such", []),
        ("q=monday&source=Norwire", [1]),
        ("q=bakers&source=Norwire", []),
        ("q=monday+or+bakers&language=de", [2]),
    ]:
        assert [row["id"] for row in client.get(f"/api/stories?{query}").json["stories"]] == found


def test_next_addresses_lead_to_the_end_of_a_list(client: Client, newsroom: Newsroom) -> None:
    """Each page has the address of the next, filters are kept, and every row appears once."""
    for number in range(7):
        newsroom.article(f"{HARBOUR} Report {number}.", seen=NOON + timedelta(minutes=number // 3))
    newsroom.index()
    for address, field in (("/api/stories?limit=3&q=harbour", "stories"), ("/api/files?limit=3&state=done", "files")):
        seen: list[int] = []
        following = address
        while following:
            page = client.get(following).json
            assert len(page[field]) <= 3
            seen += [row["id"] for row in page[field]]
            following = page["next"]
        assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_a_search_has_fragments_and_notes(client: Client, filled: Newsroom) -> None:
    """A result has the part of the matching copy that was found; sentences say what a reader must know."""
    filled.article(BAKERS.upper())
    answer = client.get("/api/stories?q=cranne").json
    [row] = answer["stories"]
    assert (row["id"], row["article_id"]) == (1, 1)
    assert {"text": "crane", "found": True} in row["fragment"]
    assert answer["notes"] == [
        "No article has “cranne”; these have “crane”.",
        "The last article is being indexed and can't be found yet.",
    ]
    page = client.get("/?q=cranne").text
    assert "<mark>crane</mark>" in page
    assert "No article has “cranne”" in page
    assert "There is no word to look for" in client.get("/?q=%21%21").text
    assert client.get("/api/stories").json["notes"] == []


def test_the_change_feed_continues_after_the_last_id(client: Client, newsroom: Newsroom) -> None:
    """With the last id, the feed returns each new change once, and nothing if there is none."""
    with newsroom.engine.begin() as connection:
        locks.lock_placement(connection)
        stories.record_changes(connection, [stories.StoryChange(ChangeKind.CREATED, n, n) for n in range(1, 6)])
    seen: list[int] = []
    while lines := client.get(f"/api/changes?limit=2&after={seen[-1] if seen else 0}").text.splitlines():
        seen += [json.loads(line)["id"] for line in lines]
    assert seen == [1, 2, 3, 4, 5]


def test_a_change_of_another_epoch_is_a_conflict(client: Client, newsroom: Newsroom) -> None:
    """A position that a restore replaced gets status 409; one with the epoch of this feed is accepted."""
    with newsroom.engine.begin() as connection:
        locks.lock_placement(connection)
        stories.record_changes(connection, [stories.StoryChange(ChangeKind.CREATED, 1, 1)])
    epoch = json.loads(client.get("/api/changes").text)["epoch"]
    assert client.get(f"/api/changes?after=1&epoch={epoch}").status == 200
    assert client.get(f"/api/changes?after=1&epoch={epoch[:-1]}{int(epoch[-1] == '0')}").status == 409
    assert client.get(f"/api/changes?after=2&epoch={epoch}").status == 409


def test_a_merged_story_is_found_under_both_ids(client: Client, filled: Newsroom) -> None:
    """The API returns the story that it was merged into, and the page redirects there with a notice."""
    filled.merge(2, into=1)
    assert client.get("/api/stories/2").json["id"] == 1
    page = client.get("/stories/2")
    assert page.status == 307
    assert "Story 2 was merged into this one" in client.get(page.headers["location"]).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/stories/99", 404),
        ("/api/stories/99999999999999999999", 404),
        ("/api/articles/99", 404),
        ("/api/nowhere", 404),
        ("/api/stories?limit=0", 400),
        ("/api/stories?after=x", 400),
        ("/api/stories?after=1.5_1", 400),
        ("/api/stories?q=a&after=nan_1", 400),
        ("/api/stories?since=soon", 400),
        ("/api/files?state=lost", 400),
        ("/api/changes?after=-1", 400),
        ("/api/changes?after=1&epoch=2", 400),
    ],
)
def test_api_errors_are_json_with_a_sentence(client: Client, path: str, status: int) -> None:
    """An error is a JSON object with a sentence, and its status shows the kind of cause."""
    answer = client.get(path)
    assert answer.status == status
    assert answer.json["error"].endswith(".")


def test_health_reports_a_missing_database(settings: Settings) -> None:
    """Without a database ``/health`` answers 503 with a sentence that names Postgres."""
    nowhere = create_engine("postgresql+psycopg://a:b@127.0.0.1:1/c")
    with serving(application(settings, nowhere)) as client:
        answer = client.get("/health")
    nowhere.dispose()
    assert answer.status == 503
    assert any(problem.startswith("Postgres does not answer") for problem in answer.json["problems"])


def test_the_api_changes_nothing(client: Client) -> None:
    """Only GET is answered under /api."""
    assert client.post("/api/stories").status == 405


def test_an_article_has_provider_and_version(client: Client, newsroom: Newsroom) -> None:
    """The API and the page of its story show within what an article's id is unique, and which version it is."""
    article = newsroom.article("The ferry stays in port.", external_id="live-7", provider="<LPA>", version=3)
    shown = client.get(f"/api/articles/{article}").json
    assert (shown["external_id"], shown["provider"], shown["version"]) == ("live-7", "<LPA>", 3)
    [copy] = client.get("/api/stories/1").json["copies"]
    assert (copy["provider"], copy["version"]) == ("<LPA>", 3)
    page = client.get("/stories/1").text
    assert "provider <bdi>&lt;LPA&gt;</bdi>" in page
    assert "version 3" in page
