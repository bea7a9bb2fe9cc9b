"""Each golden file is read as ``.expected.json`` says, which lists the outcomes in order."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.unit.formats.reads import outcomes
from worker.article import Article, PublicationStatus

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"
RAW = sorted(
    path
    for path in GOLDEN.iterdir()
    if path.suffix != ".py" and not path.name.startswith(".") and not path.name.endswith(".expected.json")
)
#: the dispatch in every format that does not break its lines
WHOLE = [path for path in RAW if path.name != "columns.pdf"]


def shown(path: Path) -> list[dict[str, object]]:
    """Return the outcomes of a file as JSON values, without None and without the status of what is usable."""
    rows = []
    for outcome in outcomes(path.read_bytes(), path.name):
        row = {
            name: value for name, value in asdict(outcome).items() if value not in (None, (), PublicationStatus.USABLE)
        }
        if "notes" in row:
            row["notes"] = list(row["notes"])
        if isinstance(outcome, Article) and outcome.published_at:
            row["published_at"] = outcome.published_at.isoformat()
        if isinstance(outcome, Article) and outcome.embargoed_until:
            row["embargoed_until"] = outcome.embargoed_until.isoformat()
        rows.append(row)
    return rows


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
def test_a_golden_file_reads_as_expected(path: Path) -> None:
    """Every field of every record is as expected."""
    assert shown(path) == json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_every_format_gives_the_same_text(path: Path) -> None:
    """The words of the dispatch are the same in every format, except for a dateline and a subheading."""
    plain = (GOLDEN / "plain.txt").read_text(encoding="utf-8").strip()
    text = str(shown(path)[0]["text"]).replace("\n\nHalf from the province", "").strip()
    assert text.removeprefix("VARN - ").removeprefix("VARN (OPA) - ") == plain


def test_the_print_column_has_the_same_words() -> None:
    """The columns of the PDF are read in order; line breaks and hyphens are kept, for cleaning to join."""
    plain = (GOLDEN / "plain.txt").read_text(encoding="utf-8").split()
    text = str(shown(GOLDEN / "columns.pdf")[0]["text"])
    words = text.replace("engi-\nneers", "engineers").replace("cus-\ntomers", "customers").split()
    assert words == [*"Old bridge at Varn closed until spring".split(), *plain]


def test_scripts_are_never_run_and_never_read() -> None:
    """The article of a page contains no word of its scripts, navigation or comments."""
    text = str(shown(GOLDEN / "page.html")[0]["text"])
    assert "never run" not in text
    assert "Weather" not in text
    assert "harbour_rat" not in text
