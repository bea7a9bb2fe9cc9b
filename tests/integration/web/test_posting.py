"""Articles are posted: kept, queued and placed like files, once each; or matched without being stored."""

import json
from contextlib import closing

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import new_processor, rows, scalar
from tests.integration.web.desk import Desk, add_token, process_all, working
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.operations.audit import contradictions
from worker.operations.erase import erase_article
from worker.operations.prune import prune
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.prune import PruneRule
from worker.web.application import application
from worker.web.v1 import posting

BAKERS = "Bakers in Lindow will open an hour later from May, because flour now comes by the slow morning train."


def test_a_posted_article_goes_the_way_of_a_file(
    desk: Desk, engine: Engine, settings: Settings, processor: BatchProcessor
) -> None:
    """Its bytes are in the archive under their hash, its row waits in the ledger, and a worker makes a story of it."""
    answered = desk.post("/articles", {"text": BAKERS, "title": "Later bread", "source": "Norwire"})
    assert answered.status == 202
    [file_id] = answered.json["file_ids"]
    [row] = rows(engine, "SELECT state, encode(sha256, 'hex') AS sha256 FROM files")
    assert row.state == "waiting"
    [kept] = settings.archive_folder.rglob("*.json")
    assert kept.name == f"{row.sha256}.json"
    assert json.loads(kept.read_bytes()) == {"text": BAKERS, "title": "Later bread", "source": "Norwire"}
    process_all(engine, processor)
    outcome = desk.get(f"/files/{file_id}").json
    assert outcome["file"]["state"] == "done"
    [explained] = outcome["articles"]
    assert (explained["article"]["source"], explained["article"]["story_id"]) == ("Norwire", 1)


def test_the_same_article_posted_again_is_the_same_delivery(
    desk: Desk, engine: Engine, processor: BatchProcessor
) -> None:
    """Whatever the order of its fields, alone or in a list, an article gets the id that it has and is stored once."""
    first = desk.post("/articles", {"text": BAKERS, "title": "Later bread"}).json["file_ids"]
    process_all(engine, processor)
    again = desk.post("/articles", [{"title": "Later bread", "text": BAKERS}, {"title": "Later bread", "text": BAKERS}])
    assert again.json["file_ids"] == first * 2
    assert scalar(engine, "SELECT count(*) FROM files") == 1
    assert scalar(engine, "SELECT count(*) FROM articles") == 1


def test_damaged_bytes_are_replaced_when_the_article_is_posted_again(desk: Desk, settings: Settings) -> None:
    """The archive has the document again after the disk damaged it, as with files."""
    desk.post("/articles", {"text": BAKERS})
    [kept] = settings.archive_folder.rglob("*.json")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-5])
    desk.post("/articles", {"text": BAKERS})
    assert kept.read_bytes() == whole
    assert list(settings.archive_folder.rglob("*.part")) == []


def test_a_text_is_matched_without_being_stored(desk: Desk, engine: Engine, processor: BatchProcessor) -> None:
    """The answer names the story that the text would join, and nothing in the database changes."""
    desk.post("/articles", [{"text": dispatch(1)}, {"text": dispatch(2)}])
    process_all(engine, processor)
    before = rows(engine, "SELECT * FROM files"), scalar(engine, "SELECT count(*) FROM changes")
    near = desk.post("/match", {"text": copy_of(1, 1)}).json
    assert near["story_id"] == 1
    assert near["compared"][0]["same"]
    assert near["compared"][0]["article_id"] == 1
    exact = desk.post("/match", {"text": dispatch(2)}).json
    assert (exact["story_id"], exact["relation"], exact["same_words_as"]) == (2, "exact", 2)
    new = desk.post("/match", {"text": BAKERS}).json
    assert (new["story_id"], new["same_words_as"]) == (None, None)
    assert "no word" in desk.post("/match", {"text": "?!"}).json["refused"]
    assert (rows(engine, "SELECT * FROM files"), scalar(engine, "SELECT count(*) FROM changes")) == before


def test_a_matched_text_joins_the_story_that_was_named(desk: Desk, engine: Engine, processor: BatchProcessor) -> None:
    """What `/match` says comes true when the same text is posted."""
    desk.post("/articles", [{"text": dispatch(number)} for number in range(4)])
    process_all(engine, processor)
    for text in (*(copy_of(number, 2) for number in range(4)), BAKERS):
        said = desk.post("/match", {"text": text}).json["story_id"]
        [file_id] = desk.post("/articles", {"text": text}).json["file_ids"]
        process_all(engine, processor)
        [placed] = desk.get(f"/files/{file_id}").json["articles"]
        assert placed["article"]["story_id"] == (said or 5)


def test_waiting_gives_story_and_evidence(client: Client, engine: Engine, settings: Settings) -> None:
    """With `wait=1` the answer has status 200 and what became of each article, also of one that can't be used."""
    desk = Desk(client, add_token(engine, "feeds", TokenScope.INGEST))
    with closing(new_processor(settings)) as worker, working(engine, worker):
        answered = desk.post("/articles?wait=1", [{"text": dispatch(1)}, {"text": copy_of(1, 1)}, {"text": "?!"}])
    assert answered.status == 200
    first, second, third = answered.json["files"]
    assert [outcome["file"]["state"] for outcome in (first, second, third)] == ["done", "done", "quarantined"]
    assert first["articles"][0]["article"]["story_id"] == second["articles"][0]["article"]["story_id"]
    assert second["articles"][0]["joined"][0]["findings"]
    assert "no word" in third["file"]["reason"]


def test_waiting_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a worker the answer to `wait=1` is 202 with the ids, after the longest wait."""
    monkeypatch.setattr(posting, "WAIT_SECONDS", 0.2)
    answered = desk.post("/articles?wait=1", {"text": BAKERS})
    assert (answered.status, answered.json) == (202, {"file_ids": [1]})


def test_a_full_queue_accepts_nothing(settings: Settings, engine: Engine) -> None:
    """When as many files wait as the setting allows, the answer is 503 with a time to try again."""
    token = add_token(engine, "feeds", TokenScope.INGEST)
    with serving(application(settings.model_copy(update={"max_waiting_files": 1}), engine)) as client:
        desk = Desk(client, token)
        assert desk.post("/articles", {"text": BAKERS}).status == 202
        refused = desk.post("/articles", {"text": dispatch(1)})
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert scalar(engine, "SELECT count(*) FROM files") == 1


def test_bytes_that_cannot_be_kept_are_not_accepted(desk: Desk, engine: Engine, settings: Settings) -> None:
    """Without a writable archive the answer is 503, and the ledger has no row without bytes."""
    settings.archive_folder.parent.mkdir(parents=True, exist_ok=True)
    settings.archive_folder.write_text("a file where a folder should be")
    assert desk.post("/articles", {"text": BAKERS}).status == 503
    assert scalar(engine, "SELECT count(*) FROM files") == 0


def test_fields_have_the_names_of_the_setting(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """The document that is kept is read as JSON files are, so its fields are named as `json_fields` says."""
    token = add_token(engine, "feeds", TokenScope.WRITE)
    named = settings.model_copy(
        update={"json_fields": dict(settings.json_fields) | {"text": "body", "title": "meta.head"}}
    )
    with serving(application(named, engine)) as client:
        desk = Desk(client, token)
        desk.post("/articles", {"text": BAKERS, "title": "Later bread"})
        with closing(BatchProcessor(named, processor.engine)) as worker:
            process_all(engine, worker)
        assert desk.get("/stories/1").json["title"] == "Later bread"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"text": "a", "version": ' + b"9" * 5_000 + b"}",
        b'{"text": "a", "version": NaN}',
        b'{"text": "a", "version": 1e400}',
        b'{"text": "a", "version": true}',
        b'{"text": "\xff\xfe"}',
        b'{"text": ["a"]}',
        b'{"text": "a", "title": "' + b"b" * 1_001 + b'"}',
        b"null",
        b"",
        b'"text"',
    ],
)
def test_an_odd_body_is_refused(desk: Desk, engine: Engine, body: bytes) -> None:
    """What no article looks like is the sender's fault, whatever it does to parsers, and is not kept."""
    refused = desk.post("/articles", body)
    assert refused.status in {400, 422}
    assert refused.json["detail"]
    assert scalar(engine, "SELECT count(*) FROM files") == 0


def test_a_body_of_another_type_is_refused(desk: Desk) -> None:
    """A form of another site, which a browser sends without asking, is no JSON."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        assert desk.post("/articles", {"text": BAKERS}, content_type=kind).status == 422


def test_odd_characters_are_kept_as_they_are(desk: Desk, settings: Settings) -> None:
    """The document that is kept has every character that was posted, also those that databases refuse."""
    text = "Nul \x00 and \U0001f600 and \ud7ff and \uffff and \u202e"
    assert desk.post("/articles", {"text": text}).status == 202
    [kept] = settings.archive_folder.rglob("*.json")
    assert json.loads(kept.read_bytes())["text"] == text


def test_an_erased_article_is_erased_from_what_was_posted(
    desk: Desk, engine: Engine, settings: Settings, processor: BatchProcessor
) -> None:
    """`erase` removes the kept document, and the same article posted again is not stored."""
    desk.post("/articles", {"text": BAKERS})
    process_all(engine, processor)
    erase_article(settings, engine, 1)
    assert list(settings.archive_folder.rglob("*.json")) == []
    desk.post("/articles", {"text": BAKERS, "source": "Norwire"})
    process_all(engine, processor)
    assert scalar(engine, "SELECT count(*) FROM articles") == 0


def test_bytes_that_were_pruned_are_kept_again(
    desk: Desk, engine: Engine, settings: Settings, processor: BatchProcessor
) -> None:
    """Posting an article again whose bytes `prune` removed keeps them again, as delivering a file again does."""
    desk.post("/articles", {"text": BAKERS})
    process_all(engine, processor)
    prune(settings, engine, PruneRule(rows(engine, "SELECT now() AS now")[0].now, ("done",)), lambda *_: None)
    assert list(settings.archive_folder.rglob("*.json")) == []
    desk.post("/articles", {"text": BAKERS})
    assert len(list(settings.archive_folder.rglob("*.json"))) == 1
    assert scalar(engine, "SELECT pruned_at FROM files") is None
    assert list(contradictions(settings, engine)) == []
