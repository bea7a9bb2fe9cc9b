"""Schemathesis sends what the OpenAPI document allows, and what it forbids, to the served API."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.newsroom import Newsroom
from tests.serving import serving
from worker.article import TokenScope
from worker.operations import tokens
from worker.settings import Settings
from worker.web import access
from worker.web.application import application
from worker.web.v1 import posting, stream, waiting

#: Random requests for each operation, besides those for each boundary of each parameter: a second each on two cores.
_EXAMPLES = 3


@pytest.mark.slow
def test_the_api_does_what_its_document_says(
    settings: Settings,
    engine: Engine,
    newsroom: Newsroom,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Valid requests are answered as described, invalid ones and those without a token refused, none fails."""
    monkeypatch.setattr(posting, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(waiting, "_MOST_WAITING", 0)
    monkeypatch.setattr(stream, "_MOST_STREAMS", 0)
    monkeypatch.setattr(access, "WRONG_TOKEN_SECONDS", 0.0)
    newsroom.link(newsroom.article(copy_of(1, 1), story=newsroom.article(dispatch(1)), relation="near"), 1, same=True)
    newsroom.file("inbox/broken.txt", reason="It is a picture.")
    with engine.begin() as connection:
        token = tokens.create(connection, "schemathesis", TokenScope.WRITE)
    site = application(settings.model_copy(update={"web_requests_per_minute": 0}), engine)
    with serving(site) as client:
        address = f"http://127.0.0.1:{client.port}/api/v1/openapi.json"
        command = [str(Path(sys.executable).parent / "schemathesis"), "run", address, "--no-color"]
        command += ["--header", f"Authorization: Bearer {token}", "--max-examples", str(_EXAMPLES), "--seed", "1"]
        command += ["--request-timeout", "60", "--phases", "examples,coverage,fuzzing", "--generation-database", "none"]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=500)
    assert ran.returncode == 0, ran.stdout[-8_000:] + ran.stderr[-2_000:]
    assert "14 operations" not in ran.stdout.partition("WARNINGS")[2]
