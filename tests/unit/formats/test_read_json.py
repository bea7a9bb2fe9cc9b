"""JSON and JSON lines: fields, bad records among good ones, hostile JSON."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formats.reads import LIMITS, only, outcomes, refusal
from worker.article import Article, BadRecord
from worker.errors import QuarantineError
from worker.formats import Limits, read, sniff, spans

RECORD = {
    "id": 17,
    "title": "Bridge at Varn closed",
    "text": "The old bridge at Varn is closed until spring.",
    "url": "https://varn.example/17",
    "source": "Varn Courier",
    "published": "2022-09-12T10:15:00+02:00",
    "language": "en",
    "author": ["Ada Holm", {"name": "Ivo Brandt"}],
}


def lines(*records: object) -> bytes:
    """Return the records as JSON lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt", "noname"])
def test_every_field_is_read(name: str) -> None:
    """The fields of an object are read under any suffix."""
    article = only(lines(RECORD), name)
    assert (article.text, article.title, article.external_id) == (RECORD["text"], RECORD["title"], "17")
    assert (article.url, article.source, article.language) == (RECORD["url"], RECORD["source"], "en")
    assert article.author == "Ada Holm, Ivo Brandt"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2022-09-12T08:15:00+00:00"


def test_a_headline_alone_is_an_article() -> None:
    """If there is no text, the title is the text."""
    assert only(b'{"title": "Mayor of Varn resigns"}', "a.jsonl").text == "Mayor of Varn resigns"


@pytest.mark.parametrize("named", ["English", "en-", "x" * 100, "", 5, ["en"], "en; drop table"])
def test_a_language_that_is_no_code_is_left_to_detection(named: object) -> None:
    """Only a language code is accepted."""
    assert only(lines(RECORD | {"language": named}), "a.jsonl").language is None


def test_a_text_that_is_html_is_read_as_html() -> None:
    """Some scrapers deliver HTML; a word in angle brackets is not HTML."""
    assert only(b'{"text": "<p>The bridge</p><p>is closed.</p>"}', "a.jsonl").text == "The bridge\n\nis closed."
    assert only(b'{"text": "<Reuters> The bridge"}', "a.jsonl").text == "<Reuters> The bridge"


def test_field_names_are_configurable() -> None:
    """A dotted name addresses a nested object."""
    limits = Limits(json_fields={"text": "content.body", "title": "headline"})
    article = only(b'{"headline": "H", "content": {"body": ["One.", "Two."]}}', "a.json", limits)
    assert (article.title, article.text) == ("H", "One.\n\nTwo.")


@pytest.mark.parametrize(
    "layout", [json.dumps([RECORD] * 3), json.dumps([RECORD] * 3, indent=2), (json.dumps(RECORD, indent=1) + "\n") * 3]
)
def test_arrays_and_consecutive_objects_are_split_into_records(layout: str) -> None:
    """In any layout, each object becomes an article with its number."""
    assert [article.position for article in outcomes(layout.encode(), "a.json")] == [0, 1, 2]


def test_one_bad_line_costs_no_other() -> None:
    """The bad line is reported with its number; blank lines are counted and yield nothing."""
    results = outcomes(lines(RECORD) + b'\n{"text": "cut of\n' + lines(RECORD), "a.jsonl")
    assert [type(outcome) for outcome in results] == [Article, BadRecord, Article]
    assert [outcome.position for outcome in results] == [0, 2, 3]
    assert isinstance(results[1], BadRecord)
    assert "line 3" in results[1].reason


def test_one_bad_object_of_an_array_costs_no_other() -> None:
    """An object without text, a broken object and a good object give three outcomes."""
    results = outcomes(b'[{"x": 1},\n{"text": oops},\n{"text": "The ferry sank."}]', "a.json")
    assert [type(outcome) for outcome in results] == [BadRecord, BadRecord, Article]
    assert isinstance(results[1], BadRecord)
    assert "line 2" in results[1].reason


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"text": "cut o', "broken at line 1"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper"),
        (b'{"remark": "no text here"}', '"text"'),
        (b'{"text": "  "}', '"text"'),
        (b'{"text": "!!! ---"}', "no word"),
        (b'[{"text": "x"}] and more', "no JSON object"),
        (b'["The harbour opens.", "Ships wait."]', "no JSON object"),
        (b"42", "no JSON object"),
    ],
)
def test_a_file_of_one_bad_object_is_refused_with_a_message(data: bytes, says: str) -> None:
    """The message says what is wrong and where."""
    results = outcomes(data, "a.json") if data.startswith(b"[{") else [BadRecord(0, refusal(data, "a.json"))]
    assert isinstance(results[-1], BadRecord)
    assert says in results[-1].reason


def test_lenient_json_of_scrapers_is_read() -> None:
    """NaN is None, a number of 5,000 digits is accepted, the last of two keys wins, a lone surrogate is replaced."""
    record = (
        b'{"text": "first", "score": NaN, "views": ' + b"9" * 5000 + b', "text": "last \\ud800 one", "id": Infinity}'
    )
    article = only(record, "a.jsonl")
    assert (article.text, article.external_id) == ("last \ufffd one", None)


def test_a_line_in_another_encoding_is_read() -> None:
    """Old exports contain lines in cp1252."""
    assert only('{"text": "Grüße aus Köln"}'.encode("cp1252"), "a.jsonl").text == "Grüße aus Köln"


def test_a_line_too_long_is_skipped() -> None:
    """It is refused by its length without being read completely, and the next line is read."""
    limits = Limits(max_article_bytes=1000)
    long = json.dumps({"text": "word " * 1000}).encode()
    results = outcomes(long + b"\n" + lines(RECORD), "a.jsonl", limits)
    assert [type(outcome) for outcome in results] == [BadRecord, Article]
    in_array = outcomes(b"[" + long + b"," + lines(RECORD) + b"]", "a.json", limits)
    assert [type(outcome) for outcome in in_array] == [BadRecord, Article]


def test_a_file_of_bad_records_alone_is_a_bad_file() -> None:
    """The file is refused after at most a thousand bad records, with the reason of the first."""
    assert "None of its 3 records" in refusal(b"{}\n{}\n{}\n", "a.jsonl")
    assert "None of its first 1,000 records" in refusal(b"{}\n" * 5000 + lines(RECORD), "a.jsonl")


def test_a_file_of_too_many_records_is_not_divided() -> None:
    """Its error messages would fill the ledger."""
    with pytest.raises(QuarantineError, match="more than 100 records"):
        spans(io.BytesIO(lines(*[RECORD] * 101)), "a.jsonl", Limits(max_records=100), 10)


@given(st.integers(1, 40), st.integers(1, 12), st.booleans())
def test_spans_cover_each_record_once(count: int, size: int, as_array: bool) -> None:
    """Spans that are read separately give the same articles and numbers as the whole file."""
    records = [{"text": f"Report number {number}"} for number in range(count)]
    data = json.dumps(records).encode() if as_array else lines(*records)
    name = "a.json" if as_array else "a.jsonl"
    runs = spans(io.BytesIO(data), name, LIMITS, size)
    assert (runs == []) == (count <= size)
    apart = [outcome for run in runs for outcome in read(io.BytesIO(data), name, LIMITS, run)]
    assert (apart or outcomes(data, name)) == outcomes(data, name)


def test_a_span_of_json_lines_starts_at_its_offset() -> None:
    """A worker starts reading where its span begins."""
    data = lines(*[RECORD] * 10)
    assert spans(io.BytesIO(data), "a.jsonl", LIMITS, 4)[2].offset == 8 * (len(data) // 10)


@pytest.mark.parametrize(
    ("first_bytes", "name", "expected"),
    [
        (b'{"text": "a"}\n{"text": "b"}\n', "a.json", "jsonl"),
        (b'{\n "text": "a"}\n', "a.json", "json"),
        (b"[Update] The mayor has spoken.", "a.txt", "text"),
        (b"{curly} words", "a.txt", "text"),
        (b"not json", "a.jsonl", "jsonl"),
        ('{"text": "a"}'.encode("utf-16"), "a.json", "json"),
    ],
)
def test_json_is_distinguished_from_text(first_bytes: bytes, name: str, expected: str) -> None:
    """The content takes precedence over the suffix."""
    assert sniff(first_bytes, name) == expected


def test_json_in_utf16_is_read() -> None:
    """Windows tools export JSON in UTF-16."""
    assert only(json.dumps(RECORD).encode("utf-16"), "a.json").text == RECORD["text"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b'{"text": "The ferry to Skarn is late.", "text": "The mill burned."}', "text"),
        (b'{"title" : "Ferry late", "title" : "Mill burned", "text": "The mill of Hulme burned."}', "title"),
        (b'{"text": "The mill burned.", "source": {"name": "Norwire", "name": "Hulme Post"}}', "name"),
    ],
)
def test_a_key_that_is_there_twice_is_noted(data: bytes, key: str) -> None:
    """Only the last value is read, and a note says that there was another one."""
    assert f'These keys are there twice, and their last value is read: "{key}".' in only(data, "a.json").notes


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": "A sign reads \\"closed\\": the ferry is late."}',
        b'{"text": "The mill burned.", "text": "The mill burned.", "title": "", "title": "Fire"}',
        b'{"text": "The mill burned.", "source": {"name": "Norwire"}, "tags": [{"name": "a"}, {"name": "b"}]}',
    ],
)
def test_keys_that_lose_nothing_are_not_noted(data: bytes) -> None:
    """Quotes in a text, equal or empty values and the same key in two objects are no reason for a note."""
    assert not [note for note in only(data, "a.json").notes if "twice" in note]
