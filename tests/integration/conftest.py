"""Fixtures: a newsroom whose tables the store's own statements fill, and the command line on its database."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from tests.integration.delivery import deliver, new_processor
from tests.integration.newsroom import Newsroom
from worker import cli
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.databases import temporary_database
from worker.store.session import engine as make_engine


@pytest.fixture
def newsroom(engine: Engine) -> Newsroom:
    """Return a newsroom with empty tables."""
    return Newsroom(engine)


@pytest.fixture
def processor(settings: Settings) -> Iterator[BatchProcessor]:
    """Yield a worker."""
    with closing(new_processor(settings)) as worker:
        yield worker


@pytest.fixture
def work(settings: Settings, engine: Engine, processor: BatchProcessor) -> Callable[..., None]:
    """Return a function that processes texts, one file and one batch each."""

    def take(*texts: str) -> None:
        for text in texts:
            assert processor.process(deliver(settings, engine, [(f"{abs(hash(text))}.txt", text)])) == []

    return take


@pytest.fixture
def agreeing(settings: Settings, engine: Engine) -> Iterator[None]:
    """Check after the test that all tables agree."""
    yield
    assert list(contradictions(settings, engine)) == []


@pytest.fixture
def empty(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Settings, Engine]]:
    """Yield another installation: settings of an empty data folder and an engine on a database without tables."""
    name = f"copydesk_test_restored_{os.getpid()}"
    server = create_engine(settings.database_url)
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    with temporary_database(server, name):
        other = tmp_path / "other"
        folders = {"data_dir": other, "archive": other / "archive", "quarantine": other / "quarantine"}
        elsewhere = settings.model_copy(update={"database_url": url, **folders})
        made = make_engine(elsewhere)
        yield elsewhere, made
        made.dispose()
    server.dispose()


@dataclass(frozen=True)
class Ran:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


@pytest.fixture
def copydesk(
    engine: Engine, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Return a function that runs a command on the tests' database, as ``copydesk ARGUMENTS`` would."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["copydesk", *map(str, arguments)])
        capfdbinary.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return run
