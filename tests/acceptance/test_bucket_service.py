"""The service whose inbox and archive are in a bucket: files that are delivered there become stories."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation, running, until
from tests.dispatches import copy_of
from tests.harm.oracle import open_files
from tests.storage_server import SECRET, BucketOfTest, StorageServer
from worker import embedded

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(storage: StorageServer) -> BucketOfTest:
    """Return an empty bucket."""
    return storage.bucket("service")


@pytest.fixture
def desk(tmp_path: Path, storage: StorageServer, bucket: BucketOfTest) -> Iterator[Installation]:
    """Yield a running service on the bucket, which had a file before it started."""
    places = {"COPYDESK_INBOX": "s3://service/inbox", "COPYDESK_ARCHIVE": "s3://service/archive"}
    installation = Installation(tmp_path / "desk", {"COPYDESK_SCAN_SECONDS": "0.2", **places, **storage.environment})
    bucket.put("inbox/before/1.txt", copy_of(1, 0))
    with embedded.servers(installation.data), running(installation, "up"):
        yield installation


def test_the_service_runs_on_a_bucket(desk: Installation, bucket: BucketOfTest) -> None:
    """Objects become one story, leave the inbox and are kept under their hash; a bad one is in the quarantine."""
    bucket.put("inbox/2.txt", copy_of(1, 1))
    bucket.put("inbox/half.txt.part", copy_of(2, 1))
    bucket.put("inbox/bad.txt", bytes(400))
    until(lambda: bucket.keys("inbox/") == ["inbox/half.txt.part"], "the objects leave the inbox")
    until(lambda: not open_files(desk), "all have their outcome")
    [bad] = desk.json("files", "--state", "quarantined")
    assert bad["path"] == "s3://service/inbox/bad.txt"
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert len({row["story_id"] for row in articles}) == 1
    assert sorted(row["source_path"] for row in articles) == [
        "s3://service/inbox/2.txt",
        "s3://service/inbox/before/1.txt",
    ]
    assert desk.json("check", "--deep") == {"ok": True, "problems": []}
    archived = [key.removeprefix("archive/") for key in bucket.keys("archive/")]
    assert [key for key in archived if key.startswith("quarantine/") and key.endswith(".txt.reason.txt")]
    # bytes in quarantine stay where they are
    assert len([key for key in archived if not key.startswith("quarantine/")]) == 3
    assert not list(desk.data.glob("inbox")) + list(desk.data.glob("archive"))
    for log in desk.data.glob("*.log"):
        assert SECRET not in log.read_text("utf-8", "replace")
