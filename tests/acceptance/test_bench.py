"""The bench measures the real service; these small runs check its output, not the speed."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, text

from worker import embedded
from worker.bench import prefill as stored
from worker.bench.corpus import texts
from worker.bench.service import own_queue
from worker.errors import CopydeskError
from worker.kernel import library
from worker.settings import Settings

pytestmark = pytest.mark.usefixtures("settings")


def _bench(*arguments: str) -> dict[str, Any]:
    completed = subprocess.run(
        [sys.executable, "-P", "-m", "worker", "bench", "--json", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    result: dict[str, Any] = json.loads(completed.stdout)
    return result


@pytest.mark.slow
def test_bench_measures_everything_with_a_baseline(settings: Settings, foreign_folder: Path) -> None:
    """A small run on a prefilled database, next to a foreign package ``worker``, returns every documented number."""
    result = _bench("--articles", "48", "--prefill", "60", "--workers", "1", "--baseline")
    assert result["articles"] == 48
    assert result["compiled"] is (library.loaded is not None)
    assert result["articles_per_s"] > 0
    assert result["baseline"]["articles_per_s"] > 0
    assert {"p50", "p95", "p99", "idle_p50", "idle_p95"} <= result["latency_ms"].keys()
    assert {"floor", "read", "clean", "fingerprint and sketch"} <= result["stages_us"].keys()
    assert {"watcher", "worker", "scheduler"} <= result["memory_mb"].keys()
    assert {"articles", "sketch_keys", "ratio"} <= result["disk_bytes_per_article"].keys()
    assert result["queries_per_article"] > 0
    assert not (Path(settings.inbox_folder)).exists()
    assert not (foreign_folder / "imported").exists()


@pytest.mark.slow
def test_a_large_archive_holds_every_article(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles beyond the limit for full texts have only their first words, but still keys and a story."""
    monkeypatch.setattr(stored, "FULL_TEXTS", 20)
    monkeypatch.setattr(stored, "_POOL", 30)
    stored.prefill(engine, 40)
    with engine.connect() as connection:
        sizes = connection.execute(text("SELECT length(text) FROM articles ORDER BY id")).scalars().all()
        keyed = connection.execute(text("SELECT count(DISTINCT story_id) FROM sketch_keys")).scalar_one()
    assert len(sizes) == keyed == 40
    assert min(sizes[:20]) > max(sizes[20:]) > 0


def test_the_corpus_is_the_same_for_the_same_seed() -> None:
    """Two runs on two machines deliver the same articles, so that their numbers can be compared."""
    assert list(texts(60, 5)) == list(texts(60, 5))
    assert list(texts(60, 5)) != list(texts(60, 6))


def test_a_bench_that_fails_leaves_no_message(tmp_path: Path) -> None:
    """Its own queue is empty afterwards, whatever ended the run."""
    with embedded.servers(tmp_path, needed=("valkey",)) as servers:
        with (
            suppress(CopydeskError),
            own_queue(servers.redis_url) as queue,
            redis.Redis.from_url(queue) as client,
        ):
            client.lpush("copydesk", "a message")
            raise CopydeskError("ended here")
        with redis.Redis.from_url(queue) as client:
            assert client.dbsize() == 0
