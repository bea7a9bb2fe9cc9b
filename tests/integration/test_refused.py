"""What Postgres refuses costs only the record that holds it."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, rows, run, scalar, states
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.pipeline.refused import MOST_REFUSED
from worker.settings import Settings


@pytest.fixture
def refusing(engine: Engine) -> Iterator[None]:
    """Let Postgres refuse articles whose author is Nobody."""
    run(
        engine,
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.author = 'Nobody' THEN RAISE EXCEPTION 'row is too big' USING ERRCODE = '54000'; END IF;
        RETURN NEW; END $$""",
    )
    run(engine, "CREATE TRIGGER refuse BEFORE INSERT ON articles FOR EACH ROW EXECUTE FUNCTION refuse()")
    yield
    run(engine, "DROP FUNCTION refuse CASCADE")


def lines(count: int, refused: set[int]) -> str:
    """Return a `.jsonl` file of which Postgres refuses some records."""
    author = {number: "Nobody" if number in refused else "Ada Holm" for number in range(count)}
    return "".join(json.dumps({"text": dispatch(n, 60), "author": author[n]}) + "\n" for n in range(count))


def feed(title: str, item_title: str) -> str:
    """Return a feed of one item."""
    item = f"<item><title>{item_title}</title><description>{dispatch(1)}</description></item>"
    return f"<rss><channel><title>{title}</title>{item}</channel></rss>"


@pytest.mark.usefixtures("refusing")
def test_a_refused_record_costs_only_itself(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Of a batch of files the refused records are reported, all others are stored at the first attempt."""
    ids = deliver(settings, engine, [("a.jsonl", lines(30, {0, 7, 29})), ("b.txt", dispatch(90))])
    processor.process(ids)
    assert set(states(engine).values()) == {"done"}
    assert rows(engine, "SELECT articles, records_read, attempts FROM files WHERE id = :id", id=ids[0]) == [(27, 30, 1)]
    assert rows(engine, "SELECT position, reason FROM bad_records ORDER BY 1") == [
        (position, "The database refused it: row is too big") for position in (0, 7, 29)
    ]
    assert list(contradictions(settings, engine)) == []


@pytest.mark.usefixtures("refusing")
def test_a_file_with_too_many_refused_records_fails(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """The search for refused records is bounded: then the whole file fails, the attempt is counted."""
    [number] = deliver(settings, engine, [("a.jsonl", lines(60, set(range(0, 2 * MOST_REFUSED + 2, 2))))])
    processor.process([number])
    assert rows(engine, "SELECT state, attempts FROM files") == [("waiting", 1)]
    assert scalar(engine, "SELECT count(*) FROM articles") == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chinese.jsonl", json.dumps({"text": dispatch(1), "source": "".join(map(chr, range(0x4E00, 0x4E00 + 1500)))})),
        ("id.jsonl", json.dumps({"text": dispatch(1), "id": "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))})),
        ("host.jsonl", json.dumps({"text": dispatch(1), "url": "http://" + "".join(map(chr, range(0x4E00, 0x5500)))})),
        (
            "feed.rss",
            feed(" ".join(map(hex, range(900))), "Bridge"),
        ),
        (
            "title.rss",
            feed("Varn Courier", " ".join(map(hex, range(180_000)))),
        ),
    ],
    ids=["source", "id", "host", "feed title", "item title"],
)
def test_an_overlong_field_costs_nothing(
    settings: Settings, engine: Engine, processor: BatchProcessor, name: str, content: str
) -> None:
    """A field that no index takes is shortened; the article is stored with its whole text, and the note with it."""
    ids = deliver(settings, engine, [(name, content)])
    processor.process(ids)
    assert states(engine) == {ids[0]: "done"}
    assert rows(engine, "SELECT changes->>'fields' FROM articles") == [("1",)]
    assert scalar(engine, "SELECT text FROM articles").split()[:20] == dispatch(1).split()[:20]
    assert list(contradictions(settings, engine)) == []
