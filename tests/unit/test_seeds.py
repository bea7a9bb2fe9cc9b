"""The seed articles agree with their answer sheet, are as similar as real copies, and are not copied from anyone.

Only the files are checked here; an acceptance test checks that the pipeline finds these stories.
"""

import json
import os
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from simhash import Simhash

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
SHARED = Path(os.environ.get("COPYDESK_SHARED", ROOT / "../shared"))

EXPECTED: dict[str, Any] = json.loads((SEEDS / "expected.json").read_text(encoding="utf-8"))
FILES: dict[str, dict[str, Any]] = EXPECTED["files"]
DISPATCH = sorted(name for name, entry in FILES.items() if entry.get("story") == "ombra-dam-pact")
PRINT_COLUMN, REWRITE = "001-print-column.txt", "005-rewrite.txt"

#: length of a run of words that two writers do not both write by chance
COPIED_RUN = 9


def words(text: str) -> list[str]:
    """Return the lower-case words of a text; join those that were broken at a line end."""
    whole = re.sub(r"(?<=[^\W\d_])- (?=[a-z])", "", text)
    return re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", whole.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Return every run of ``length`` consecutive words."""
    items = words(text)
    return set(zip(*(items[start:] for start in range(length)), strict=False))


def seed_text(name: str) -> str:
    """Read one seed file."""
    return (SEEDS / name).read_text(encoding="utf-8")


def containment(first_name: str, second_name: str) -> float:
    """Return the share of the shorter file's 3-word runs that the longer file contains."""
    first, second = runs(seed_text(first_name), 3), runs(seed_text(second_name), 3)
    return len(first & second) / min(len(first), len(second))


def articles() -> list[dict[str, Any]]:
    """Return the answer sheet's entries for articles, including those of files with many articles."""
    entries = (entry.get("records", [entry]) for entry in FILES.values() if "quarantined" not in entry)
    return [article for entry in entries for article in entry]


def test_every_seed_file_has_an_answer_and_every_answer_a_file() -> None:
    """The folder and the answer sheet name the same files."""
    assert {path.name for path in SEEDS.iterdir()} == set(FILES)


def test_each_story_has_one_canonical_article() -> None:
    """Every story on the answer sheet has exactly one canonical article, which is its original."""
    shown = [article["story"] for article in articles() if article["canonical"]]
    assert sorted(shown) == sorted({article["story"] for article in articles()})
    assert all((article["relations"] == ["original"]) == article["canonical"] for article in articles())


def test_totals_are_the_sums() -> None:
    """The totals on the answer sheet are the sums of its entries."""
    assert EXPECTED["totals"] == {
        "files": len(FILES),
        "articles": len(articles()),
        "stories": len({article["story"] for article in articles()}),
        "quarantined": sum("quarantined" in entry for entry in FILES.values()),
    }


def test_records_are_in_the_order_of_the_answer_sheet() -> None:
    """The lines of each file with many articles have the identifiers that the answer sheet lists."""
    for name, entry in FILES.items():
        if "records" in entry:
            lines = [json.loads(line) for line in seed_text(name).splitlines()]
            assert [line["id"] for line in lines] == [record["external_id"] for record in entry["records"]]


@pytest.mark.parametrize(("first_name", "second_name"), list(combinations(DISPATCH, 2)))
def test_versions_are_as_similar_as_real_ones(first_name: str, second_name: str) -> None:
    """Each pair of the five shares .18 to .68 of its 3-word runs: on five real versions it was .19 to .67."""
    assert 0.18 <= containment(first_name, second_name) <= 0.68


def test_rewrite_shares_little_with_the_print_column() -> None:
    """The rewrite keeps only some phrases of the fullest version (.26 on the real pair)."""
    assert 0.1 < containment(PRINT_COLUMN, REWRITE) < 0.35


@pytest.mark.parametrize(("first_name", "second_name"), list(combinations(DISPATCH, 2)))
def test_textbook_simhash_joins_no_pair(first_name: str, second_name: str) -> None:
    """A 64-bit SimHash over 3-word shingles with k = 3 misses all ten pairs."""
    first, second = (
        Simhash([" ".join(run) for run in sorted(runs(seed_text(name), 3))]) for name in (first_name, second_name)
    )
    assert first.distance(second) > 3


@pytest.mark.parametrize("name", DISPATCH)
def test_other_report_of_the_same_people_shares_no_phrasing(name: str) -> None:
    """The market report names the same people and places as the dispatch, in different words."""
    report = "008-belquist-market.txt"
    assert {"torvane", "hrel", "belquist"} <= set(words(seed_text(report))) & set(words(seed_text(PRINT_COLUMN)))
    assert containment(report, name) < 0.05


def test_versions_have_the_faults_that_they_represent() -> None:
    """Each version has the damage that cleaning must repair."""
    column, scrape, translated = (seed_text(DISPATCH[position]) for position in (0, 3, 2))
    assert 35 <= len(re.findall(r"[a-z]- [a-z]", column)) <= 50
    assert all(kept in column for kept in ("U.N.- led", "Torvane- Hrel", "drain - or even sell - the"))
    assert scrape.startswith(" date 2025-03-11 ")
    assert len(re.findall(r"[a-z][.,]\"?[A-Z]", scrape)) >= 10
    assert "safe majority. ." in translated
    assert "\nCategorized in:\n" in translated
    assert seed_text("002-abridged.txt").startswith("PORT SARREL – ")
    assert seed_text(REWRITE).endswith("(March 11)\n")


def test_broken_files_are_broken_as_named() -> None:
    """The quarantined files contain no byte, only NULs, only blanks, no known encoding, or no word."""
    assert (SEEDS / "empty.txt").read_bytes() == b""
    assert set((SEEDS / "nuls.txt").read_bytes()) == {0}
    assert seed_text("spaces.txt").isspace()
    assert words(seed_text("punctuation.txt")) == []
    for encoding in ("utf-8", "utf-16", "utf-32", "cp1252"):
        with pytest.raises(UnicodeDecodeError):
            (SEEDS / "undecodable.txt").read_bytes().decode(encoding)


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the real versions are not next to this checkout")
def test_no_sentence_is_taken_from_the_real_versions() -> None:
    """No seed contains a run of nine words of the real files."""
    real = set().union(*(runs(path.read_text("utf-8"), COPIED_RUN) for path in (SHARED / "seeds").glob("*.txt")))
    ours = [name for name, entry in FILES.items() if "quarantined" not in entry]
    assert [name for name in ours if runs(seed_text(name), COPIED_RUN) & real] == []
