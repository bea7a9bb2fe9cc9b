"""What every page needs: settings, the database, and the totals that ``/metrics`` keeps between scrapes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from starlette.requests import Request

from worker.operations.metrics import ServiceCollector
from worker.settings import Settings
from worker.store.read.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class Site:
    """One for the whole process."""

    settings: Settings
    engine: Engine
    figures: ServiceCollector


def site(request: Request) -> Site:
    """Return the site that a request is for."""
    found: Site = request.app.state.site
    return found


@contextmanager
def reading(request: Request) -> Iterator[Connection]:
    """Yield a read-only connection that sees one moment: what a page tells in two places agrees."""
    with snapshot(site(request).engine) as connection:
        yield connection
