"""JSON and JSON lines: fields, bad records among good ones, what hostile JSON does."""

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
def test_every_field_arrives(name: str) -> None:
    """An object's fields are read whatever the file's suffix says."""
    article = only(lines(RECORD), name)
    assert (article.text, article.title, article.external_id) == (RECORD["text"], RECORD["title"], "17")
    assert (article.url, article.source, article.language) == (RECORD["url"], RECORD["source"], "en")
    assert article.author == "Ada Holm, Ivo Brandt"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2022-09-12T08:15:00+00:00"


def test_a_headline_alone_is_an_article() -> None:
    """Where there is no text, the title is the text."""
    assert only(b'{"title": "Mayor of Varn resigns"}', "a.jsonl").text == "Mayor of Varn resigns"


@pytest.mark.parametrize("named", ["English", "en-", "x" * 100, "", 5, ["en"], "en; drop table"])
def test_a_language_that_is_no_code_is_left_to_detection(named: object) -> None:
    """Only a code is believed."""
    assert only(lines(RECORD | {"language": named}), "a.jsonl").language is None


def test_a_text_that_is_html_is_read_as_such() -> None:
    """Scrapers keep the page's piece as it was; a quote in pointed brackets is none."""
    assert only(b'{"text": "<p>The bridge</p><p>is closed.</p>"}', "a.jsonl").text == "The bridge\n\nis closed."
    assert only(b'{"text": "<Reuters> The bridge"}', "a.jsonl").text == "<Reuters> The bridge"


def test_field_names_are_configurable() -> None:
    """A dotted name reaches into objects."""
    limits = Limits(json_fields={"text": "content.body", "title": "headline"})
    article = only(b'{"headline": "H", "content": {"body": ["One.", "Two."]}}', "a.json", limits)
    assert (article.title, article.text) == ("H", "One.\n\nTwo.")


@pytest.mark.parametrize(
    "layout", [json.dumps([RECORD] * 3), json.dumps([RECORD] * 3, indent=2), (json.dumps(RECORD, indent=1) + "\n") * 3]
)
def test_arrays_and_objects_one_after_another_are_cut_into_records(layout: str) -> None:
    """However the objects are laid out, each becomes an article with its number."""
    assert [article.position for article in outcomes(layout.encode(), "a.json")] == [0, 1, 2]


def test_one_bad_line_costs_no_other() -> None:
    """The bad line is told by its number; blank lines count and yield nothing."""
    found = outcomes(lines(RECORD) + b'\n{"text": "cut of\n' + lines(RECORD), "a.jsonl")
    assert [type(outcome) for outcome in found] == [Article, BadRecord, Article]
    assert [outcome.position for outcome in found] == [0, 2, 3]
    assert isinstance(found[1], BadRecord)
    assert "line 3" in found[1].reason


def test_one_bad_object_of_an_array_costs_no_other() -> None:
    """An object without text, a broken one and a good one: three outcomes."""
    found = outcomes(b'[{"x": 1},\n{"text": oops},\n{"text": "The ferry sank."}]', "a.json")
    assert [type(outcome) for outcome in found] == [BadRecord, BadRecord, Article]
    assert isinstance(found[1], BadRecord)
    assert "line 2" in found[1].reason


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"text": "cut o', "broken at line 1"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper"),
        (b'{"headline": "no text here"}', '"text"'),
        (b'{"text": "  "}', '"text"'),
        (b'{"text": "!!! ---"}', "no word"),
        (b'[{"text": "x"}] and more', "no JSON object"),
        (b'["The harbour opens.", "Ships wait."]', "no JSON object"),
        (b"42", "no JSON object"),
    ],
)
def test_a_file_of_one_bad_object_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    """The sentence says what is wrong and where."""
    found = outcomes(data, "a.json") if data.startswith(b"[{") else [BadRecord(0, refusal(data, "a.json"))]
    assert isinstance(found[-1], BadRecord)
    assert says in found[-1].reason


def test_what_json_allows_or_scrapers_write_is_read() -> None:
    """NaN is nothing, a number of 5,000 digits harms nobody, the last of two keys counts, half a pair is replaced."""
    record = (
        b'{"text": "first", "score": NaN, "views": ' + b"9" * 5000 + b', "text": "last \\ud800 one", "id": Infinity}'
    )
    article = only(record, "a.jsonl")
    assert (article.text, article.external_id) == ("last \ufffd one", None)


def test_a_line_in_another_encoding_is_read() -> None:
    """Lines in cp1252 come from old exports."""
    assert only('{"text": "Grüße aus Köln"}'.encode("cp1252"), "a.jsonl").text == "Grüße aus Köln"


def test_a_line_too_long_is_passed_over() -> None:
    """It is refused by its length, never read whole, and the next line is read."""
    limits = Limits(max_article_bytes=1000)
    long = json.dumps({"text": "word " * 1000}).encode()
    found = outcomes(long + b"\n" + lines(RECORD), "a.jsonl", limits)
    assert [type(outcome) for outcome in found] == [BadRecord, Article]
    in_array = outcomes(b"[" + long + b"," + lines(RECORD) + b"]", "a.json", limits)
    assert [type(outcome) for outcome in in_array] == [BadRecord, Article]


def test_a_file_of_bad_records_alone_is_a_bad_file() -> None:
    """It is refused as one, after a thousand of them at the latest, with the first one's reason."""
    assert "None of its 3 records" in refusal(b"{}\n{}\n{}\n", "a.jsonl")
    assert "None of its first 1,000 records" in refusal(b"{}\n" * 5000 + lines(RECORD), "a.jsonl")


def test_a_file_of_too_many_records_is_not_shared_out() -> None:
    """Its sentences would fill the ledger."""
    with pytest.raises(QuarantineError, match="more than 100 records"):
        spans(io.BytesIO(lines(*[RECORD] * 101)), "a.jsonl", Limits(max_records=100), 10)


@given(st.integers(1, 40), st.integers(1, 12), st.booleans())
def test_spans_cover_each_record_once(count: int, size: int, as_array: bool) -> None:
    """Runs read apart give the same articles, with the same numbers, as the file read whole."""
    records = [{"text": f"Report number {number}"} for number in range(count)]
    data = json.dumps(records).encode() if as_array else lines(*records)
    name = "a.json" if as_array else "a.jsonl"
    runs = spans(io.BytesIO(data), name, LIMITS, size)
    assert (runs == []) == (count <= size)
    apart = [outcome for run in runs for outcome in read(io.BytesIO(data), name, LIMITS, run)]
    assert (apart or outcomes(data, name)) == outcomes(data, name)


def test_a_span_of_json_lines_starts_at_its_offset() -> None:
    """A worker enters the file where its run begins."""
    data = lines(*[RECORD] * 10)
    assert spans(io.BytesIO(data), "a.jsonl", LIMITS, 4)[2].offset == 8 * (len(data) // 10)


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b'{"text": "a"}\n{"text": "b"}\n', "a.json", "jsonl"),
        (b'{\n "text": "a"}\n', "a.json", "json"),
        (b"[Update] The mayor has spoken.", "a.txt", "text"),
        (b"{curly} words", "a.txt", "text"),
        (b"not json", "a.jsonl", "jsonl"),
        ('{"text": "a"}'.encode("utf-16"), "a.json", "json"),
    ],
)
def test_json_is_told_from_text(head: bytes, name: str, expected: str) -> None:
    """Content first, suffix second."""
    assert sniff(head, name) == expected


def test_json_in_utf16_is_read() -> None:
    """Windows tools export it so."""
    assert only(json.dumps(RECORD).encode("utf-16"), "a.json").text == RECORD["text"]
