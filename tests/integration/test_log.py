"""The log shows the work: what became of each file, and the reason of each that failed."""

from typing import Any

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from tests.dispatches import copy_of
from tests.integration.delivery import deliver, new_processor
from worker.pipeline import outcomes
from worker.process import log
from worker.settings import Settings


@pytest.fixture(autouse=True)
def info(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the level ``info`` be logged; the logger is created inside `capture_logs`."""
    monkeypatch.setattr("logging.Logger.isEnabledFor", lambda _self, _level: True)


def process(settings: Settings, engine: Engine, files: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Process files in one batch; return what the log has about their outcomes."""
    ids = deliver(settings, engine, files)
    with capture_logs() as lines, pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "logger", log.get("outcomes"))
        processor = new_processor(settings)
        processor.process(ids)
        processor.close()
    return [dict(line) for line in lines]


def test_each_file_has_a_line(settings: Settings, engine: Engine) -> None:
    """A line per file has its path, stories, relations and time; a quarantined file has a warning with the reason."""
    files = [("a.txt", copy_of(1, 0)), ("empty.txt", ""), ("b.txt", copy_of(1, 0)), ("c.txt", copy_of(2, 0))]
    lines = process(settings, engine, files)
    assert [line["log_level"] for line in lines] == ["warning", "info", "info", "info"]
    refused, first, copy, other = lines
    assert refused["path"] == "inbox/empty.txt"
    assert refused["reason"] == "The file is empty (0 bytes)."
    assert [first["path"], copy["path"], other["path"]] == ["inbox/a.txt", "inbox/b.txt", "inbox/c.txt"]
    assert first["stories"] == copy["stories"] != other["stories"]
    assert [first["relations"], copy["relations"], other["relations"]] == [["original"], ["exact"], ["original"]]
    assert all(line["ms"] >= 0 and line["articles"] == 1 for line in (first, copy, other))


def test_a_large_batch_has_one_line(settings: Settings, engine: Engine) -> None:
    """A batch of more than ten files is logged in one line with the sums."""
    [line] = process(settings, engine, [(f"{number}.txt", copy_of(number // 2, 0)) for number in range(12)])
    assert (line["files"], line["articles"], line["stories"]) == (12, 12, 6)
    assert line["relations"] == {"original": 6, "exact": 6}
