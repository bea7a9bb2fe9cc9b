"""The five real files and the unlabelled thousands, where they stand beside the checkout: the user's own measure."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import Installation
from worker import embedded


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Path:
    """Return the folder of the five real files."""
    folder = shared_data / "seeds"
    if len(list(folder.glob("00*"))) != 5:
        pytest.skip("the five real files do not stand beside this checkout")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, real: Path) -> Iterator[Installation]:
    """Yield an installation into which the five files were ingested."""
    data = tmp_path_factory.mktemp("real")
    found = Installation(data)
    with embedded.servers(data):
        told = found.json("ingest", real)
        assert (told["files"], told["articles"], told["stories"]) == (5, 5, 1)
        yield found


def articles(desk: Installation) -> list[dict[str, Any]]:
    """Return the exported articles."""
    return [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]


def test_the_print_column_is_canonical_and_reads_as_paragraphs(desk: Installation) -> None:
    """The canonical article is the print column, without line-end hyphens or broken lines."""
    [canonical] = [row for row in articles(desk) if row["is_canonical"]]
    assert Path(canonical["source_path"]).name.startswith("004_")
    [story] = {row["story_id"] for row in articles(desk)}
    text = desk.run("clean", canonical["source_path"])
    assert desk.run("story", story)
    assert "- \n" not in text
    assert not any(line.endswith("-") for line in text.splitlines())
    assert all(len(line) > 60 for line in text.strip().split("\n\n")[1:-1])


def test_the_same_again_is_known_and_copies_are_exact(desk: Installation, real: Path, tmp_path: Path) -> None:
    """A second time nothing is new; under other names they are five exact copies of the one story."""
    again = desk.json("ingest", real)
    assert (again["known"], again["articles"], again["stories"]) == (5, 0, 1)
    for number, path in enumerate(sorted(real.glob("00*"))):
        shutil.copy(path, tmp_path / f"other-{number}.txt")
    copies = desk.json("ingest", tmp_path)
    assert (copies["articles"], copies["stories"], copies["copies"]) == (5, 1, {"exact": 5})


def test_why_explains_the_rewrite(desk: Installation, real: Path) -> None:
    """`why` on the free rewrite tells which article it matched, in numbers and in words."""
    [rewrite] = real.glob("003_*")
    told = desk.run("why", rewrite.name)
    assert "%" in told
    assert "story" in told
    assert "Traceback" not in told


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "4"])
@pytest.mark.parametrize("first", ["five", "background"])
def test_the_five_among_thousands(real: Path, shared_data: Path, tmp_path: Path, workers: str, first: str) -> None:
    """Together with 7,498 other articles the five are one story without any of those, in any order, with 1 or 4."""
    background = shared_data / "data/background/docs.jsonl"
    order = [real, background] if first == "five" else [background, real]
    desk = Installation(tmp_path / "desk", {"COPYDESK_CONCURRENCY": workers})
    with embedded.servers(desk.data):
        desk.json("ingest", *order)
        found = articles(desk)
        five = {row["story_id"] for row in found if str(real) in row["source_path"]}
        assert len(five) == 1
        assert {row["source_path"] for row in found if row["story_id"] in five} == {
            str(path) for path in real.glob("00*")
        }
        assert desk.json("check", "--deep")["ok"]
