"""What every page needs: the settings, the database, and the totals that ``/metrics`` keeps between scrapes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from starlette.requests import Request

from worker.operations.metrics import ServiceCollector
from worker.settings import Settings
from worker.store.read.articles import ArticleDetail, articles
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import StoryDetail, story
from worker.web.params import NotFoundError

#: Texts that are longer together are not compared: marking the differences would take seconds.
MOST_CHARACTERS = 300_000


@dataclass(frozen=True, slots=True)
class Site:
    """The shared state of the web process."""

    settings: Settings
    engine: Engine
    collector: ServiceCollector


def site(request: Request) -> Site:
    """Return the shared state."""
    state: Site = request.app.state.site
    return state


@contextmanager
def reading(request: Request) -> Iterator[Connection]:
    """Yield a read-only connection on one snapshot, so that all numbers on a page agree."""
    with snapshot(site(request).engine) as connection:
        yield connection


def get_article(connection: Connection, article_id: int) -> ArticleDetail:
    """Return an article.

    Raises:
        NotFoundError: it does not exist.
    """
    if article := articles(connection, [article_id]).get(article_id):
        return article
    raise NotFoundError(f"There is no article {article_id}.")


def get_story(connection: Connection, story_id: int, most_copies: int | None = None) -> StoryDetail:
    """Return a story with its copies; for a merged story, the story that it was merged into.

    Raises:
        NotFoundError: it does not exist.
    """
    if detail := story(connection, story_id, most_copies):
        return detail
    raise NotFoundError(f"There is no story {story_id}.")
