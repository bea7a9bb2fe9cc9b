"""Measure the plain implementation in ``baseline_app`` on the same servers."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, text

from worker.bench.result import Baseline
from worker.errors import CopydeskError
from worker.process.own_command import own_command, own_path
from worker.process.secret_files import secret_files
from worker.process.supervisor import stop
from worker.settings import Settings

_WARM_UP = 40
_POLL_SECONDS = 0.05
_PATIENCE_SECONDS = 120


def baseline(settings: Settings, engine: Engine, files: Sequence[Path], workers: int) -> Baseline:
    """Send one task per file, and return the rate from the first message to the last row."""
    from worker.bench.baseline_app import Base, app, take

    app.conf.broker_url = settings.redis_url
    addresses = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    Base.metadata.create_all(engine)
    command = own_command("worker.bench.baseline_app", "worker", f"--concurrency={workers}", "--loglevel=error")
    with (settings.data_dir / "baseline.log").open("ab") as log, secret_files(addresses) as inherited:
        child = subprocess.Popen(  # noqa: S603  our own command
            command,
            stdout=log,
            stderr=log,
            env=inherited.environment | own_path(inherited.environment),
            pass_fds=inherited.descriptors,
            start_new_session=True,
        )
        try:
            for path in files[:_WARM_UP]:
                take.delay(str(path))
            _await(engine, min(_WARM_UP, len(files)))
            started = time.monotonic()
            for path in files[_WARM_UP:]:
                take.delay(str(path))
            _await(engine, len(files))
            seconds = time.monotonic() - started
        finally:
            stop([child])
    counted = max(len(files) - _WARM_UP, 0)
    return Baseline(articles=counted, articles_per_s=round(counted / seconds, 1))


def _await(engine: Engine, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(text("SELECT count(*) FROM baseline_texts")).scalar_one() < count:
            if time.monotonic() > deadline:
                raise CopydeskError("The baseline did not finish within two minutes.")
            time.sleep(_POLL_SECONDS)
