"""The command ``evaluate`` measures corpora of every kind in one table, each in an empty database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dispatches import copy_of, dispatch
from tests.integration.conftest import Ran
from tests.unit.match.related_reports import FERRY, FERRY_OTHER, UNRELATED

Line = dict[str, str | int]


def write(folder: Path, lines: list[Line], toml: str | None, pairs: list[Line] | None = None) -> Path:
    """Write a corpus and return its folder."""
    folder.mkdir()
    for name, records in (("docs.jsonl", lines), ("pairs.jsonl", pairs)):
        if records is not None:
            (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    if toml is not None:
        (folder / "corpus.toml").write_text(toml, "utf-8")
    return folder


@pytest.fixture
def corpora(tmp_path: Path) -> list[Path]:
    """Write a corpus of each kind, and one that has no labels and no ``corpus.toml``.

    Texts 0 and 1 of each are near copies, the third is another dispatch.
    """
    texts = [copy_of(1, 0), copy_of(1, 1), dispatch(2)]
    plain: list[Line] = [{"id": f"t{n}", "text": text} for n, text in enumerate(texts)]

    def labelled(key: str, labels: str) -> list[Line]:
        return [line | {key: label} for line, label in zip(plain, labels, strict=True)]

    judged: list[Line] = [{"a": "t0", "b": "t1", "label": 3}, {"a": "t0", "b": "t2", "label": 0}]
    return [
        write(tmp_path / "copied", labelled("story", "aab"), 'labels = "copies"'),
        write(tmp_path / "pairs", plain, 'labels = "pairs"', judged),
        write(tmp_path / "events", labelled("event", "aba"), 'labels = "event"\nfield = "event"'),
        write(tmp_path / "feed", plain, 'labels = "none"'),
        write(tmp_path / "unknown", plain, None),
    ]


def table(ran: Ran) -> dict[str, dict[str, str]]:
    """Return the rows of a table by the first column, each by heading."""
    rows = [line.split("\t") for line in ran.out.splitlines() if "\t" in line]
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}


@pytest.mark.slow
def test_one_table_covers_all_kinds(copydesk: Callable[..., Ran], corpora: list[Path]) -> None:
    """Each corpus has the numbers that its labels allow; all have joins beyond the text; errors follow the table."""
    ran = copydesk("evaluate", *corpora)
    assert ran.code == 0, ran.err
    rows = table(ran)
    assert [row["labels"] for row in rows.values()] == ["copies", "pairs", "event", "none", "none"]
    assert {(row["articles"], row["stories"], row["largest"]) for row in rows.values()} == {("3", "2", "2")}
    assert {row["beyond .1"] for row in rows.values()} == {"0.00"}

    found = ("true pairs", "true joined", "false joined", "precision", "recall", "F1")
    assert [rows["copied"][name] for name in found] == ["1", "1", "0", "1.000", "1.000", "1.000"]
    assert [rows["pairs"][name] for name in found] == ["1", "1", "0", "1.000", "1.000", "1.000"]
    assert {rows[name][heading] for name in ("events", "feed") for heading in found} == {"–"}
    assert (rows["copied"]["ARI"], rows["copied"]["B³ F1"], rows["pairs"]["ARI"]) == ("1.000", "1.000", "–")

    events = ("same event", "of pairs", "share", "other event")
    assert [rows["events"][name] for name in events] == ["0", "1", "0.0000", "1"]
    assert {rows[name][heading] for name in rows if name != "events" for heading in events} == {"–"}
    scores = ("related F1", "related precision", "related recall", "links")
    assert [rows["events"][name] for name in scores] == ["0.000", "0.000", "0.000", "0"]
    assert {rows[name][heading] for name in rows if name != "events" for heading in scores} == {"–"}
    assert "events: t0 | t1: joined, but reports of different events (" in ran.out

    assert [line.partition(":")[0] for line in ran.err.splitlines()[:5]] == list(rows)  # progress
    assert "unknown has no labels and no corpus.toml: only joins beyond the text are counted." in ran.err


def test_json_has_all_numbers(copydesk: Callable[..., Ran], corpora: list[Path]) -> None:
    """One array on standard output has an object per corpus, with its errors; what does not apply is null."""
    ran = copydesk("evaluate", "--json", *corpora)
    assert ran.code == 0, ran.err
    results = {result["corpus"]: result for result in json.loads(ran.out)}
    assert results["copied"]["f1"] == 1
    assert results["events"]["event"] == {"pairs": 1, "joined": 0, "share": 0, "other_events_joined": 1}
    assert [error["mistake"] for error in results["events"]["errors"]] == ["joined, but reports of different events"]
    assert results["feed"]["precision"] is results["feed"]["event"] is None
    assert list(results["feed"]["beyond_text"]) == ["0.1", "0.15", "0.2", "0.3", "0.5", "0.7"]


def test_links_between_related_stories_are_scored(copydesk: Callable[..., Ran], tmp_path: Path) -> None:
    """Two independent reports of one event that the pipeline links are a group; another event is none of it."""
    reports = {FERRY: "ferry", FERRY_OTHER: "ferry", UNRELATED: "bakers"}
    lines: list[Line] = [{"id": event + text[:8], "text": text, "story": event} for text, event in reports.items()]
    ran = copydesk("evaluate", "--json", write(tmp_path / "reports", lines, 'labels = "event"'))
    assert ran.code == 0, ran.err
    [result] = json.loads(ran.out)
    assert result["related"] == {"links": 1, "precision": 1, "recall": 1, "f1": 1}


def test_a_wrong_corpus_stops_before_the_first_is_measured(copydesk: Callable[..., Ran], corpora: list[Path]) -> None:
    """An invalid ``corpus.toml`` of the last corpus is reported at once."""
    (corpora[-1] / "corpus.toml").write_text('labels = "copy"', "utf-8")
    ran = copydesk("evaluate", *corpora)
    assert (ran.code, ran.out) == (1, "")
    assert "corpus.toml: labels is 'copy'. Write one of:" in ran.err
    assert "articles in" not in ran.err
