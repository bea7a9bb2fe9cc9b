"""The Python client against the served API, and the example of a mirror, which is killed and continues."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import new_processor, rows
from tests.integration.mirror import Stories, stored
from tests.integration.newsroom import Newsroom
from tests.integration.web.desk import add_token, process_all, working
from tests.serving import Client, serving
from worker.article import ChangeKind, TokenScope
from worker.client import ApiError, ArticleToPost, Change, CopydeskClient, LostFeedError, Placement, PostOutcome
from worker.operations.erase import erase_article
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.web.application import application

ROOT = Path(__file__).parents[3]


@pytest.fixture
def python(client: Client, engine: Engine) -> CopydeskClient:
    """Return a client with a token of the scope write."""
    return CopydeskClient(f"http://127.0.0.1:{client.port}/", add_token(engine, "python", TokenScope.WRITE))


@pytest.mark.parametrize(
    ("kind", "schema"),
    [(ArticleToPost, "PostedArticle"), (Change, "ChangeRow"), (PostOutcome, "FileOutcome"), (Placement, "TextMatch")],
)
def test_types_have_the_fields_of_the_document(client: Client, kind: Any, schema: str) -> None:
    """Each type of the client has exactly the fields of the schema that the API describes."""
    described = client.get("/api/v1/openapi.json").json["components"]["schemas"][schema]
    assert set(get_type_hints(kind)) == set(described["properties"])
    assert kind.__required_keys__ == set(described.get("required", ())) | ({"refused"} if kind is Placement else set())


def test_kinds_of_changes_are_those_of_the_feed() -> None:
    """The type of a change names every kind."""
    assert set(get_type_hints(Change)["kind"].__args__) == set(ChangeKind)


def test_every_operation_has_a_method(client: Client) -> None:
    """The client can do whatever the API can."""
    operations = {
        operation["operationId"]
        for methods in client.get("/api/v1/openapi.json").json["paths"].values()
        for operation in methods.values()
    }
    assert operations == {
        *("listStories", "getStory", "getArticle", "listFiles", "getFile", "listChanges"),
        *("postArticles", "matchText", "mergeStories", "splitArticle", "keepApart", "pinArticle", "unpinArticle"),
        *("retryFile", "listCorrections", "undoCorrection", "unlinkTranslation"),
    }


def test_the_client_posts_reads_and_corrects(python: CopydeskClient, engine: Engine, settings: Settings) -> None:
    """Each method does what its name says."""
    with closing(new_processor(settings)) as worker, working(engine, worker):
        texts: list[ArticleToPost] = [{"text": dispatch(1)}, {"text": copy_of(1, 1), "source": "Norwire"}]
        outcomes = python.post_and_wait(texts)
        [third] = python.post([{"text": dispatch(2)}])
        python.post_and_wait([{"text": dispatch(2)}, {"text": "?!"}])
    assert [outcome["articles"][0]["article"]["story_id"] for outcome in outcomes] == [1, 1]
    assert python.file(third)["file"]["state"] == "done"
    assert python.match({"text": copy_of(2, 1)})["story_id"] == 2
    assert [story["id"] for story in python.stories(limit=1)] == [2, 1]
    assert [story["id"] for story in python.stories(limit=1, sort="copies")] == [1, 2]
    assert python.facets(source="norwire")["total"] == 1
    assert python.article(2)["article"]["source"] == "Norwire"
    assert python.split(2, "another reporter") == 3
    assert python.merge(3, 1) == 1
    assert python.pin(2) == python.unpin(2) == 1
    assert python.not_a_copy(2, 1) == 4
    assert python.story(4)["canonical_article_id"] == 2
    [refused] = python.files(state="quarantined")
    python.retry(refused["id"])
    assert python.changes(limit=2)[-1]["id"] == 2
    with pytest.raises(ApiError, match="no story 99"):
        python.story(99)


def status_of(python: CopydeskClient) -> int:
    """Return the status of a request."""
    try:
        python.changes()
    except ApiError as error:
        return error.status
    return 200


def test_the_client_waits_as_the_service_asks(settings: Settings, engine: Engine) -> None:
    """A request that comes too fast is sent again after the pause, and one that never succeeds is an error."""
    with serving(application(settings.model_copy(update={"web_requests_per_minute": 60}), engine)) as client:
        address = f"http://127.0.0.1:{client.port}"
        impatient = CopydeskClient(address, tries=1)
        assert status_of(impatient) == 200
        # a request a second is allowed again, so a slow machine needs more of them
        assert any(status_of(impatient) == 429 for _ in range(1_000))
        assert CopydeskClient(address).changes() == []


def test_a_lost_connection_is_tried_again_where_that_is_harmless(engine: Engine) -> None:
    """Reading is tried again, a correction is not; an address that is none is refused at once."""
    begin = time.monotonic()
    with pytest.raises(OSError, match="refused"):
        CopydeskClient("http://127.0.0.1:9", "x").pin(1)
    assert time.monotonic() - begin < 0.9
    with pytest.raises(OSError, match="refused"):
        CopydeskClient("http://127.0.0.1:9", tries=2).story(1)
    assert time.monotonic() - begin >= 1
    with pytest.raises(ValueError, match="http"):
        CopydeskClient("file:///etc/passwd")


def mirrored(path: Path) -> Stories:
    """Return the stories as the mirror has them."""
    with closing(sqlite3.connect(path)) as database:
        return Stories(
            dict(database.execute("SELECT id, story_id FROM articles")),
            dict(database.execute("SELECT id, canonical_id FROM stories WHERE merged_into IS NULL")),
            dict(database.execute("SELECT id, merged_into FROM stories WHERE merged_into IS NOT NULL")),
            set(database.execute("SELECT story_id, other_id FROM translations")),
        )


def position(path: Path) -> int:
    """Return the id of the last change that the mirror has; 0 if it has none."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'position'").fetchone():
            return 0
        return int((database.execute("SELECT after FROM position").fetchone() or (0,))[0])


def mirror(client: Client, path: Path, *options: str, stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Start the example."""
    command = [sys.executable, str(ROOT / "examples/mirror.py"), f"http://127.0.0.1:{client.port}", str(path)]
    return subprocess.Popen([*command, *options], env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=stderr)


def events(python: CopydeskClient, settings: Settings, engine: Engine, worker: BatchProcessor) -> Iterator[None]:
    """Do to the stories all that the feed can report, step by step."""
    for part in range(3):
        python.post([{"text": copy_of(number, part)} for number in range(12)])
        process_all(engine, worker)
        yield
        python.merge(*[row.id for row in rows(engine, "SELECT id FROM stories WHERE merged_into IS NULL LIMIT 2")])
        yield
    python.split(3)
    python.pin(25)
    yield
    erase_article(settings, engine, 14, None)
    yield


def test_a_mirror_that_is_killed_equals_the_store(
    python: CopydeskClient,
    client: Client,
    engine: Engine,
    settings: Settings,
    processor: BatchProcessor,
    tmp_path: Path,
) -> None:
    """Whenever the example is killed, the next one continues; when it has caught up, it equals the store."""
    path = tmp_path / "mirror.sqlite"
    for _ in events(python, settings, engine, processor):
        before = position(path)
        killed = mirror(client, path)
        while position(path) == before:
            assert killed.poll() is None
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert mirror(client, path, "--once").wait() == 0
        assert mirrored(path) == stored(engine)


def test_a_mirror_says_what_it_mirrors(
    python: CopydeskClient, client: Client, engine: Engine, processor: BatchProcessor, tmp_path: Path
) -> None:
    """On standard error are source, target and position, each step, and what the mirror has when it has caught up."""
    python.post([{"text": dispatch(1)}, {"text": dispatch(2)}])
    process_all(engine, processor)
    path = tmp_path / "mirror.sqlite"
    for first, steps in ((1, ["2 changes, up to number 2."]), (3, [])):
        with mirror(client, path, "--once", stderr=subprocess.PIPE) as running:
            _, said = running.communicate()
        begin, *progress, end = said.decode().splitlines()
        assert begin == (
            f"Mirroring http://127.0.0.1:{client.port} into {path}, from change {first} on: which article is in which "
            "story, the canonical articles, merges and translations, but no texts."
        )
        assert progress == steps
        assert end == "Caught up at change 2: 2 articles in 2 stories."


def test_a_mirror_begins_again_after_a_restore(
    python: CopydeskClient,
    client: Client,
    engine: Engine,
    newsroom: Newsroom,
    processor: BatchProcessor,
    tmp_path: Path,
) -> None:
    """At a position of another history the client raises an error, and the example starts from the beginning."""
    path = tmp_path / "mirror.sqlite"
    python.post([{"text": dispatch(1)}])
    process_all(engine, processor)
    assert mirror(client, path, "--once").wait() == 0
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE position SET after = 99")
        database.execute("INSERT INTO articles VALUES (77, 77)")
    with pytest.raises(LostFeedError):
        python.changes(99, python.changes()[0]["epoch"])
    assert mirror(client, path, "--once").wait() == 0
    assert mirrored(path) == stored(engine)
