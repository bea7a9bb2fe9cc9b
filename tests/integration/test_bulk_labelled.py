"""``copydesk bulk`` on the labelled sets, which the service places once for all these tests: it takes a minute."""

from pathlib import Path

import pytest
from pyarrow import parquet

from tests.benchmarks.labelled import COPIES, EVENTS, shared_folder
from tests.integration.test_bulk import Pairs, agreement, by_bulk, by_service, joined, silent
from worker.bulk.against import AgainstRun
from worker.bulk.run import BulkRun
from worker.evaluate import load
from worker.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("name", [*COPIES, *EVENTS, "judged", "wire"])]


@pytest.fixture(scope="module")
def joined_by_service() -> dict[str, Pairs]:
    """Return a dict for the pairs that the service joins in each set, by the set's name."""
    return {}


@pytest.fixture
def docs(name: str) -> Path:
    """Return the file of a labelled set."""
    folder = shared_folder() / "data" / name
    if not folder.is_dir():
        pytest.skip("the labelled sets are not here")
    [docs] = load(folder).files
    return docs


@pytest.fixture
def expected(settings: Settings, joined_by_service: dict[str, Pairs], name: str, docs: Path) -> Pairs:
    """Return the pairs that the service joins in a set."""
    if name not in joined_by_service:
        placed = by_service(settings, docs)
        joined_by_service[name] = joined({position: story for position, (story, *_) in placed.items()})
    return joined_by_service[name]


def test_bulk_equals_the_service_on_labelled_sets(
    settings: Settings, tmp_path: Path, docs: Path, expected: Pairs
) -> None:
    """On every labelled set and on a feed, the pairs of bulk and of the service agree with an F1 of at least .99."""
    bulk = {row["position"]: row["story_id"] for row in by_bulk(settings, [docs], tmp_path / "out.parquet")}
    assert agreement(expected, joined(bulk)) >= 0.99


def test_both_parts_of_a_labelled_set_make_the_stories_of_the_service(
    settings: Settings, tmp_path: Path, docs: Path, expected: Pairs
) -> None:
    """The first two thirds of each set as a settled corpus and the rest against it agree with the service."""
    one_worker = settings.model_copy(update={"concurrency": 1})
    records = docs.read_text("utf-8").splitlines(keepends=True)
    first, rest = tmp_path / f"first-{docs.name}", tmp_path / f"rest-{docs.name}"
    count = 2 * len(records) // 3
    first.write_text("".join(records[:count]))
    rest.write_text("".join(records[count:]))
    archive, target = tmp_path / "archive.parquet", tmp_path / "new.parquet"
    BulkRun(one_worker, [first], archive, silent).run()
    AgainstRun(one_worker, [rest], archive, target, silent).run_against()
    placed = {row["position"]: row["story_id"] for row in parquet.read_table(archive).to_pylist()}
    placed |= {count + row["position"]: row["story_id"] for row in parquet.read_table(target).to_pylist()}
    assert agreement(expected, joined(placed)) >= 0.97
