"""``clean`` and ``compare`` work on files without a server or settings."""

import dataclasses
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.match.related_reports import FERRY, FERRY_OTHER, UNRELATED
from worker.article import Article, Cleaned
from worker.cli import commands
from worker.explain.evidence import MOST_SHOWN

SEEDS = Path(__file__).parents[3] / "seeds"


def _run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], input=given)


def test_clean_prints_the_text_alone() -> None:
    """A print column becomes running paragraphs."""
    ran = _run("clean", SEEDS / "001-print-column.txt")
    assert ran.exit_code == 0
    assert "min- ister" not in ran.stdout
    assert "prime minister" in ran.stdout


def test_clean_reads_standard_input() -> None:
    """`-` reads standard input, which can't be read twice."""
    assert (
        _run("clean", "-", given=b"The har- bour of Ostrel was closed.").stdout == "The harbour of Ostrel was closed.\n"
    )


def test_clean_says_once_what_a_reader_repaired() -> None:
    """The note is on standard error, apart from the text, and the file counts as read."""
    item = "<item><title>Søn & far</title><description>Kaia er stengt.</description></item>"
    feed = f"<rss><channel>{item}{item}</channel></rss>".encode()
    ran = _run("clean", "-", "--json", given=feed)
    assert [json.loads(line)["title"] for line in ran.stdout.splitlines()] == ["Søn & far"] * 2
    assert ran.stderr.count("Record 1: ") == ran.stderr.count("repaired") == 1


def test_clean_separates_several_articles() -> None:
    """A line with number and headline precedes the second article; JSON has one line per article."""
    plain = _run("clean", SEEDS / "011-wire-briefs.jsonl")
    assert plain.stdout.count("\n===== ") == 1
    rows = [json.loads(line) for line in _run("clean", SEEDS / "011-wire-briefs.jsonl", "--json").stdout.splitlines()]
    assert [(row["position"], row["external_id"]) for row in rows] == [(0, "brief-0412"), (1, "brief-0413")]
    assert {"text", "title", "language", "published_at", "dateline", "agency", "byline", "captions", "changes"} <= set(
        rows[0]
    )


def test_explain_shows_each_step() -> None:
    """Each step shows what it changed, with context; JSON has the text after each step."""
    ran = _run("clean", "-", "--explain", given=b"The har- bour of Ostrel was closed.")
    assert "hyphens: 1 line-end hyphen repaired" in ran.stdout
    assert "[-har- bour-] {+harbour+}" in ran.stdout
    fields = json.loads(_run("clean", "-", "--explain", "--json", given=b"The har- bour of Ostrel was closed.").stdout)
    assert fields["steps"][-1]["after"] == fields["text"]


@pytest.mark.parametrize("name", ["empty.txt", "nuls.txt", "undecodable.txt", "spaces.txt"])
def test_a_broken_file_fails_with_a_sentence(name: str) -> None:
    """A broken file exits with 1, says why, and prints nothing."""
    for command in (("clean", SEEDS / name), ("compare", SEEDS / name, SEEDS / "005-rewrite.txt")):
        ran = _run(*command)
        assert ran.exit_code == 1
        assert ran.stdout == ""
        assert name in str(ran.exception)


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    """A path that does not exist exits with 2."""
    assert _run("clean", tmp_path / "none.txt").exit_code == 2


def test_bad_records_do_not_hide_good_records(tmp_path: Path) -> None:
    """The good records are printed, the bad records are reported, and the exit code is 1."""
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text('{"text": "The harbour of Ostrel was closed."}\n{"title": 7\n{"text": "Bakers open later."}\n')
    ran = _run("clean", mixed)
    assert ran.exit_code == 1
    assert "harbour of Ostrel" in ran.stdout
    assert "Bakers open later" in ran.stdout
    assert "Record 2" in ran.stderr


def test_compare_judges_two_files() -> None:
    """Two versions of one dispatch are the same story; the output has the verdict, its evidence and the passages."""
    answer = json.loads(_run("compare", SEEDS / "001-print-column.txt", SEEDS / "002-abridged.txt", "--json").stdout)
    assert answer["same"] is True
    assert {"relation", "similarity", "reason", "findings", "passages"} <= set(answer)
    assert answer["passages"][0]["words"] > 10
    plain = _run("compare", SEEDS / "001-print-column.txt", SEEDS / "010-cheese-recall.txt").stdout
    assert plain.startswith("Not a copy: ")
    assert plain.count("\t") == 3 * (MOST_SHOWN + 1)


def test_compare_tells_related_reports(tmp_path: Path) -> None:
    """Two independent reports of one event are not the same story, but related, with the reason; others are not."""
    for name, text in {"ours": FERRY, "theirs": FERRY_OTHER, "bakers": UNRELATED}.items():
        (tmp_path / f"{name}.txt").write_text(text)
    answer = json.loads(_run("compare", tmp_path / "ours.txt", tmp_path / "theirs.txt", "--json").stdout)
    assert (answer["same"], answer["related"]["kind"]) == (False, "event")
    assert answer["related"]["reason"] in " ".join(
        _run("compare", tmp_path / "ours.txt", tmp_path / "theirs.txt").stdout.split()
    )
    assert (
        json.loads(_run("compare", tmp_path / "ours.txt", tmp_path / "bakers.txt", "--json").stdout)["related"] is None
    )


def test_compare_with_itself_is_exact() -> None:
    """A file is an exact copy of itself."""
    answer = json.loads(_run("compare", *[SEEDS / "009-observatory.txt"] * 2, "--json").stdout)
    assert (answer["same"], answer["relation"], answer["similarity"]) == (True, "exact", 1.0)


def test_compare_shows_names_of_any_bytes(tmp_path: Path) -> None:
    """A name that is not valid text, or contains control characters, is shown with escapes."""
    odd = tmp_path / os.fsdecode(b"copy\xff\x1b[31m.txt")
    odd.write_bytes((SEEDS / "009-observatory.txt").read_bytes())
    answer = json.loads(_run("compare", odd, SEEDS / "009-observatory.txt", "--json").stdout)
    assert answer["a"]["path"].endswith(r"copy\xff\x1b[31m.txt")
    assert r"copy\xff\x1b[31m.txt" in _run("compare", odd, SEEDS / "009-observatory.txt").stdout


def test_clean_shows_every_field(tmp_path: Path) -> None:
    """`--json` has all fields of an article, of reading and of cleaning, also those that are empty."""
    wire = tmp_path / "wire.xml"
    wire.write_text(
        '<nitf xml:lang="en"><head><docdata management-status="canceled"><doc-id id-string="7" regsrc="LPA"/></docdata>'
        "</head><body><body.head><byline>By Mara Ellund</byline></body.head><body.content>"
        "<p>VARNBY, April 9 (Reuters) - The quay closes.</p></body.content></body></nitf>"
    )
    fields = json.loads(_run("clean", wire, "--json").stdout)
    names = {field.name for kind in (Article, Cleaned) for field in dataclasses.fields(kind)}
    assert fields.keys() == names | {"path"}
    shown = [fields[name] for name in ("dateline", "agency", "author", "byline", "status", "provider", "external_id")]
    assert shown == ["VARNBY, April 9", "Reuters", "Mara Ellund", "Mara Ellund", "withdrawn", "LPA", "7"]


def test_clean_takes_several_files(tmp_path: Path) -> None:
    """Files are read in their order; one that can't be read is reported, and the others are printed."""
    names = ["a.txt", "b.txt", "c.txt"]
    for name, content in zip(names, ("The quay opens.", "", "Der Kai schließt."), strict=True):
        (tmp_path / name).write_text(content, "utf-8")
    ran = _run("clean", *(tmp_path / name for name in names), "--json")
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(Path(row["path"]).name, row["text"]) for row in rows] == [
        ("a.txt", "The quay opens."),
        ("c.txt", "Der Kai schließt."),
    ]
    assert ran.exit_code == 1
    assert "b.txt can't be read. The file is empty" in ran.stderr
    assert "1 of 3 files" in str(ran.exception)
